"""A loaded catalogue as bytes, and back. What comes back is made of the catalogue's own structs and of plain values
alone, whatever the bytes say: nothing that they name is looked up elsewhere, and nothing is run.

A value that stands in several places, as the title of an article does, is written once and is one object again.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import chain
from typing import Any, Final, TypeVar

import msgspec

from bot.catalogue.model import Text

_T = TypeVar("_T")
_Maker = Callable[[list[Any]], Any]

_PLAIN: Final = frozenset({str, int, float, bool, bytes, type(None)})
_FOLDER: Final = __name__.rpartition(".")[0]
#: What a packed list begins with: one of these, and the number of the object that was packed already or of the text;
#: else the place of its maker, of ``_MAKERS`` or of a struct after them, and what that makes it from.
_AGAIN, _TEXT, _FIRST = range(3)
_TAKEN_APART: Final[dict[type, Callable[[Any], Any]]] = {
    tuple: iter,
    list: iter,
    dict: lambda mapping: chain.from_iterable(mapping.items()),
    frozenset: iter,
    date: lambda day: (day.toordinal(),),
    timedelta: lambda length: (length.days, length.seconds, length.microseconds),
}
_MAKERS: Final[tuple[_Maker, ...]] = (
    tuple,
    list,
    lambda given: dict(zip(given[::2], given[1::2], strict=True)),
    frozenset,
    lambda given: date.fromordinal(*given),
    lambda given: timedelta(*given),
)
_KINDS: Final = {kind: place for place, kind in enumerate(_TAKEN_APART, _FIRST)}
_FIRST_STRUCT: Final = _FIRST + len(_KINDS)


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    """``structs``: names of those in ``tree``. ``texts`` are most of a catalogue, and all of their types are plain."""

    structs: list[str]
    texts: list[Text]
    tree: Any


_DECODER: Final = msgspec.msgpack.Decoder(_Packed)


class Unpackable(Exception):
    """The bytes are not what ``pack`` made of such a value."""


def pack(value: Any) -> bytes:
    """Raises TypeError for what no catalogue holds."""
    structs: dict[type[msgspec.Struct], int] = {}
    texts: list[Text] = []
    #: By identity, how an object that was packed is named again.
    packed: dict[int, tuple[int, int]] = {}
    others = 0

    def tree(one: Any) -> Any:
        nonlocal others
        kind = type(one)
        if kind in _PLAIN:
            return one
        if id(one) in packed:
            return packed[id(one)]
        if kind is Text:
            packed[id(one)] = _TEXT, len(texts)
            texts.append(one)
            return packed[id(one)]
        if kind in _KINDS:
            made = [_KINDS[kind], *map(tree, _TAKEN_APART[kind](one))]
        elif issubclass(kind, msgspec.Struct) and _is_ours(kind):
            fields = [tree(getattr(one, field)) for field in kind.__struct_fields__]
            made = [structs.setdefault(kind, _FIRST_STRUCT + len(structs)), *fields]
        else:
            raise TypeError(f"a catalogue holds no {kind}")
        packed[id(one)] = _AGAIN, others
        others += 1
        return made

    whole = tree(value)
    return msgspec.msgpack.encode(_Packed([*map(_name, structs)], texts, whole))


def unpack(raw: bytes, of: type[_T]) -> _T:
    """Raises ``Unpackable``."""
    try:
        packed = _DECODER.decode(raw)
        known = {_name(struct): struct for struct in _structs(msgspec.Struct) if _is_ours(struct)}
        value = _made(packed, [_maker(known[name]) for name in packed.structs])
    except (msgspec.DecodeError, ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
        raise Unpackable from error
    if not isinstance(value, of):
        raise Unpackable
    return value


def _made(packed: _Packed, structs: list[_Maker]) -> Any:
    made: list[Any] = []
    makers: list[_Maker] = [
        lambda given: made[given[0]],
        lambda given: packed.texts[given[0]],
        *_MAKERS,
        *structs,
    ]

    def make(tree: Any) -> Any:
        if type(tree) is not list:
            return tree
        kind = tree[0]
        if kind < _FIRST:
            return makers[kind](tree[1:])
        value = makers[kind]([make(one) for one in tree[1:]])
        made.append(value)
        return value

    return make(packed.tree)


def _maker(struct: type[msgspec.Struct]) -> _Maker:
    fields = struct.__struct_fields__
    return lambda given: struct(**dict(zip(fields, given, strict=True)))


def _name(struct: type[msgspec.Struct]) -> str:
    return f"{struct.__module__}.{struct.__qualname__}"


def _is_ours(struct: type[msgspec.Struct]) -> bool:
    return struct.__module__.startswith(f"{_FOLDER}.")


def _structs(of: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for struct in of.__subclasses__():
        yield struct
        yield from _structs(struct)
