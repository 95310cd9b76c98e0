"""How far the shared luck holds two worlds together, where it lets go, and what no luck could mend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapallo.experiment.paired_acts import paired_acts

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from rapallo.experiment.compare import Comparison


ROUNDING = 1e-9
"""Share of a number below which a difference is what the order of a sum left over."""


def difference_of(base: NDArray[np.float64], changed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give changed less base, pair by pair, without what rounding leaves over.

    Examples
    --------
    >>> import numpy as np
    >>> difference_of(np.array([0.3, 1.0]), np.array([0.1 + 0.2, 3.0])).tolist()
    [0.0, 2.0]
    """
    import numpy as np

    found = changed - base
    rounding = np.abs(found) <= ROUNDING * np.maximum(np.abs(base), np.abs(changed))
    return np.where(rounding, 0.0, found)


def coupling_of(base: NDArray[np.float64], changed: NDArray[np.float64]) -> dict[str, float]:
    """Compare the variance of paired differences with that of independent runs.

    Parameters
    ----------
    base, changed
        A measure in each run of either world; run k of both has the same luck.

    Returns
    -------
    dict
        ``difference``, ``error`` (its standard error), ``unmoved`` (share of pairs without any
        difference), ``coupling`` (variance of the difference of independent runs over that of the
        paired ones: 1 is none), ``best`` (the same ratio were the runs paired in the order of their
        values, which no pairing can beat) and ``like_any`` (the ratio if every pair that differs
        differed by the mean of those that do: what is left then is who is touched, not by how much).
    """
    import numpy as np

    known = np.isfinite(base) & np.isfinite(changed)
    first, second = base[known], changed[known]
    if len(first) < 2:
        return dict.fromkeys(("difference", "error", "unmoved", "coupling", "best", "like_any"), math.nan)
    paired = difference_of(first, second)
    apart = float(first.var() + second.var())
    touched = paired != 0
    share = float(touched.mean())
    size = float(paired[touched].mean()) if touched.any() else 0.0
    return {
        "difference": float(paired.mean()),
        "error": float(paired.std(ddof=1) / math.sqrt(len(paired))),
        "unmoved": 1.0 - share,
        "coupling": _ratio(apart, float(paired.var())),
        "best": _ratio(apart, float((np.sort(second) - np.sort(first)).var())),
        "like_any": _ratio(apart, share * (1.0 - share) * size**2),
    }


def coupling_table(comparison: Comparison, days: tuple[str, ...] | None = None) -> pd.DataFrame:
    """Give :func:`coupling_of` for every measure of a comparison.

    Parameters
    ----------
    comparison
        Two worlds.
    days
        For yearly measures, the ends of which years (``1926-12-31``); the last where not given.
    """
    import pandas as pd

    rows = []
    for name in comparison.base.measures:
        base, changed = comparison.base.measure(name), comparison.changed.measure(name)
        if base.shape == "actor":
            continue
        for key in base.values.columns:
            at = "" if base.shape == "number" else key.date().isoformat()
            wanted = (base.values.columns[-1].date().isoformat(),) if at and days is None else days or ()
            if (at and at not in wanted) or key not in changed.values.columns:
                continue
            found = coupling_of(base.values[key].to_numpy(float), changed.values[key].to_numpy(float))
            rows.append({"measure": name, "at": at, **found})
    return pd.DataFrame(
        rows, columns=["measure", "at", "difference", "error", "unmoved", "coupling", "best", "like_any"]
    )


@dataclass(frozen=True, slots=True)
class Parting:
    """When and where the paired histories part.

    Parameters
    ----------
    kept, moved, lost
        Shares of the base world's acts after the change that recur within a day, on another day, or not.
    other
        Share of the lost whose sender acted at that instant, but towards another.
    parted
        Share of the pairs of runs that part at all.
    first
        Median day of the first act that differs, as a date; empty where fewer than half part.
    loose
        The process whose acts recur least, among those with at least one act in ten runs, and the
        share of its acts that do; an empty name where all recur.
    """

    kept: float
    moved: float
    lost: float
    other: float
    parted: float
    first: str
    loose: tuple[str, float]

    def __str__(self) -> str:
        return " ".join(self.sentences())

    def sentences(self) -> list[str]:
        """Say it in words."""
        picked = f" (because another partner was picked at the same moment: {_percent(self.other)})"
        said = [
            f"Of the acts after the change {_percent(self.kept)} recur within a day in the other world, "
            f"{_percent(self.moved)} on another day, and {_percent(self.lost)} do not{picked if self.lost else ''}.",
            f"{_percent(self.parted)} of the pairs part{f', half of them by {self.first}' if self.first else ''}.",
        ]
        if self.loose[0]:
            name = self.loose[0].replace("_", " ")
            said.append(f"Least held together: {name}, of whose acts {_percent(self.loose[1])} recur.")
        return said


def parting(comparison: Comparison, since: float, until: float | None = None) -> Parting:
    """Say when the paired histories part and which acts the luck holds in place after that.

    Parameters
    ----------
    comparison
        Two worlds that kept their acts.
    since
        Day of the change.
    until
        Look no further than this day.
    """
    import numpy as np

    from rapallo.system.history import to_iso

    paired = paired_acts(comparison.base.acts(), comparison.changed.acts(), until)
    runs = len(comparison.base)
    differing = paired[paired["fate"] != "kept"]
    moments = differing[["time_base", "time_changed"]].min(axis=1)
    first = moments.groupby(differing["run"]).min().reindex(range(runs))
    mine = paired[paired["time_base"] >= since]
    total = max(len(mine), 1)
    shares = mine["fate"].value_counts() / total
    lost = mine[mine["fate"] == "lost"]
    kept = (mine["fate"] == "kept").groupby(mine["process"]).agg(["mean", "size"])
    kept = kept[kept["size"] >= runs / 10]
    loose: tuple[str, float] = ("", 1.0)
    if len(kept) and kept["mean"].min() < 1.0:
        loose = (str(kept["mean"].idxmin()), float(kept["mean"].min()))
    half = float(np.nanmedian(first)) if first.notna().mean() >= 0.5 else math.nan
    return Parting(
        kept=float(shares.get("kept", 0.0)) if len(mine) else 1.0,
        moved=float(shares.get("moved", 0.0)),
        lost=float(shares.get("lost", 0.0)),
        other=float(lost["other"].mean()) if len(lost) else 0.0,
        parted=float(first.notna().mean()),
        first="" if math.isnan(half) else to_iso(half),
        loose=loose,
    )


def _ratio(apart: float, spread: float) -> float:
    return apart / spread if spread > 0 else math.inf


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
