"""How many readings of the record a command tries."""

from __future__ import annotations

from rapallo.errors import RapalloError


def how_many(readings: str) -> int | None:
    """Give how many readings to try; ``None`` for all.

    Raises
    ------
    RapalloError
        If it is neither a number nor ``all``.

    Examples
    --------
    >>> how_many("8"), how_many("all")
    (8, None)
    """
    if readings == "all":
        return None
    if not readings.isdecimal():
        raise RapalloError(f"--readings {readings!r} is no number; write how many to try, 'all', or 0")
    return int(readings)
