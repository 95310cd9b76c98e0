"""What a measure gives: a number, a yearly series or a series by actor; and its rows in a long table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError

if TYPE_CHECKING:
    import pandas as pd

Shape = Literal["number", "yearly", "actor"]
MOST_HELD = 32
"""Indexes whose keys are kept."""

_LABELS: dict[int, tuple[pd.Index[Any], NDArray[Any]]] = {}
"""By the number of an index, which is kept alive by it: its keys."""

Result: TypeAlias = "float | pd.Series[float]"


def as_result(name: str, value: Any, shape: str = "") -> Result:
    """Bring what a measure's function gave to one of the three shapes.

    Parameters
    ----------
    name
        The measure's name, which a series takes on.
    value
        What the function gave.
    shape
        The shape that was declared, or an empty string.

    Raises
    ------
    RapalloError
        If it is none of the shapes, or not the one declared.
    """
    import pandas as pd

    if isinstance(value, (bool, int, float, np.number, np.bool_)):
        found, result = "number", float(value)
    elif isinstance(value, pd.Series) and not isinstance(value.index, pd.RangeIndex):
        found = "yearly" if isinstance(value.index, pd.DatetimeIndex) else "actor"
        result = value if value.dtype == np.float64 else value.astype(float)
        result.name = name
    else:
        raise RapalloError(
            f"measure {name!r} gave a {type(value).__name__}; a measure gives a number, yearly(history, …) "
            "or per_actor(history, …)"
        )
    if shape and found != shape:
        raise RapalloError(f"measure {name!r} gave a result of shape {found!r} and declares {shape!r}")
    return result


def long(result: Result) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Give a result as rows of a long table.

    Returns
    -------
    tuple
        ``key``: ISO dates of a yearly series, actor ids, or one empty string for a number; and
        ``value``.

    Examples
    --------
    >>> keys, values = long(3.0)
    >>> list(keys), values
    ([''], array([3.]))
    """
    if isinstance(result, float):
        return np.array([""], dtype=object), np.array([result])
    return _labels(result.index), result.to_numpy(dtype=np.float64)


def _labels(index: pd.Index[Any]) -> NDArray[Any]:
    """Give the keys of an index, once for all the results that share it."""
    held = _LABELS.get(id(index))
    if held is None or held[0] is not index:
        labels = index.to_numpy()
        if labels.dtype.kind == "M":
            labels = np.datetime_as_string(labels, unit="D")
        labels = labels.astype(object)
        labels.flags.writeable = False
        if len(_LABELS) >= MOST_HELD:
            _LABELS.clear()
        _LABELS[id(index)] = held = index, labels
    return held[1]


def from_long(name: str, key: Any, value: Any) -> Result:
    """Give back the result of one measure of one history from its rows in a long table.

    Parameters
    ----------
    name
        The measure's name.
    key, value
        As :func:`long` gives them, in any sequence type.

    Raises
    ------
    RapalloError
        If there are no rows.
    """
    import pandas as pd

    keys = [str(each) for each in key]
    values = np.array(value, dtype=np.float64)
    if not keys or len(keys) != len(values):
        raise RapalloError(f"measure {name!r}: {len(keys)} keys and {len(values)} values; give one key for each value")
    if keys == [""]:
        return float(values[0])
    if _is_date(keys[0]):
        dates = np.array(keys, dtype="datetime64[s]")
        return pd.Series(values, index=pd.DatetimeIndex(dates, name="date"), name=name)
    return pd.Series(values, index=pd.Index(keys, dtype=object, name="actor"), name=name)


def _is_date(key: str) -> bool:
    return len(key) == 10 and key[4] == key[7] == "-" and key.replace("-", "").isdigit()
