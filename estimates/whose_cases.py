"""Whose cases a fit used, and whose it had to leave out: the line that the fits of recognition print."""

from __future__ import annotations

from collections import Counter

import rapallo as rp


def whose_cases(*draws: rp.FitResult) -> str:
    """Say how many cases a fit used and whose they are, and how many it left out as unknown and which these are.

    Where it was made for several draws, what was left out in some of them only says in how many.
    """
    senders: set[str] = set()
    lost: Counter[str] = Counter()
    dates: dict[str, str] = {}
    for fit in draws:
        known = fit.surprise["log_probability"].notna()
        senders |= set(fit.surprise.loc[known, "sender"])
        for row in fit.surprise[~known].itertuples():
            act = f"{row.sender} → {row.receiver}"
            lost[act] += 1
            dates.setdefault(act, row.date)
    cases, left = (_from_to([getattr(fit, count) for fit in draws]) for count in ("acts", "left_out"))
    said = f"{cases} cases by {len(senders)} actors: {', '.join(sorted(senders))}; {left} left out as unknown"
    named = [
        f"{dates[act]} {act}" + (f" (in {count} of {len(draws)} draws)" if count < len(draws) else "")
        for act, count in lost.items()
    ]
    return said + (f": {'; '.join(named)}" if named else "")


def _from_to(counts: list[int]) -> str:
    low, high = min(counts), max(counts)
    return f"{low}" if low == high else f"{low} to {high}"
