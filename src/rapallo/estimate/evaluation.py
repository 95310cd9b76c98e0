"""A log-likelihood at one point, with its derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(slots=True, eq=False)
class Evaluation:
    """The log-likelihood at one parameter vector, with its score, information, and each act's part.

    ``bend`` is what minus the second derivative has above ``information``, where that is the expected one.
    """

    value: float
    score: Vector
    information: Matrix
    each: Vector
    bend: Matrix | None = None
