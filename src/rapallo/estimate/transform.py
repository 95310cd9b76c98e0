"""What may be done to a statistic before it is weighed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError

_ROUNDING = 1e-9


def _sqrt(values: NDArray[np.float64]) -> NDArray[np.float64]:
    # weights that were added and taken away again may end a rounding error below zero
    return np.sqrt(np.where((values < 0.0) & (values > -_ROUNDING), 0.0, values))


TRANSFORMS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "identity": lambda values: values,
    "abs": np.abs,
    "sign": np.sign,
    "square": np.square,
    "sqrt": _sqrt,
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
    "log2": np.log2,
    "log10": np.log10,
}
"""By their names in R; ``square`` is R's ``function(x) x^2``."""


def transformed(term: str, transform: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Transform the values of a term.

    Parameters
    ----------
    term
        Its name, for the error.
    transform
        One of ``TRANSFORMS``, or an empty string: the values stay.
    values
        One for each distinct vector of statistics.

    Raises
    ------
    RapalloError
        If the transform has no finite number for one of them, as the log of 0.

    Examples
    --------
    >>> transformed("indeg(call, transformer_fn=log2)", "log2", np.array([1.0, 8.0])).tolist()
    [0.0, 3.0]
    """
    if not transform:
        return values
    with np.errstate(all="ignore"):
        made = TRANSFORMS[transform](values)
    astray = ~np.isfinite(made)
    if astray.any():
        value = float(values[astray][0])
        advice = "there are abs, sign, square and exp for what goes below zero"
        if value >= 0:
            advice = "scale what it reads" if value > 0 else "take log1p"
        raise RapalloError(f"`{term}`: {transform} of {value:g}, which an option has, is no finite number; {advice}")
    return made
