"""The same luck in two worlds: what an intervention changes, paired run by run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.engine.plan import LUCKS
from rapallo.errors import RapalloError, UnknownNameError
from rapallo.experiment.comparison_folder import BASE, CHANGED, OTHER, is_comparison, write_comparison
from rapallo.experiment.coupling import difference_of
from rapallo.experiment.ensemble import CHANCE, Ensemble, ensemble
from rapallo.experiment.make_runs import loaded
from rapallo.experiment.manifest import FILE
from rapallo.experiment.paired_acts import by_process, paired_acts
from rapallo.experiment.progress import Watch
from rapallo.experiment.reads_otherwise import simulated_world
from rapallo.experiment.scratch import Scratch, folder_or_scratch
from rapallo.experiment.spread_of_difference import SpreadOfDifference, spread_of_difference
from rapallo.scenario.intervention import Intervention, read_intervention

COLUMNS = ["measure", "at", "unit"]
COLUMNS += [f"{world}{end}" for world in ("base", "changed") for end in ("", "_low", "_high")]
COLUMNS += ["difference", "low", "high", "error", "same_sign", "no_change", "coupling"]

BOTH = "both"
"""Asks for either luck."""

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.turned_by import TurnedBy
    from rapallo.report.warrant import Warrant
    from rapallo.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two ensembles under one luck.

    Parameters
    ----------
    intervention
        What was changed.
    sentences
        The changes in words.
    base, changed
        The two worlds; run k of each has the same luck.
    folder
        Where both are kept.
    other
        The same two worlds under the other luck, where they were run.
    spread
        How the variance of the paired differences splits, where that was asked for.
    tried
        What other readings of the record make of the effects, where they were tried.
    scratch
        What holds the folder, where it is temporary: it goes with the last that reads it.
    """

    intervention: Intervention
    sentences: tuple[str, ...]
    base: Ensemble
    changed: Ensemble
    folder: Path
    other: Comparison | None = None
    spread: SpreadOfDifference | None = None
    tried: TurnedBy | None = None
    scratch: Scratch | None = None

    def __repr__(self) -> str:
        return f"<Comparison {self.intervention.name!r}: {len(self.base)} pairs of runs>"

    def __str__(self) -> str:
        says = self.intervention.says or "; ".join(self.sentences)
        return f"{self!r}\n{says}\n{self.table().to_string(index=False)}"

    def _repr_html_(self) -> str:
        says = self.intervention.says or "; ".join(self.sentences)
        return f"<p>{escape(repr(self))}</p><p>{escape(says)}</p>{self.table().to_html(index=False)}"

    @property
    def failed(self) -> set[int]:
        """Pairs of which a run failed in either world."""
        return {int(run) for world in (self.base, self.changed) for run in world.failures()["run"]}

    def difference(self, measure: str) -> pd.DataFrame:
        """Give a measure's change in every pair of runs: changed less base, runs × key."""
        import pandas as pd

        first, second = self.base.measure(measure).values, self.changed.measure(measure).values
        keys = [key for key in first.columns if key in second.columns]
        values = difference_of(first[keys].to_numpy(float), second[keys].to_numpy(float))
        return pd.DataFrame(values, index=first.index, columns=first[keys].columns)

    def table(self, measures: Sequence[str] | None = None) -> pd.DataFrame:
        """Give the effect on every measure.

        Returns
        -------
        pandas.DataFrame
            One row for each measure (a yearly one at its last year and at the year in which its
            paired difference is largest against its spread): ``measure``, ``at``, ``unit``, the
            medians ``base`` and ``changed`` with the bands ``base_low`` to ``base_high`` and
            ``changed_low`` to ``changed_high`` (the middle nine tenths), the mean paired
            ``difference`` with the quantiles ``low`` and ``high`` (5 and 95 %) and the standard
            error ``error`` of the mean,
            ``same_sign`` (share of pairs whose difference has the sign of the mean; the rest are
            ties or opposed), ``no_change`` (share of pairs without any) and ``coupling``: variance
            of the difference of independent runs over that of paired ones.
        """
        import numpy as np
        import pandas as pd

        rows = []
        for name in measures if measures is not None else self.base.measures:
            base, changed = self.base.measure(name), self.changed.measure(name)
            if base.shape == "actor":
                continue
            for key in _keys(base.values, changed.values):
                first, second = base.values[key].to_numpy(float), changed.values[key].to_numpy(float)
                paired = difference_of(first, second)
                paired = paired[np.isfinite(paired)]
                if not len(paired):
                    continue
                mean, spread = float(paired.mean()), float(paired.var())
                apart = float(np.nanvar(first) + np.nanvar(second))
                rows.append(
                    {
                        "measure": name,
                        "at": "" if base.shape == "number" else key,
                        "unit": base.unit,
                        "base": float(np.nanmedian(first)),
                        "base_low": float(np.nanquantile(first, 0.05)),
                        "base_high": float(np.nanquantile(first, 0.95)),
                        "changed": float(np.nanmedian(second)),
                        "changed_low": float(np.nanquantile(second, 0.05)),
                        "changed_high": float(np.nanquantile(second, 0.95)),
                        "difference": mean,
                        "low": float(np.quantile(paired, 0.05)),
                        "high": float(np.quantile(paired, 0.95)),
                        "error": float(np.sqrt(spread / len(paired))),
                        "same_sign": float((np.sign(paired) == np.sign(mean)).mean()) if mean else 0.0,
                        "no_change": float((paired == 0).mean()),
                        "coupling": apart / spread if spread > 0 else np.inf,
                    }
                )
        return pd.DataFrame(rows, columns=COLUMNS)

    def dates(self, measure: str = "recognition_dates") -> pd.DataFrame:
        """Say, for each actor of a measure by actor, how its date moves.

        Returns
        -------
        pandas.DataFrame
            By actor: shares of pairs in which it comes ``sooner``, ``later``, ``same`` (within a
            day), only in the changed world (``gained``), only in the base (``lost``) or in neither
            (``never``), and the median shift in years where it comes in both.
        """
        import numpy as np
        import pandas as pd

        first, second = self.base.measure(measure).values, self.changed.measure(measure).values
        rows = {}
        for actor in first.columns:
            a, b = first[actor].to_numpy(float), second[actor].to_numpy(float)
            both = np.isfinite(a) & np.isfinite(b)
            shift = b[both] - a[both]
            still = np.abs(shift) <= 1.0 / 365.25
            n = len(a)
            rows[actor] = {
                "sooner": float((shift[~still] < 0).sum()) / n,
                "same": float(still.sum()) / n,
                "later": float((shift[~still] > 0).sum()) / n,
                "gained": float((~np.isfinite(a) & np.isfinite(b)).sum()) / n,
                "lost": float((np.isfinite(a) & ~np.isfinite(b)).sum()) / n,
                "never": float((~np.isfinite(a) & ~np.isfinite(b)).sum()) / n,
                "median_shift": float(np.median(shift)) if both.any() else np.nan,
            }
        return pd.DataFrame.from_dict(rows, orient="index")

    def acts(self) -> pd.DataFrame:
        """Count, by process, the acts kept, moved, lost and gained a run.

        The k-th act of a process from one sender to one receiver in the base world is matched with
        the k-th in the changed one. ``kept`` is within a day; ``moved_days`` is the median shift of
        the moved.
        """
        return by_process(self.paired_acts(), max(1, len(self.base) - len(self.failed)))

    def warrant(self) -> Warrant:
        """Give the warrant card: what the answer rests on, what it assumes, and what would turn it."""
        from rapallo.report.warrant import comparison_warrant

        return comparison_warrant(self)

    def report(self) -> Path:
        """Write ``report.html`` into the folder: one file that opens offline; gives its path."""
        from rapallo.report.comparison_html import write_comparison_report

        return write_comparison_report(self)

    def try_readings(
        self,
        nearest: int | None = 8,
        pairs: int = 40,
        *,
        facts: str = "*",
        jobs: int | None = None,
        resume: bool = False,
        progress: Watch | None = None,
    ) -> Comparison:
        """Take rival readings and doubtful facts the other way, one at a time; gives the comparison with the outcome.

        Parameters
        ----------
        nearest, pairs, facts, jobs, resume, progress
            As for :func:`~rapallo.experiment.turned_by.turned_by`.
        """
        from rapallo.experiment.turned_by import turned_by

        tried = turned_by(self, nearest, pairs, facts=facts, jobs=jobs, resume=resume, progress=progress)
        return replace(self, tried=tried)

    def paired_acts(self) -> pd.DataFrame:
        """Match the acts of the two worlds, one row each; see :mod:`rapallo.experiment.paired_acts`."""
        base, changed = (each[~each["run"].isin(self.failed)] for each in (self.base.acts(), self.changed.acts()))
        return paired_acts(base, changed)

    def first_difference(self) -> pd.Series[Any]:
        """Give, for each pair of runs, the date of the first act that differs; empty where none does."""
        import numpy as np
        import pandas as pd

        found = {}
        left, right = self.base.acts(), self.changed.acts()
        for run in sorted(set(range(len(self.base))) - self.failed):
            a, b = left[left["run"] == run], right[right["run"] == run]
            ours = list(zip(a["time"], a["process"], a["sender"], a["receiver"], strict=True))
            theirs = list(zip(b["time"], b["process"], b["sender"], b["receiver"], strict=True))
            k = next((k for k, (x, y) in enumerate(zip(ours, theirs, strict=False)) if x != y), min(len(a), len(b)))
            later = [float(side[k][0]) for side in (ours, theirs) if k < len(side)]
            found[run] = min(later) if later else np.nan
        from rapallo.system.history import to_iso

        return pd.Series({run: "" if np.isnan(day) else to_iso(day) for run, day in found.items()}, name="date")


def compare(
    scenario: Scenario | str | Path,
    intervention: str | Sequence[str] | Intervention,
    runs: int = 200,
    seed: int = 0,
    *,
    start: str | float | None = None,
    end: str | float | None = None,
    luck: str = "date",
    jobs: int | None = None,
    folder: str | Path | None = None,
    resume: bool = False,
    own: Sequence[Path] = (),
    uncertain: str | Sequence[str] = CHANCE,
    split: int = 0,
    progress: Watch | None = None,
) -> Comparison:
    """Run a scenario and a changed one under the same luck.

    Parameters
    ----------
    scenario
        The scenario, its name or its folder.
    intervention
        Names of the scenario's interventions, or changes in words; several are made together.
    runs, seed, start, end, jobs, own, uncertain, progress
        As for an ensemble; the same for both worlds, whose pairs share every draw.
    luck
        ``date`` (opportunities come when they come: a lower rate lets an act stay or vanish) keeps
        the two worlds in step longest; under ``clock`` (readiness builds up) it comes later. ``both``
        runs them under ``date`` luck, and again under ``clock`` luck as :attr:`Comparison.other`.
    folder
        Where to keep both, with a manifest and the pairs; a folder of its own if not given.
    split
        How many more pairs of runs to spend on splitting the variance of the differences into chance,
        parameters and sources.
    resume
        Go on with what was begun there.

    Raises
    ------
    RapalloError
        If the intervention cannot be read or made, or as :func:`~rapallo.experiment.ensemble.ensemble`.

    Notes
    -----
    The difference is the intervention's effect in the model. It is no statement about the past
    beyond the model's form and numbers.
    """
    if luck not in (*LUCKS, BOTH):
        raise UnknownNameError("luck", luck, (*LUCKS, BOTH))
    model = loaded(scenario)
    made = intervention if isinstance(intervention, Intervention) else read_intervention(model, intervention)
    sentences = made.sentences(model)
    changed = simulated_world(model, made, start, end)
    if split and not model.measures:
        raise RapalloError(
            f"scenario {model.name!r} names no measures, so there is no spread to split; name some under "
            "measures in its scenario.toml"
        )
    if resume and folder is None:
        raise RapalloError("there is nothing to resume without a folder; name the one that holds the comparison")

    if folder is not None:
        _look_for_others(Path(folder))

    def world(scenario: Scenario, place: Path, luck: str, scratch: Scratch | None) -> Ensemble:
        runs_of = ensemble(
            scenario,
            runs,
            seed,
            start=start,
            end=end,
            luck=luck,
            jobs=jobs,
            folder=place,
            resume=resume and place.exists(),
            own=list(own),
            uncertain=uncertain,
            progress=progress,
        )
        runs_of.scratch = scratch
        return runs_of

    def both(place: Path, luck: str, scratch: Scratch | None) -> Comparison:
        one = world(model, place / BASE, luck, scratch)
        found = Comparison(made, sentences, one, world(changed, place / CHANGED, luck, scratch), place, scratch=scratch)
        write_comparison(found)
        return found

    with folder_or_scratch(folder, "compare") as (home, scratch):
        found = both(home, "date" if luck == BOTH else luck, scratch)
        if luck == BOTH:
            found = replace(found, other=both(home / OTHER, "clock", scratch))
        if split:
            spread = spread_of_difference(
                model,
                made,
                split,
                seed,
                start=start,
                end=end,
                luck=found.base.manifest["luck"],
                jobs=jobs,
                folder=home,
                resume=resume,
                own=own,
                progress=progress,
            )
            spread.base.ensemble.scratch = spread.changed.ensemble.scratch = scratch
            found = replace(found, spread=spread)
        return found


def _look_for_others(folder: Path) -> None:
    """Refuse a folder that holds anything but a comparison; of one that is there already its own runs tell."""
    if folder.is_dir() and any(folder.iterdir()) and ((folder / FILE).exists() or not (folder / BASE).exists()):
        if not is_comparison(folder):
            raise RapalloError(f"{str(folder)!r} is no empty folder and holds no comparison; name one that is new")


def _keys(base: pd.DataFrame, changed: pd.DataFrame) -> list[Any]:
    """Give the keys worth a row: the only one, or the last and the one that tells the worlds apart best."""
    import numpy as np

    keys = [key for key in base.columns if key in changed.columns]
    if len(keys) <= 1:
        return keys
    paired = difference_of(base[keys].to_numpy(float), changed[keys].to_numpy(float))
    known = np.isfinite(paired).all(axis=0)
    if not known.any():
        return keys[-1:]
    spread = paired.std(axis=0)
    clear = np.where(known & (spread > 0), np.abs(paired.mean(axis=0)) / np.where(spread > 0, spread, 1.0), -1.0)
    best = int(np.argmax(clear))
    return [keys[best], keys[-1]] if best != len(keys) - 1 and clear[best] > 0 else keys[-1:]
