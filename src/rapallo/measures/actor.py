"""A result with one number for each actor."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from rapallo.errors import RapalloError
from rapallo.system.history import History

if TYPE_CHECKING:
    import pandas as pd


def per_actor(history: History, values: ArrayLike) -> pd.Series[float]:
    """Give one number for each actor, in the order of ``history.actors``; NaN where there is none.

    Raises
    ------
    RapalloError
        If there is not one number for each actor.
    """
    import pandas as pd

    numbers = np.asarray(values, dtype=np.float64)
    if numbers.shape != (len(history.actors),):
        raise RapalloError(
            f"per_actor was given numbers of shape {numbers.shape}; "
            f"give one for each of the {len(history.actors)} actors"
        )
    return pd.Series(numbers, index=_index(history.actors))


@lru_cache(maxsize=32)
def _index(actors: tuple[str, ...]) -> Any:
    import pandas as pd

    return pd.Index(actors, dtype=object, name="actor")
