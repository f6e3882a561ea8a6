"""Which language a short message is in, by its groups of one to three letters; "" where that is not clear.

A naive Bayes model, counted from lines of our own: the general detectors lack Tajik and Kyrgyz or cost a gigabyte
(``benchmarks/languages.py`` has them side by side). Tajik and Kyrgyz typed with plain Russian letters, Uzbek without
apostrophes, and Russian, Tajik and Kyrgyz in Latin letters are counted as spellings of their own.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from math import exp, log
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from bot.text.cleaning import script
from bot.text.uzbek import to_cyrillic

#: Written in neither alphabet of ours.
ELSEWHERE: Final = "other"

_MAX_LETTERS: Final = 100
#: Lines of a language that are counted: more make it no better, only slower to build.
_MAX_LINES: Final = 200
_SIZES: Final = (1, 2, 3)
#: What every group of letters has seen before any line.
_SMOOTHING: Final = 0.3
#: Groups of letters of one word are no independent witnesses, and one or two words are few.
_TEMPER: Final = 0.5
_ENOUGH_WORDS: Final = 3
#: A language is sure from this probability on; that of the profile needs no more than half.
_SURE: Final = 0.8
_KNOWN: Final = 0.5
#: How much likelier the language of the profile is than another one, before a word is read; as a logarithm.
_PRIOR: Final = 2.0
#: What is so rare among our readers that a few letters must not suggest it.
_FOREIGN: Final = -3.0

_LETTERS: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?")
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("ʻʼ’‘`´′ʹ‛", "'"))
_PLAIN_KEYBOARD: Final = str.maketrans("ғқҳҷӣӯўңөү", "гкхчиууноу")
_ROMAN: Final = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфхыэғқҳӣӯўңөү", "abvgdeziyklmnoprstufxyegqhiuunou", strict=True)),
        **{"ё": "yo", "ж": "j", "ҷ": "j", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "yu", "я": "ya"},
        **{"ъ": "", "ь": ""},
    }
)


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """``language`` is a code of ours, of another language, ``other`` for another alphabet, or "" for not sure.

    ``certainty`` is that of the likeliest one, 0 to 1.
    """

    language: str
    certainty: float


class _Spelling(msgspec.Struct, frozen=True):
    language: str
    script: str
    of: Callable[[str], str]


def _as_it_is(line: str) -> str:
    return line


#: Language of the lines -> the ways in which people write it.
_SPELLINGS: Final[Mapping[str, tuple[_Spelling, ...]]] = {
    "ru": (_Spelling("ru", "Cyrl", _as_it_is), _Spelling("ru", "Latn", lambda line: line.translate(_ROMAN))),
    "uz": (
        _Spelling("uz", "Latn", _as_it_is),
        _Spelling("uz", "Latn", lambda line: line.replace("'", "")),
        _Spelling("uz_Cyrl", "Cyrl", lambda line: to_cyrillic(line.replace("'", "ʻ")).casefold()),
        _Spelling(
            "uz_Cyrl",
            "Cyrl",
            lambda line: to_cyrillic(line.replace("'", "ʻ")).casefold().translate(_PLAIN_KEYBOARD),
        ),
    ),
    **{
        language: (
            _Spelling(language, "Cyrl", _as_it_is),
            _Spelling(language, "Cyrl", lambda line: line.translate(_PLAIN_KEYBOARD)),
            _Spelling(language, "Latn", lambda line: line.translate(_ROMAN)),
        )
        for language in ("tg", "ky")
    },
}


class _Model(msgspec.Struct, frozen=True, eq=False):
    """The spellings of one alphabet. What a spelling has not seen costs it the same, so only the others are kept."""

    #: Group of letters -> its row among the weights.
    _rows: dict[str, int]
    #: Of each spelling.
    _languages: list[str]
    _weights: NDArray[np.float32]
    _unseen: NDArray[np.float32]
    _before: NDArray[np.float32]

    @classmethod
    def count(cls, kinds: list[tuple[str, Counter[str]]], ours: frozenset[str]) -> "_Model":
        """``kinds``: language of a spelling, and how often it has seen each group."""
        known = {group: row for row, group in enumerate(dict.fromkeys(group for _, seen in kinds for group in seen))}
        languages = [language for language, _ in kinds]
        weights = np.zeros((len(known), len(kinds)), dtype=np.float32)
        totals = [sum(seen.values()) + _SMOOTHING * len(known) for _, seen in kinds]
        unseen = np.array([log(_SMOOTHING / total) for total in totals], dtype=np.float32)
        is_ours = [language.partition("_")[0] in ours for language in languages]
        before = np.array([0.0 if ours_ else _FOREIGN for ours_ in is_ours], dtype=np.float32)
        for place, (_, seen) in enumerate(kinds):
            rows = [known[group] for group in seen]
            counts = np.array(list(seen.values()), dtype=np.float32)
            weights[rows, place] = np.log((counts + _SMOOTHING) / totals[place]) - unseen[place]
        return cls(known, languages, weights, unseen, before)

    def likelihoods(self, plain: str) -> dict[str, float]:
        temper = _TEMPER * min(plain.count(" ") + 1, _ENOUGH_WORDS) / _ENOUGH_WORDS
        groups = list(_groups(plain))
        rows = [row for group in groups if (row := self._rows.get(group)) is not None]
        seen = np.add.reduce(self._weights[rows], axis=0) if rows else 0.0
        values = self._before + temper * (seen + self._unseen * len(groups))
        found: dict[str, float] = {}
        for language, value in zip(self._languages, values.tolist(), strict=True):
            found[language] = max(found.get(language, value), value)
        return found


class Recogniser(msgspec.Struct, frozen=True, eq=False):
    """What was counted."""

    #: Words of the languages that are not ours: their lines are few, and any rare letters look like them.
    _foreign: dict[str, frozenset[str]]
    #: By alphabet.
    _models: dict[str, _Model]

    @classmethod
    def count(cls, lines: Mapping[str, Sequence[str]]) -> "Recogniser":
        """``lines``: by language of ours (Uzbek in Latin letters), and by any other that must be told apart."""
        counted: dict[str, list[tuple[str, Counter[str]]]] = defaultdict(list)
        foreign = {
            language: frozenset(word for line in given for word in _plain(line).split())
            for language, given in lines.items()
            if language not in _SPELLINGS
        }
        for language, given in lines.items():
            plain = [_plain(line) for line in islice(given, _MAX_LINES)]
            for spelling in _SPELLINGS.get(language) or (_other(language, plain),):
                groups = Counter(group for line in plain for group in _groups(spelling.of(line)))
                counted[spelling.script].append((spelling.language, groups))
        return cls(
            foreign, {alphabet: _Model.count(kinds, frozenset(_SPELLINGS)) for alphabet, kinds in counted.items()}
        )

    def guess(self, text: str, prior: str = "") -> Guess:
        """``prior`` is the language of the profile: it tips the scale where the words do not."""
        plain = _plain(text[:_MAX_LETTERS])
        alphabet = script(plain)
        if not alphabet:
            return Guess(language=ELSEWHERE if _LETTERS.search(plain) else "", certainty=0.0)
        model = self._models.get(alphabet)
        if model is None:
            return Guess(language="", certainty=0.0)
        likelihoods = model.likelihoods(plain)
        if prior in likelihoods:
            likelihoods[prior] += _PRIOR
        best = max(likelihoods, key=lambda language: likelihoods[language])
        certainty = 1 / sum(exp(value - likelihoods[best]) for value in likelihoods.values())
        is_sure = certainty >= (_KNOWN if best == prior else _SURE)
        if best in self._foreign and self._foreign[best].isdisjoint(plain.split()):
            is_sure = False
        return Guess(language=best if is_sure else "", certainty=certainty)


def _other(language: str, plain: list[str]) -> _Spelling:
    return _Spelling(language, script(" ".join(plain)) or "Latn", _as_it_is)


def _plain(text: str) -> str:
    return " ".join(_LETTERS.findall(text.casefold().translate(_APOSTROPHES)))


def _groups(plain: str) -> Iterator[str]:
    padded = f" {plain} "
    for size in _SIZES:
        for at in range(len(padded) - size + 1):
            yield padded[at : at + size]
