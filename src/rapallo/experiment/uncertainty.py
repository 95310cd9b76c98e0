"""How much of a measure's spread is chance, how much parameters, how much sources, and how much of each together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError
from rapallo.experiment.draws import UNCERTAINTIES, read_draws
from rapallo.experiment.scratch import folder_or_scratch

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.ensemble import Ensemble
    from rapallo.experiment.measure_of_runs import MeasureOfRuns
    from rapallo.experiment.progress import Watch
    from rapallo.scenario.intervention import Intervention
    from rapallo.scenario.scenario import Scenario

FEWEST = 8
"""Blocks below which no error of an estimate is stated."""


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """An ensemble in which every run shares some of its draws with others, and what follows from that.

    Parameters
    ----------
    ensemble
        Runs in blocks: in each, two draws of everything that is uncertain, crossed.
    names
        What is uncertain, in the order in which the runs of a block change it, fastest first.
    """

    ensemble: Ensemble
    names: tuple[str, ...]

    def __repr__(self) -> str:
        blocks = len(self.ensemble) // 2 ** len(self.names)
        return f"<Uncertainty of {', '.join(self.names)}: {blocks} blocks of {2 ** len(self.names)} runs>"

    def __str__(self) -> str:
        tables = (f"{name}\n{self.table(name).to_string(index=False)}" for name in self.ensemble.measures)
        return "\n\n".join((repr(self), *tables))

    def _repr_html_(self) -> str:
        tables = (f"<p>{escape(name)}</p>{self.table(name).to_html(index=False)}" for name in self.ensemble.measures)
        return f"<p>{escape(repr(self))}</p>" + "".join(tables)

    def table(self, measure: str | None = None) -> pd.DataFrame:
        """Split a measure's variance.

        Parameters
        ----------
        measure
            Its name; the first that was taken where not given.

        Returns
        -------
        pandas.DataFrame
            One row for each key (a year; a measure by actor is taken as the number of actors with
            an answer) and part: ``at``, ``part`` (``chance``, ``parameters``, ``sources``, what two
            or three of them do only together, such as ``chance × parameters``, and ``all``),
            ``variance`` with its standard error ``error``, ``share`` of all with its ``share_error``,
            and ``blocks``, the number of blocks that had an answer in every run.

        Notes
        -----
        Each block is a small crossed design: :math:`2^m` runs, one for each choice between two
        independent draws of each of the m uncertainties. Its contrasts give estimates of every part
        of the variance (of the decomposition of Hoeffding 1948 and Sobol' 1993) that are unbiased
        and independent between blocks, so that the spread over blocks is their error. An estimate
        may come out below zero where the part is small; it is not cut off.
        """
        import pandas as pd

        found = self.ensemble.measure(measure or self.ensemble.measures[0])
        keys, numbers = _numbers(found)
        blocks = numbers.reshape(len(numbers) // 2 ** len(self.names), 2 ** len(self.names), -1)
        rows = []
        for place, key in enumerate(keys):
            values = blocks[:, :, place]
            values = values[np.isfinite(values).all(axis=1)]
            rows += [{"at": key, **row, "blocks": len(values)} for row in split_variance(values, self.names)]
        return pd.DataFrame(rows)

    def plot(self, measure: str | None = None, **options: Any) -> Any:
        """Draw the shares, a bar for each year; gives a Matplotlib figure."""
        from rapallo.report.plots import plot_uncertainty

        name = measure or self.ensemble.measures[0]
        found = self.ensemble.measure(name)
        return plot_uncertainty(self.table(name), name, found.unit, **options)


def uncertainty(
    scenario: Scenario | str | Path,
    measures: str | Sequence[str] | None = None,
    runs: int = 800,
    seed: int = 0,
    *,
    uncertain: str | Sequence[str] = UNCERTAINTIES,
    intervention: Intervention | str | None = None,
    start: str | float | None = None,
    end: str | float | None = None,
    luck: str = "clock",
    jobs: int | None = None,
    folder: str | Path | None = None,
    resume: bool = False,
    own: Sequence[str | Path] = (),
    progress: Watch | None = None,
) -> Uncertainty:
    """Tell how much of the spread of measures is chance, how much parameters, how much sources.

    Parameters
    ----------
    scenario
        The scenario, its name or its folder.
    measures
        Names of the measures; the scenario's where not given.
    runs
        How many histories; taken down to whole blocks (of 8, where all three are uncertain).
    seed
        Names every draw.
    uncertain
        Two or three of ``chance``, ``parameters`` and ``sources``.
    intervention
        A change to the scenario, in which the spread is to be split.
    start, end, luck, jobs, folder, resume, own, progress
        As for an ensemble.

    Raises
    ------
    RapalloError
        If fewer than two things are uncertain or there are too few runs, or as
        :func:`~rapallo.experiment.ensemble.ensemble`.
    """
    from rapallo.experiment.ensemble import Ensemble
    from rapallo.experiment.make_runs import Order, make_runs
    from rapallo.experiment.measuring import chosen_measures
    from rapallo.experiment.reads_otherwise import simulated_world
    from rapallo.scenario.intervention import read_intervention
    from rapallo.scenario.load import load

    draws = read_draws(uncertain, crossed=True)
    if len(draws.names) < 2:
        raise RapalloError(f"{draws.names[0]} alone leaves nothing to split; name two or three of the uncertainties")
    whole = runs - runs % draws.block
    if whole < FEWEST * draws.block:
        raise RapalloError(f"{runs} runs are too few to split; ask for {FEWEST * draws.block} or more")
    if isinstance(scenario, (str, Path)):
        from rapallo.measures import measures as registered

        scenario = load(scenario, [each.name for each in registered()])
    if intervention is not None:
        made = read_intervention(scenario, intervention) if isinstance(intervention, str) else intervention
        scenario = simulated_world(scenario, made, start, end)
    names = chosen_measures(scenario, [measures] if isinstance(measures, str) else measures)
    if not names:
        raise RapalloError(f"scenario {scenario.name!r} names no measures; name one with --measure")
    files = tuple(Path(each) for each in own)
    order = Order(whole, seed, start, end, luck, jobs, names, "measures", resume, files, draws)
    order.check()
    if resume and folder is None:
        raise RapalloError("there is nothing to resume without a folder; name the one that holds the runs")
    with folder_or_scratch(folder, "uncertainty") as (target, scratch):
        make_runs(scenario, order, target, progress)
        return Uncertainty(Ensemble(target, scenario, scratch), draws.names)


def split_variance(values: NDArray[np.float64], names: Sequence[str]) -> list[dict[str, Any]]:
    """Split the variance of a number that depends on independent inputs, from crossed pairs of each.

    Parameters
    ----------
    values
        Shape ``(blocks, 2 ** len(names))``; bit k of the second index says which of two draws of
        input k was taken.
    names
        The inputs.

    Returns
    -------
    list of dict
        For each set of inputs, and for all: ``part``, ``variance``, ``error``, ``share``, ``share_error``.

    Examples
    --------
    >>> rows = split_variance(np.array([[0.0, 2.0, 0.0, 2.0], [0.0, 4.0, 0.0, 4.0]]), ["luck", "other"])
    >>> [(row["part"], row["variance"]) for row in rows]
    [('luck', 5.0), ('other', 0.0), ('luck × other', 0.0), ('all', 5.0)]
    """
    sets = [each for size in range(1, len(names) + 1) for each in combinations(range(len(names)), size)]
    places = np.arange(values.shape[1])
    squares = {}
    for each in sets:
        sign = np.prod([1 - 2 * (places >> k & 1) for k in each], axis=0)
        squares[each] = (values @ sign / values.shape[1]) ** 2
    # a contrast over the set u holds each part w that contains u, with weight 2 ** -len(w)
    parts = {
        each: 2 ** len(each)
        * sum((-1) ** (len(other) - len(each)) * square for other, square in squares.items() if set(each) <= set(other))
        for each in sets
    }
    total = sum(parts.values()) if len(values) else np.empty(0)
    rows = []
    for label, part in [*((" × ".join(names[k] for k in each), parts[each]) for each in sets), ("all", total)]:
        variance, error = _mean(part)
        whole = _mean(total)[0]
        share = variance / whole if whole > 0 else np.nan
        rows.append(
            {
                "part": label,
                "variance": variance,
                "error": error,
                "share": share,
                "share_error": _mean(part - share * total)[1] / whole if whole > 0 else np.nan,
            }
        )
    return rows


def _mean(values: NDArray[np.float64]) -> tuple[float, float]:
    """Give a mean and its standard error."""
    if not len(values):
        return np.nan, np.nan
    error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) >= FEWEST else np.nan
    return float(values.mean()), error


def _numbers(found: MeasureOfRuns) -> tuple[list[Any], NDArray[np.float64]]:
    """Give the keys of a measure and runs × key; a measure by actor as the number of actors with an answer."""
    if found.shape == "actor":
        return ["actors with an answer"], found.values.notna().sum(axis=1).to_numpy(dtype=float)[:, None]
    return list(found.values.columns), found.values.to_numpy(dtype=float)
