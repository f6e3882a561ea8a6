"""Which places the words of a message name, and whether that is sure."""

from collections.abc import Iterator, Sequence
from math import log10
from typing import Final

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.places.forms import stem, without_joined
from bot.places.index import AREAS, ELSEWHERE, FILLER, KNOWN_FROM, Index, Named
from bot.text import fold

#: No name of a place is longer, and no answer to "which city" has more words.
_LONGEST, _MAX_WORDS = 200, 12
#: Words of the longest names: Ростов-на-Дону, Славянск-на-Кубани.
_SPAN: Final = 4
#: Found in a text with so many words that mean nothing to us, a place is asked about.
_STRANGE: Final = 1
#: Powers of ten in people. A place with twenty times the people of the next is the one that is meant.
_MARGIN: Final = 1.3
_FEWEST: Final = 500
#: What a match costs that is not to the letter.
_JOINED, _STEM, _WEAK, _SLIP = 0.4, 0.6, 1.0, 1.0
#: In the country where the person is.
_HOME: Final = 0.7
#: Letters for one slip and for two.
_ONE_SLIP, _TWO_SLIPS = 5, 8
_NEAR: Final = 6
#: Short forms (МО, ЛО) are known only when nothing else is said.
_SHORT: Final = 3


class Span(msgspec.Struct):
    start: int
    end: int
    hits: dict[str, float]


def match(index: Index, text: str, country: str) -> tuple[bool, list[str]]:
    """(sure, ids): one id when sure, else the likeliest first."""
    words = fold(text[:_LONGEST]).split()
    if not words or len(words) > _MAX_WORDS or ("?" in text and len(words) > _SPAN):
        return False, []
    spans = list(_spans(index, words))
    covered = {place for span in spans for place in range(span.start, span.end)}
    rest = [word for place, word in enumerate(words) if place not in covered]
    countries = {code for word in rest for code in ("ru", "kz", "uz", "tj", "kg") if _is_one_of(word, index.words[code])}
    area = any(word in index.words[AREAS] for word in rest)
    strange = [word for word in rest if not _is_known_word(index, word)]
    slipped = not spans
    if slipped and strange:
        hits = _misspelt(index, strange)
        if area:
            hits = {id: cost for id, cost in hits.items() if id in index.places and index.places[id].kind == "region"}
        spans, strange = ([Span(0, 0, hits)] if hits else []), []
    if not spans:
        return False, []
    hits, together = _joined(index, spans)
    ranked = _ranked(index, hits, country, {code.upper() for code in countries})
    if not ranked:
        return False, []
    best, weight = ranked[0]
    clear = len(ranked) == 1 or weight - ranked[1][1] >= _MARGIN
    if best == ELSEWHERE and clear:
        return False, []
    sure = clear and together and len(strange) <= _STRANGE and not (strange and index.people(best) < KNOWN_FROM)
    if slipped:
        sure = sure and index.people(best) >= KNOWN_FROM
    ids = [id for id, _ in ranked if id != ELSEWHERE]
    return (True, ids[:1]) if sure and best != ELSEWHERE else (False, ids)


def _is_one_of(word: str, words: frozenset[str]) -> bool:
    return word in words or any(bare in words for bare in without_joined(word)) or word[:-1] in words


def _is_known_word(index: Index, word: str) -> bool:
    return len(word) == 1 or any(_is_one_of(word, words) for words in index.words.values())


def _spans(index: Index, words: Sequence[str]) -> Iterator[Span]:
    """The longest names from left to right."""
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + _SPAN), start, -1):
            hits = _named(index, words[start:end], alone=end - start == len(words))
            if hits:
                yield Span(start, end, hits)
                start = end
                break
        else:
            start += 1


def _named(index: Index, words: Sequence[str], alone: bool) -> dict[str, float]:
    """What exactly these words name, endings aside."""
    key = "".join(words)
    if not alone and (key in index.words[FILLER] or len(key) < _SHORT):
        return {}
    hits: dict[str, float] = {}
    _take(hits, index.keys.get(key, ()), 0)
    if any(cost == 0 and index.people(id) >= KNOWN_FROM for id, cost in hits.items()):
        return hits
    for bare in without_joined(key):
        _take(hits, index.keys.get(bare, ()), _JOINED)
    _take(hits, index.stems.get(stem(words), ()), _STEM)
    if len(words) > 1:
        bare_words = [word for word in words if word not in index.words[AREAS]]
        if 0 < len(bare_words) < len(words):
            _take(hits, index.areas.get(stem(bare_words), ()), 0)
    return hits


def _take(hits: dict[str, float], names: Sequence[Named], cost: float) -> None:
    for named in names:
        whole = cost + (_WEAK if named.weak else 0)
        hits[named.id] = min(hits.get(named.id, whole), whole)


def _misspelt(index: Index, words: Sequence[str]) -> dict[str, float]:
    """Names with a slip or two: of known places first, of any other only to ask about."""
    typed = "".join(words)
    tries = {typed: 0.0, stem(words): 0.0, **dict.fromkeys(without_joined(typed), _JOINED)}
    for keys, words_tried in ((index.known, tries), (index.others, [typed])):
        near = [
            (distance, key, tries[word])
            for word in words_tried
            if len(word) >= _ONE_SLIP
            for key, distance, _ in process.extract(
                word, keys, scorer=OSA.distance, score_cutoff=1 + (len(word) >= _TWO_SLIPS), limit=_NEAR
            )
        ]
        if near:
            fewest = min(near)[0]
            hits: dict[str, float] = {}
            for slips, key, cost in near:
                if slips == fewest:
                    _take(hits, index.keys[key], cost + _SLIP * slips)
            return hits
    return {}


def _joined(index: Index, spans: Sequence[Span]) -> tuple[dict[str, float], bool]:
    """Places that several names agree on (Троицк, Челябинская область), else all; whether they are one thing."""
    hits, together = spans[0].hits, True
    for span in spans[1:]:
        inner = {id: cost for id, cost in hits.items() if any(_lies_in(index, id, other) for other in span.hits)}
        outer = {id: cost for id, cost in span.hits.items() if any(_lies_in(index, id, other) for other in hits)}
        if inner or outer:
            hits = inner or outer
        else:
            hits, together = {**span.hits, **hits}, False
    return hits, together


def _lies_in(index: Index, id: str, outer: str) -> bool:
    place, around = index.places.get(id), index.places.get(outer)
    if place is None or around is None or place.kind == "region" and around.kind == "region":
        return id == outer
    if around.kind == "region":
        return place.region == around.region
    return id == outer or place.within == outer or index.regions[place.region].main == outer


def _ranked(index: Index, hits: dict[str, float], country: str, countries: set[str]) -> list[tuple[str, float]]:
    """By people and by how well the name fits; a city stands before the region that is run from it."""
    ranked = []
    for id, cost in hits.items():
        place = index.places.get(id)
        if place is not None and place.kind == "region" and index.regions[place.region].main in hits:
            continue
        if place is not None and countries and place.country not in countries:
            continue
        home = _HOME if place is not None and place.country == country else 0
        ranked.append((id, log10(max(index.people(id), _FEWEST)) + home - cost))
    return sorted(ranked, key=lambda one: -one[1])
