"""Tables as users have them: frames, files and mappings of columns, read with an error for every row that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError

if TYPE_CHECKING:
    import pandas as pd

Frame = Any
"""A table: a pandas DataFrame, a path to a CSV file, or a mapping of columns."""


def read_table(table: Frame) -> pd.DataFrame:
    """Read a frame, a file or a mapping of columns."""
    import pandas as pd

    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, (str, Path)):
        try:
            return pd.read_csv(table)
        except FileNotFoundError:
            raise RapalloError(f"there is no file {str(table)!r}") from None
    try:
        return pd.DataFrame(table)
    except (ValueError, TypeError) as error:
        what = str(error).replace("\n", " ")
        raise RapalloError(
            f"{type(table).__name__} is no table ({what}); give a DataFrame, a path, or columns of one length"
        ) from None


def read_numbers(column: Any, what: str, name: str) -> NDArray[np.float64]:
    """Read a column of numbers; text is refused with its row."""
    import pandas as pd

    found = pd.to_numeric(pd.Series(column), errors="coerce")
    bad = np.flatnonzero((found.isna() & pd.Series(column).notna()).to_numpy())
    if len(bad):
        value = pd.Series(column).iloc[bad[0]]
        raise RapalloError(f"{what}, row {bad[0] + 1}: {name} is {value!r}, not a number ({len(bad)} such rows)")
    return np.asarray(found, dtype=float)


def read_times(column: Any) -> tuple[NDArray[np.float64], bool]:
    """Give times as numbers, and whether they were dates (then they are days since 1900-01-01)."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return np.asarray(column, dtype=float), False
    numbers = pd.to_numeric(column, errors="coerce")
    if not (numbers.isna() & column.notna()).any():
        return np.asarray(numbers, dtype=float), False
    try:
        moments = pd.to_datetime(column, format="ISO8601", utc=True)
    except (ValueError, TypeError) as error:
        what = str(error).splitlines()[0]
        raise RapalloError(f"the times are neither numbers nor dates written YYYY-MM-DD: {what}") from None
    days = (moments - pd.Timestamp("1900-01-01", tz="UTC")) / pd.Timedelta(days=1)
    return np.asarray(days, dtype=float), True


def read_yes_or_no(column: Any, what: str, name: str) -> NDArray[np.bool_]:
    """Read a column of 0 and 1; what is missing or something else is refused with its row."""
    values = read_numbers(column, what, name)
    bad = np.flatnonzero(~np.isin(values, (0.0, 1.0)))
    if len(bad):
        raise RapalloError(f"{what}, row {bad[0] + 1}: {name} is {values[bad[0]]:g}, not 0 or 1 ({len(bad)} such rows)")
    return np.asarray(values > 0)
