"""What the engine works out of a catalogue once, so that a turn only looks things up."""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Final

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.answers import Answers, Learnt
from bot.catalogue import Ask, Catalogue, Menu, Target, Text
from bot.places import Directory, gazetteer
from bot.text import fold, keys

#: A label shorter than this must be typed exactly; a longer one may hold one slip for every so many letters.
_SHORTEST, _LETTERS_PER_SLIP = 5, 5
#: Letters that an ending may add to a word that opens a flow: патент, патентимни.
_ENDING: Final = 5
#: Words of a message that are looked at for a flow's opening words (THREATS T64).
_MAX_WORDS: Final = 40
_NO_SLIP: Final = 2

#: Phrase of a button -> the command that it gives.
BUTTONS: Final = {
    "menu-button": "menu",
    "back-button": "back",
    "skip-button": "skip",
    "details-button": "details",
    "done-button": "done",
    "more-button": "more",
    "help-button": "help",
    "language-button": "language",
    "none-of-these-button": "none-of-these",
    "news-button": "news",
    "forward-button": "forward",
    "alert-settings-button": "alerts",
}
#: Kinds of answer that are kept as the id of a place.
PLACE_ANSWERS: Final = ("city", "location")
Spot = tuple[str, str, str]
"""Flow, version, node."""


class Saved(msgspec.Struct, frozen=True):
    """What an ``answers.x`` or ``profile.x`` was asked as: for showing it again in the person's language."""

    answer: str
    labels: Mapping[str, Text]
    many: bool = False


class Prepared:
    """The indexes over one catalogue. Texts that people type are folded on both sides."""

    def __init__(self, catalogue: Catalogue, *known: Learnt) -> None:
        self.catalogue: Final = catalogue
        self.gazetteer: Final = gazetteer(catalogue.places)
        self.answers: Final = Answers(catalogue, *known)
        self.yes_no: Final = _words_of(catalogue.words.yes_no)
        self.commands: Final = _words_of(catalogue.words.commands) | {"000": "hide"}
        for phrase, command in BUTTONS.items():
            self.commands.update(dict.fromkeys(folded(catalogue.phrases.get(phrase)), command))
        self.openers: Final = {word: flow.id for flow in catalogue.flows.values() for word in folded(flow.open_with)}
        self._openers: Final = sorted(self.openers.items(), key=lambda one: -len(one[0]))
        #: By the first two letters, which no ending changes.
        self._opening: Final = defaultdict[str, list[tuple[str, list[str]]]](list)
        for opener in self.openers:
            self._opening[opener[:2].strip()].append((opener, opener.split()))
        self.words: Final = {
            (flow, version, name): _labels(node)
            for flow, version, nodes in (
                *((flow.id, flow.version, flow.nodes) for flow in catalogue.flows.values()),
                *((flow, version, kept.nodes) for (flow, version), kept in catalogue.archive.items()),
            )
            for name, node in nodes.items()
            if isinstance(node, Ask | Menu)
        }
        self.saved: Final = dict(_saved(catalogue))
        self.directory: Final = Directory(catalogue.points.values())
        self.tokens: Final = {**catalogue.tokens, **dict(_own_tokens(catalogue))}

    def command(self, text: str) -> str:
        """The command that a text is, "" when it is none."""
        return self.commands.get(fold(text), "")

    def target(self, token: str) -> Target | None:
        """What a choice stands for."""
        return self.tokens.get(token) or self._places.get(token)

    @cached_property
    def _places(self) -> Mapping[str, Target]:
        """Made when the first place is chosen: nobody is ever offered most of them."""
        targets = (Target(kind="place", id=id) for id in self.gazetteer.ids)
        return {target.token: target for target in targets}

    def named(self, spot: Spot, text: str, offered: Container[str]) -> str | None:
        """The id of the offered choice that a text names. Labels that fold alike (Oʻzbekcha, Ўзбекча) are told apart
        by their letters."""
        words = self.words.get(spot, _NONE)
        found = [option for option in words.get(fold(text), ()) if option in offered]
        if len(found) > 1:
            spelt = [option for option in words.get(_spelling(text), ()) if option in found]
            return (spelt or found)[0]
        return found[0] if found else None

    def named_flows(self, word: str) -> list[str]:
        """Flows whose opening words stand in a message, endings aside; the longest words first."""
        said = word.split()[:_MAX_WORDS]
        found = {
            opener
            for start, typed in enumerate(said)
            for opener, words in self._opening.get(typed[:2], ())
            if _stands_at(words, said[start : start + len(words)])
        }
        return list(dict.fromkeys(flow for opener, flow in self._openers if opener in found))

    def nearest(self, spot: Spot, text: str, offered: Container[str]) -> str | None:
        """The same for a text with a slip or two; None when two choices are equally near.

        Two letters more or less are no slip: they make a "no" of a "yes" (urishyapti, urishmayapti).
        """
        exact = self.named(spot, text, offered)
        word = fold(text)
        if exact is not None or len(word) < _SHORTEST:
            return exact
        words = self.words.get(spot, _NONE)
        slips = min(2, len(word) // _LETTERS_PER_SLIP)
        near = [
            (distance, options[0])
            for key, distance, _ in process.extract(
                word, words.keys(), scorer=OSA.distance, score_cutoff=slips, limit=8
            )
            if abs(len(key) - len(word)) < _NO_SLIP and (options := [one for one in words[key] if one in offered])
        ]
        nearest = {option for distance, option in near if distance == near[0][0]}
        return nearest.pop() if len(nearest) == 1 else None


def prepare(catalogue: Catalogue, *known: Learnt) -> Prepared:
    """The indexes of a catalogue; kept for the two catalogues used last, the serving one and its successor.

    Nothing is learnt again that is ``known``, or that one of the two has learnt.
    """
    for prepared in _recent:
        if prepared.catalogue is catalogue:
            return prepared
    prepared = Prepared(catalogue, *known, *(one.answers.learnt for one in _recent))
    _recent[:] = [prepared, *_recent[:1]]
    return prepared


#: Of labels and words of catalogues alone, which come again and again; nothing that people write is remembered.
_keys: Final = lru_cache(maxsize=16_384)(keys)
_NONE: Final[Mapping[str, tuple[str, ...]]] = {}
_recent: Final[list[Prepared]] = []


def folded(text: Text | None) -> Iterator[str]:
    """The keys of a comma-separated list, in every language."""
    if text is not None:
        for language in text.forms:
            for member in text.plain(language).split(","):
                yield from filter(None, _keys(member))


def _words_of(lists: Mapping[str, Mapping[str, tuple[str, ...]]]) -> dict[str, str]:
    """The name of a list is a word of it: a messenger's command is ``/menu`` everywhere."""
    words = {fold(name): name for name in lists}
    for name, by_language in lists.items():
        for spelt in by_language.values():
            words.update((key, name) for word in spelt for key in _keys(word))
    return words


def _labels(node: Ask | Menu) -> dict[str, tuple[str, ...]]:
    """What is typed -> the choices that it names, the likeliest first: labels before other words, both before ids."""
    words: dict[str, dict[str, None]] = {}
    for option in node.options:
        for language in option.label.forms:
            label = option.label.plain(language)
            for key in (*_keys(label), _spelling(label)):
                words.setdefault(key, {})[option.id] = None
    for option in node.options:
        for key in folded(option.also):
            words.setdefault(key, {})[option.id] = None
    for option in node.options:
        words.setdefault(fold(option.id), {})[option.id] = None
    words.pop("", None)
    return {word: tuple(options) for word, options in words.items()}


def _spelling(label: str) -> str:
    """A key that no folded text has: the label letter by letter."""
    return f"={label.casefold()}"


def _stands_at(opener: list[str], said: list[str]) -> bool:
    return len(opener) == len(said) and all(map(_is_form, opener, said))


def _is_form(word: str, typed: str) -> bool:
    """A last vowel may give way: зарплата, зарплатой."""
    stem = word[:-1] if len(word) > _SHORTEST else word
    return word == typed or (len(word) >= _SHORTEST and typed.startswith(stem) and len(typed) <= len(word) + _ENDING)


def _own_tokens(catalogue: Catalogue) -> Iterator[tuple[str, Target]]:
    """Public ids of the choices that no file names: yes and no, and the ways out of any node."""
    targets = [Target(kind="command", id=name) for name in (*catalogue.words.commands, *BUTTONS.values())]
    for flow in catalogue.flows.values():
        for name, node in flow.nodes.items():
            if isinstance(node, Ask) and node.answer == "yes_no":
                targets += [Target(kind="option", id=flow.id, node=name, option=answer) for answer in ("yes", "no")]
    return ((target.token, target) for target in targets)


def _saved(catalogue: Catalogue) -> Iterator[tuple[tuple[str, str], Saved]]:
    """By flow and name; ``profile.x`` is everybody's, so its flow is empty."""
    for flow in catalogue.flows.values():
        for node in flow.nodes.values():
            if isinstance(node, Ask) and node.save:
                owner = "" if node.save.startswith("profile.") else flow.id
                yield (
                    (owner, node.save),
                    Saved(node.answer, {option.id: option.label for option in node.options}, node.many),
                )
