"""Arrays of numbers, as they stand in what was learnt and in its bytes: no array of anything else is ever made."""

from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
SmallInts = NDArray[np.int32]

#: Below this share of values other than 0 only these are written, with their places.
_SPARSE: Final = 0.4


def to_plain(array: Any) -> Any:
    """For msgspec: the shape, the values in order, and where they stand if the others are 0."""
    assert isinstance(array, np.ndarray)
    flat = np.ascontiguousarray(array).reshape(-1)
    places = np.flatnonzero(flat)
    if len(places) < _SPARSE * len(flat) < np.iinfo(np.int32).max:
        return array.shape, flat[places].tobytes(), places.astype(np.int32).tobytes()
    return array.shape, flat.tobytes(), None


def from_plain(kind: Any, plain: Any) -> Any:
    """The same back, of the type of numbers that ``kind`` names. Raises ValueError or TypeError."""
    ((_, numbers), (shape, values, places)) = get_args(kind), plain
    (number,) = get_args(numbers)
    given = np.frombuffer(values, dtype=number)
    if places is None:
        return given.reshape(shape)
    array = np.zeros(shape, dtype=number)
    array.reshape(-1)[np.frombuffer(places, dtype=np.int32)] = given
    return array
