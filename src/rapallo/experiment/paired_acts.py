"""The acts of two worlds under one luck, matched: kept, moved, lost, gained."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("run", "process", "change", "sender", "receiver")
"""Two acts are one in two worlds where these agree, and their number among such acts."""

SAME_DAY = 1.0
"""Days within which an act counts as kept."""

FATES = ("kept", "moved", "lost", "gained")


def paired_acts(base: pd.DataFrame, changed: pd.DataFrame, until: float | None = None) -> pd.DataFrame:
    """Match the simulated acts of two worlds that a process decided, run by run.

    The k-th act of a process from one sender to one receiver in the base world is matched with the
    k-th in the changed one.

    Parameters
    ----------
    base, changed
        Tables of acts, as :meth:`~rapallo.experiment.ensemble.Ensemble.acts` gives them.
    until
        Look at acts before this day only, in either world.

    Returns
    -------
    pandas.DataFrame
        One row for each pair and each act without one: the columns of ``KEYS``, ``time_base``,
        ``time_changed``, ``shift`` (days; NaN without a pair), ``fate`` (one of ``FATES``) and
        ``other`` (for a lost act: at the same instant the same sender took another receiver).
    """
    import numpy as np
    import pandas as pd

    sides = []
    for table in (base, changed):
        # what no process decides, a finding say, has none
        decided = table["process"].notna() & (table["process"] != "")
        mine = table[(table["run"] >= 0) & (table["origin"] == "simulated") & decided]
        if until is not None:
            mine = mine[mine["time"] < until]
        mine = mine[[*KEYS, "time"]].copy()
        for key in KEYS[1:]:
            mine[key] = mine[key].astype(str)
        mine["k"] = mine.groupby(list(KEYS), sort=False).cumcount()
        sides.append(mine)
    both = sides[0].merge(sides[1], on=[*KEYS, "k"], how="outer", suffixes=("_base", "_changed")).drop(columns="k")
    both["shift"] = both["time_changed"] - both["time_base"]
    both["fate"] = np.select(
        [both["time_changed"].isna(), both["time_base"].isna(), both["shift"].abs() <= SAME_DAY],
        ["lost", "gained", "kept"],
        "moved",
    )
    instants = ["run", "process", "change", "sender"]
    taken = sides[1].set_index([*instants, "time"]).index
    asked = pd.MultiIndex.from_frame(both[[*instants, "time_base"]])
    both["other"] = (both["fate"] == "lost") & asked.isin(taken)
    return both


def by_process(paired: pd.DataFrame, runs: int) -> pd.DataFrame:
    """Count fates a run, by process, with the median shift in days of the moved; the most frequent first."""
    counts = paired.groupby(["process", "fate"]).size().unstack(fill_value=0) / runs
    counts = counts.reindex(columns=list(FATES), fill_value=0.0)
    moved = paired[paired["fate"] == "moved"]
    counts["moved_days"] = moved.groupby("process")["shift"].median()
    counts.columns.name = None
    return counts.sort_values("kept", ascending=False)
