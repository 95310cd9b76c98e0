"""What the spread of an intervention's effect is made of: chance, parameters, sources, and what they do together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rapallo.experiment.comparison_folder import BASE, CHANGED, SPREAD
from rapallo.experiment.coupling import difference_of
from rapallo.experiment.draws import UNCERTAINTIES
from rapallo.experiment.uncertainty import Uncertainty, split_variance, uncertainty

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.progress import Watch
    from rapallo.scenario.intervention import Intervention
    from rapallo.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class SpreadOfDifference:
    """Two worlds whose runs come in blocks that cross the draws; run k of both has the same of each.

    Parameters
    ----------
    base, changed
        The two worlds.
    """

    base: Uncertainty
    changed: Uncertainty

    def __repr__(self) -> str:
        return f"<SpreadOfDifference by {', '.join(self.base.names)}: {len(self.base.ensemble)} pairs of runs>"

    def table(self, measure: str) -> pd.DataFrame:
        """Split the variance of a measure's paired difference.

        Returns
        -------
        pandas.DataFrame
            As :meth:`rapallo.experiment.uncertainty.Uncertainty.table`, for the difference.
        """
        import pandas as pd

        first, second = (world.ensemble.measure(measure) for world in (self.base, self.changed))
        if first.shape == "actor":
            counts = [each.values.notna().sum(axis=1).to_numpy(float)[:, None] for each in (first, second)]
            keys: list[Any] = ["actors with an answer"]
            paired = difference_of(counts[0], counts[1])
        else:
            keys = [key for key in first.values.columns if key in second.values.columns]
            paired = difference_of(first.values[keys].to_numpy(float), second.values[keys].to_numpy(float))
        block = 2 ** len(self.base.names)
        blocks = paired.reshape(len(paired) // block, block, -1)
        rows = []
        for place, key in enumerate(keys):
            values = blocks[:, :, place]
            values = values[np.isfinite(values).all(axis=1)]
            rows += [{"at": key, **row, "blocks": len(values)} for row in split_variance(values, self.base.names)]
        return pd.DataFrame(rows)

    def plot(self, measure: str, **options: Any) -> Any:
        """Draw the shares, a bar for each year; gives a Matplotlib figure."""
        from rapallo.report.plots import plot_uncertainty

        unit = self.base.ensemble.measure(measure).unit
        return plot_uncertainty(self.table(measure), f"{measure}, changed less base", unit, **options)


def spread_of_difference(
    scenario: Scenario,
    intervention: Intervention,
    runs: int = 400,
    seed: int = 0,
    *,
    start: str | float | None = None,
    end: str | float | None = None,
    luck: str = "date",
    jobs: int | None = None,
    folder: Path,
    resume: bool = False,
    own: Sequence[str | Path] = (),
    progress: Watch | None = None,
) -> SpreadOfDifference:
    """Split the variance of an intervention's effect into chance, parameters and sources.

    Parameters
    ----------
    scenario, intervention
        The world and its change.
    runs
        Pairs of runs; taken down to whole blocks of 8.
    seed, start, end, luck, jobs, resume, own, progress
        As for :func:`~rapallo.experiment.compare.compare`.
    folder
        The comparison's; the runs are kept below it.
    """
    worlds = []
    for name, change in ((BASE, None), (CHANGED, intervention)):
        place = folder / SPREAD / name
        worlds.append(
            uncertainty(
                scenario,
                None,
                runs,
                seed,
                uncertain=UNCERTAINTIES,
                intervention=change,
                start=start,
                end=end,
                luck=luck,
                jobs=jobs,
                folder=place,
                resume=resume and place.exists(),
                own=own,
                progress=progress,
            )
        )
    return SpreadOfDifference(worlds[0], worlds[1])
