"""Which places the words of a message name, and whether that is sure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log10
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.places.forms import stem, without_joined
from bot.places.index import AREAS, COUNTRIES, ELSEWHERE, FILLER, KNOWN_FROM, Index, Named
from bot.text import fold

#: No name of a place is longer, and no answer to "which city" has more words.
_LONGEST, _MAX_WORDS = 200, 12
#: Words of the longest names: Ростов-на-Дону, Славянск-на-Кубани.
_SPAN: Final = 4
#: What lies on both sides of it is read apart: Троицк, Челябинская область.
_BETWEEN: Final = re.compile(r"[,;/()\n]")
#: Short forms (МО, ЛО) are known only when nothing else is said; a letter is no name.
_SHORT, _SHORTEST = 3, 2
#: Powers of ten in people: with twenty times the people of the next, a place is the one that is meant.
_MARGIN: Final = 1.3
_FEWEST: Final = 500
#: What a match costs that is not to the letter, in powers of ten.
_JOINED, _STEM, _WEAK, _SLIP = 0.4, 0.6, 1.0, 1.0
#: What makes a match doubtful whatever the place.
_DOUBTFUL: Final = 9.0
_VOWELS: Final = frozenset("aeiou")
#: What it is worth that a place is in the country where the person is.
_HOME: Final = 0.7
#: Letters of a name for one slip, for two, and of the longest one.
_ONE_SLIP, _TWO_SLIPS, _LETTERS = 5, 8, 40
_NEAR: Final = 6

Hits = dict[str, float]
"""Ids, and what the match of each lacks."""


def match(index: Index, text: str, country: str) -> tuple[bool, list[str]]:
    """(sure, ids): one id when sure, else those that may be meant, the likeliest first."""
    parts = [fold(part).split() for part in _BETWEEN.split(text[:_LONGEST])]
    many = sum(map(len, parts))
    if many > _MAX_WORDS or ("?" in text and many > _SPAN):
        return False, []
    spans: list[Hits] = []
    rest: list[str] = []
    for words in parts:
        named, others = _read(index, words)
        spans += named
        rest += others
    strange = [word for word in rest if not _is_known(index, word)]
    if spans:
        hits, agree = _agreed(index, spans)
        certain = agree and not strange  # Нижние Барабульки is no Нижний Новгород
        if len(spans) > 1:  # Новая Москва is no village Новое near Moscow
            certain = certain and (min(hits.values()) == 0 or _largest(index, hits) >= KNOWN_FROM)
        if strange:  # Нижний Новгарод is
            whole = _misspelt(index, [word for words in parts for word in words], region=False)
            both = {id: cost for id, cost in whole.items() if id in hits}
            hits, certain = both or hits, bool(both)
    else:
        hits = _misspelt(index, strange, region=any(word in index.words[AREAS] for word in rest))
        certain = bool(hits) and _largest(index, hits) >= KNOWN_FROM and min(hits.values()) < _DOUBTFUL
    ranked = _ranked(index, hits, country, set(_countries(index, rest)))
    clear = bool(ranked) and (len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= _MARGIN)
    clear = clear and hits[ranked[0][1]] <= _letter(hits)
    ids = [id for _, id in ranked if id != ELSEWHERE]
    if clear and ranked[0][1] == ELSEWHERE:
        return False, []
    return (True, ids[:1]) if clear and certain else (False, ids)


# words around a name


def _is_one_of(word: str, words: frozenset[str]) -> bool:
    """Endings aside, those of a Russian feminine too: Россия, в России."""
    return word in words or word[:-1] in words or any(bare in words for bare in without_joined(word))


def _is_known(index: Index, word: str) -> bool:
    return len(word) == 1 or any(_is_one_of(word, words) for words in index.words.values())


def _countries(index: Index, words: Sequence[str]) -> Iterator[str]:
    for word in words:
        for code in COUNTRIES:
            if _is_one_of(word, index.words[code]):
                yield code.upper()


# names to the letter


def _read(index: Index, words: Sequence[str]) -> tuple[list[Hits], list[str]]:
    """What is named, the longest names from left to right, and the words that name nothing."""
    named: list[Hits] = []
    rest: list[str] = []
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + _SPAN), start, -1):
            hits = _named(index, words[start:end], alone=end - start == len(words))
            if hits:
                named.append(hits)
                start = end
                break
        else:
            rest.append(words[start])
            start += 1
    return named, rest


def _named(index: Index, words: Sequence[str], alone: bool) -> Hits:
    """What exactly these words name, endings aside.

    A smaller place is not meant by an ending or an old spelling where a larger one has just this name; where that one
    is large, no other is.
    """
    key = "".join(words)
    if len(key) < (_SHORTEST if alone else _SHORT) or (not alone and key in index.words[FILLER]):
        return {}
    if any(key in index.words[code] for code in COUNTRIES):
        return {}
    hits: Hits = {}
    _take(hits, index.keys.get(key, ()), 0)
    for bare in without_joined(key):
        _take(hits, index.keys.get(bare, ()), _JOINED)
    _take(hits, index.stems.get(stem(words), ()), _STEM)
    bare_words = [word for word in words if word not in index.words[AREAS]]
    if 0 < len(bare_words) < len(words):
        _take(hits, index.areas.get(stem(bare_words), ()), _JOINED)
    own = {id: cost for id, cost in hits.items() if cost == 0}
    people = _largest(index, own) if own else 0
    if people >= KNOWN_FROM:
        return own
    return {id: cost for id, cost in hits.items() if cost == 0 or index.people(id) > people}


def _take(hits: Hits, names: Iterable[Named], cost: float) -> None:
    for named in names:
        whole = cost + (_WEAK if named.weak else 0)
        hits[named.id] = min(hits.get(named.id, whole), whole)


# misspelt names


def _misspelt(index: Index, words: Sequence[str], region: bool) -> Hits:
    """Names with as few slips as there are, of the known places; of any other where those have none, if the first
    letter is right.

    ``region``: the word for one stands beside.
    """
    typed = "".join(words)
    tries = {typed: 0.0, stem(words): _STEM, **dict.fromkeys(without_joined(typed), _JOINED)}
    hits = _near(index, index.known, tries) or _near(index, index.others.get(typed[:1], ()), {typed: 0.0})
    if region:
        return {id: cost for id, cost in hits.items() if id in index.places and index.places[id].kind == "region"}
    return hits


def _near(index: Index, keys: Sequence[str], tries: Mapping[str, float]) -> Hits:
    near = [
        (slips, key, cost)
        for word, cost in tries.items()
        if _ONE_SLIP <= len(word) <= _LETTERS
        for key, slips, _ in process.extract(
            word, keys, scorer=OSA.distance, score_cutoff=1 + (len(word) >= _TWO_SLIPS), limit=_NEAR
        )
    ]
    hits: Hits = {}
    fewest = min(near)[0] if near else 0
    for slips, key, cost in near:
        if slips == fewest:
            _take(hits, index.keys[key], cost + _SLIP * slips + (0 if _begins_alike(key, tries) else _DOUBTFUL))
    return hits


def _begins_alike(key: str, tries: Iterable[str]) -> bool:
    """A vowel may be taken for another (адинцово); hardly anybody errs in a first consonant."""
    return any(word[:1] == key[:1] or {word[:1], key[:1]} <= _VOWELS for word in tries)


# which of them


def _agreed(index: Index, spans: Sequence[Hits]) -> tuple[Hits, bool]:
    """Places that lie in one another (Троицк, Челябинская область): the inner ones; else all, which do not agree."""
    hits, agree = spans[0], True
    for span in spans[1:]:
        inner = _inside(index, hits, span) or _inside(index, span, hits)
        inner = inner or {id: cost for id, cost in hits.items() if id in span}
        agree = agree and bool(inner)
        hits = inner or {**span, **hits}
    return hits, agree


def _inside(index: Index, hits: Hits, outer: Hits) -> Hits:
    return {id: cost for id, cost in hits.items() if any(_lies_in(index, id, around) for around in outer)}


def _lies_in(index: Index, id: str, outer: str) -> bool:
    place, around = index.places.get(id), index.places.get(outer)
    if id == outer or place is None or around is None or place.kind == "region":
        return False
    if around.kind == "region":
        return place.region == around.region
    return place.within == outer or index.regions[place.region].main == outer


def _largest(index: Index, hits: Hits) -> int:
    """People of the largest place."""
    return max(map(index.people, hits))


def _letter(hits: Hits) -> float:
    """What the sure one may lack: nothing, where another place has just the name that was typed."""
    return 0 if 0 in hits.values() else max(hits.values())


def _ranked(index: Index, hits: Hits, country: str, countries: set[str]) -> list[tuple[float, str]]:
    """By people and by how well the name fits, where ``countries`` were named in those alone.

    A city stands before the region that is run from it.
    """
    ranked = []
    for id, cost in hits.items():
        place = index.places.get(id)
        if place is not None and place.kind == "region" and index.regions[place.region].main in hits:
            continue
        if place is not None and countries and place.country not in countries:
            continue
        home = _HOME if place is not None and place.country == country else 0
        ranked.append((log10(max(index.people(id), _FEWEST)) + home - cost, id))
    return sorted(ranked, reverse=True)
