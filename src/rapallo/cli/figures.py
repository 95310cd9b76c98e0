"""Numbers as a table on screen shows them."""

from __future__ import annotations

import math


def figure(value: float, unit: str = "") -> str:
    """Give a number with as many digits as a reader can use; a dash where there is none.

    Examples
    --------
    >>> figure(1924.0833, "year"), figure(182.4161), figure(0.149271), figure(float("nan")), figure(23.0)
    ('1924.1', '182', '0.149', '–', '23')
    """
    if math.isnan(value):
        return "–"
    if unit == "year":
        return f"{value:.1f}"
    if value == round(value) and abs(value) < 1e9:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def short(value: float) -> str:
    """Give a number with three digits; what is left of rounding is nothing.

    Examples
    --------
    >>> short(0.0123456), short(-3e-19)
    ('0.0123', '0')
    """
    return f"{0.0 if abs(value) < 1e-12 else value:.3g}"
