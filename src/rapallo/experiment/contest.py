"""A coding contested: which answers change when a signed file is believed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.experiment.compare import Comparison, compare
from rapallo.experiment.reads_otherwise import reads_otherwise
from rapallo.scenario.intervention import Intervention, read_intervention

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.progress import Watch
    from rapallo.scenario.scenario import Scenario

CLEAR = 2.0
"""Standard errors from zero beyond which a difference is told from chance."""


@dataclass(frozen=True, slots=True, eq=False)
class ContestResult:
    """What a contested coding changes.

    Parameters
    ----------
    intervention, sentences
        The contested codings, and what they say.
    record
        The record's own measures that change: ``measure``, ``at``, ``unit``, ``coded``, ``contested``.
    comparison
        The simulated answers in both worlds under one luck; none where no run reads what is contested.
    """

    intervention: Intervention
    sentences: tuple[str, ...]
    record: pd.DataFrame
    comparison: Comparison | None

    def __repr__(self) -> str:
        return f"<ContestResult {self.intervention.name!r}: {len(self.record)} numbers of the record change>"

    @property
    def turned(self) -> pd.DataFrame:
        """The simulated answers that change: rows of the comparison's table told from chance."""
        if self.comparison is None:
            return _no_rows()
        table = self.comparison.table()
        return table[(table["error"] > 0) & (table["difference"].abs() > CLEAR * table["error"])]

    @property
    def touched(self) -> pd.DataFrame:
        """The simulated answers that differ in some pair of runs, told from chance or not."""
        if self.comparison is None:
            return _no_rows()
        table = self.comparison.table()
        return table[table["no_change"] < 1.0]

    def __str__(self) -> str:
        lines = [*self.sentences, ""]
        if len(self.record):
            lines += ["In the record:", self.record.to_string(index=False, float_format=lambda x: f"{x:.4g}"), ""]
        else:
            lines += ["No measure of the record changes.", ""]
        if self.comparison is None:
            lines.append(
                "No simulated answer changes: the model decides such acts itself, or nothing in it reads what is "
                "contested. Fits and counterfactuals read the record, and may."
            )
            return "\n".join(lines)
        pairs = f"{len(self.comparison.base)} pairs of histories under the same luck"
        shown = self.touched[["measure", "at", "base", "changed", "difference", "error", "no_change"]].copy()
        shown["at"] = [at if at == "" else at.date().isoformat() for at in shown["at"]]
        if len(shown):
            clear = len(self.turned)
            lines += [
                f"In {pairs}, contested less coded ({clear} of {len(shown)} told from chance):",
                shown.to_string(index=False, float_format=lambda x: f"{x:.3g}"),
            ]
        else:
            lines.append(f"No simulated answer changes in any of {pairs}.")
        return "\n".join(lines)


def contest(
    scenario: Scenario,
    files: Sequence[str | Path],
    runs: int = 100,
    seed: int = 0,
    *,
    start: str | float | None = None,
    end: str | float | None = None,
    luck: str = "date",
    jobs: int | None = None,
    folder: Path,
    resume: bool = False,
    own: Sequence[Path] = (),
    progress: Watch | None = None,
) -> ContestResult:
    """Tell which answers change if the readings of some files are believed.

    Parameters
    ----------
    scenario
        The scenario.
    files
        TOML files that contest its codings; all are believed together.
    runs, seed, start, end, luck, jobs, folder, resume, own, progress
        As for :func:`~rapallo.experiment.compare.compare`.

    Raises
    ------
    ScenarioError
        If a file cannot be read; with every problem.
    """
    made = read_intervention(scenario, [f"contest {path}" for path in files])
    sentences = made.sentences(scenario)
    changed = made.apply(scenario)
    record = changed_record(scenario, changed, start, end)
    comparison = None
    if reads_otherwise(scenario, changed, start, end):
        comparison = compare(
            scenario,
            made,
            runs,
            seed,
            start=start,
            end=end,
            luck=luck,
            jobs=jobs,
            folder=folder,
            resume=resume,
            own=own,
            progress=progress,
        )
    return ContestResult(made, sentences, record, comparison)


def changed_record(
    scenario: Scenario, changed: Scenario, start: str | float | None = None, end: str | float | None = None
) -> pd.DataFrame:
    """Give the numbers that the record has otherwise when read otherwise, measure by measure."""
    import pandas as pd

    from rapallo.experiment.measuring import chosen_measures
    from rapallo.measures import get_measure

    names = chosen_measures(scenario, None)
    found = [_measured(each, names, start, end) for each in (scenario, changed)]
    rows = []
    for key in dict.fromkeys([*found[0], *found[1]]):
        coded, contested = (each.get(key, math.nan) for each in found)
        if coded != contested and not (math.isnan(coded) and math.isnan(contested)):
            name, at = key
            rows.append((name, at, get_measure(name).unit, coded, contested))
    return pd.DataFrame(rows, columns=["measure", "at", "unit", "coded", "contested"])


def _measured(
    scenario: Scenario, names: Sequence[str], start: str | float | None, end: str | float | None
) -> dict[tuple[str, str], float]:
    from rapallo.experiment.measuring import measured
    from rapallo.experiment.record_within import record_within
    from rapallo.scenario.timeline import timeline

    calendar = timeline(scenario, start, end)
    within = record_within(scenario.record, calendar.start, calendar.end)
    found: dict[tuple[str, str], float] = {}
    for _, which, keys, values in measured([within], [-1], names):
        for key, value in zip(keys, values, strict=True):
            found[names[which], str(key)] = float(value)
    return found


def _no_rows() -> Any:
    import pandas as pd

    return pd.DataFrame(columns=["measure", "at", "base", "changed", "difference", "error", "no_change"])
