"""Which rival reading would turn an answer: the effect of an intervention, with each reading taken the other way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from rapallo.experiment.contest import reads_otherwise
from rapallo.experiment.coupling import difference_of
from rapallo.experiment.ensemble import ensemble
from rapallo.scenario.intervention import read_intervention

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.compare import Comparison
    from rapallo.experiment.progress import Watch

COLUMNS = ("reading", "measure", "at", "effect", "otherwise", "change", "error", "turns")

CLEAR = 2.0
"""Standard errors from zero beyond which an effect is told from chance."""


def turned_by(
    comparison: Comparison,
    readings: Iterable[str],
    runs: int = 60,
    *,
    jobs: int | None = None,
    progress: Watch | None = None,
) -> pd.DataFrame:
    """Run both worlds again with each of some readings, under the same luck, and set the effects side by side.

    Parameters
    ----------
    comparison
        The answer.
    readings
        Changes that take a rival reading: ``read GOV045 as centre-right``.
    runs
        Pairs for each; not more than the comparison has.
    jobs, progress
        As for an ensemble.

    Returns
    -------
    pandas.DataFrame
        One row a reading: ``reading``; the ``measure`` and day ``at`` that the intervention moves most
        clearly; its ``effect`` there, what it is ``otherwise``, the paired ``change`` of the effect with
        its standard ``error``; and ``turns``, whether the effect loses its sign or can no longer be told
        from chance. A reading that no run reads changes nothing, and is not run.
    """
    import pandas as pd

    base = comparison.base
    manifest = base.manifest
    count = min(runs, len(base))
    name, key = clearest(comparison)
    if not name:
        return pd.DataFrame(columns=list(COLUMNS))
    effect = comparison.difference(name)[key].to_numpy(float)[:count]
    scenario, span = base.scenario, manifest["span"]
    rows: list[dict[str, Any]] = []
    for text in readings:
        read = read_intervention(scenario, text)
        otherwise = effect
        if reads_otherwise(scenario, read.apply(scenario), span["from"], span["to"]):
            values = []
            for world in (read, read + comparison.intervention):
                made = ensemble(
                    world.apply(scenario),
                    count,
                    int(manifest["seed"]),
                    start=span["from"],
                    end=span["to"],
                    luck=manifest["luck"],
                    jobs=jobs,
                    measures=[name],
                    keep="measures",
                    progress=progress,
                )
                values.append(made.measure(name).values[key].to_numpy(float))
            otherwise = difference_of(values[0], values[1])
        change = otherwise - effect
        known = np.isfinite(change)
        rows.append(
            {
                "reading": text,
                "measure": name,
                "at": key.date().isoformat() if hasattr(key, "date") else "",
                "effect": float(np.nanmean(effect)),
                "otherwise": float(np.nanmean(otherwise)),
                "change": float(change[known].mean()) if known.any() else float("nan"),
                "error": float(change[known].std(ddof=1) / np.sqrt(known.sum())) if known.sum() > 1 else float("nan"),
                "turns": _turned(effect, otherwise),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def clearest(comparison: Comparison) -> tuple[str, Any]:
    """Give the measure and the key that an intervention moves most clearly; an empty name where it moves none."""
    table = comparison.table()
    moved = table[table["error"] > 0]
    if not len(moved):
        return "", ""
    row = moved.loc[(moved["difference"].abs() / moved["error"]).idxmax()]
    return str(row["measure"]), row["at"] if row["at"] != "" else "value"


def _turned(effect: np.ndarray, otherwise: np.ndarray) -> bool:
    before, after = _ratio(effect), _ratio(otherwise)
    return bool(abs(before) > CLEAR and (abs(after) <= CLEAR or np.sign(before) != np.sign(after)))


def _ratio(values: np.ndarray) -> float:
    """Give a mean in its standard errors."""
    known = values[np.isfinite(values)]
    error = known.std(ddof=1) / np.sqrt(len(known)) if len(known) > 1 else np.nan
    return float(known.mean() / error) if error > 0 else 0.0
