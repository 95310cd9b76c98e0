"""Which single reading of the record would turn an answer: the effect of an intervention, with each taken otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError
from rapallo.experiment.bearing import bearing
from rapallo.experiment.comparison_folder import BASE, CHANGED, READINGS
from rapallo.experiment.noise import threshold
from rapallo.experiment.variants import Variant, variants

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.compare import Comparison
    from rapallo.experiment.progress import Watch
    from rapallo.experiment.sweep import Sweep

COLUMNS = (
    "fact",
    "kind",
    "says",
    "bearing",
    "measure",
    "at",
    "effect",
    "otherwise",
    "change",
    "error",
    "turns",
    "certainty",
    "source",
    "look_up",
)

NEAREST = 8
"""Readings tried where not asked otherwise."""

PAIRS = 40
"""Pairs of runs for each, where not asked otherwise."""

CLEAR = 2.0
"""Standard errors from zero beyond which an effect is told from chance."""

NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True, eq=False)
class TurnedBy:
    """What became of an effect under each reading that was tried.

    Parameters
    ----------
    table
        One row a reading, those that turn the answer first: the ``fact``, the ``kind`` of variant and what it
        ``says``; its ``bearing`` (differing acts whose weight it enters); the ``measure`` and day ``at`` whose effect
        it changes most, against that effect's interval; the ``effect``, what it is ``otherwise``, the paired ``change``
        and its standard ``error``; ``turns``, empty or how; ``certainty``, ``source`` and ``look_up``.
    pairs
        Pairs of runs of each.
    effects
        Effects that were told from chance, and could be turned.
    read, bearing
        Readings that a run reads, and how many of them bear on what differs.
    unread
        Readings that no run reads: they change nothing.
    """

    table: pd.DataFrame
    pairs: int
    effects: int
    read: int
    bearing: int
    unread: int

    def __repr__(self) -> str:
        turned = int((self.table["turns"] != "").sum())
        return f"<TurnedBy: {turned} of the {len(self.table)} readings that were tried turn the answer>"

    def sentences(self) -> tuple[str, ...]:
        """Say what was tried, what turns the answer, and what was not tried."""
        tried, turned = len(self.table), self.table[self.table["turns"] != ""]
        said = [
            f"{self.read + self.unread} single readings of the record could be otherwise: a rival reading taken, a "
            f"fact of low certainty dropped, or moved within its date. {self.unread} of them no run reads, and they "
            f"change nothing; {self.bearing} of the others enter a weight of an act in which the two worlds differ."
        ]
        if not self.effects:
            said.append(
                "None was tried: no effect is told from chance, so that there is none to turn; ask for more runs."
            )
            return tuple(said)
        if not tried:
            said.append("None was tried." if self.read else "So none could turn it.")
        else:
            which = "all" if tried == self.read else f"the {tried} that enter the weights of most such acts"
            known = f"{self.effects} effect{'s' * (self.effects != 1)} told from chance"
            told = f"{len(turned)} turn{'s' * (len(turned) == 1)} one of the {known}:" if len(turned) else ""
            said.append(f"Tried, {self.pairs} pairs each: {which}. {told or f'None turns one of the {known}.'}")
        said += [_line(row) for row in turned.to_dict("records")]
        if tried and not len(turned):
            said.append(f"Nearest to it: {_line(self.table.iloc[0].to_dict())}")
        if self.read > tried:
            left = self.read - tried
            said.append(f"{left} {'was' if left == 1 else 'were'} not tried; --readings all tries every one.")
        return tuple(said)


def _line(row: dict[str, Any]) -> str:
    works = "; ".join(row["source"]) or (f"look up in {'; '.join(row['look_up'])}" if row["look_up"] else "no source")
    where = f"{row['measure'].replace('_', ' ')}{' at ' + row['at'] if row['at'] else ''}"
    if row["change"] == 0:
        return f"{row['says']}: no effect changes in any pair. [{works}]"
    how = f" ({row['turns']})" if row["turns"] else ""
    return (
        f"{row['says']}: the effect on {where} is {row['otherwise']:+.2g} instead of {row['effect']:+.2g} "
        f"(they differ by {abs(row['change']):.2g} ± {NORMAL_95 * row['error']:.1g}){how}. [{works}]"
    )


def turned_by(
    comparison: Comparison,
    nearest: int | None = NEAREST,
    pairs: int = PAIRS,
    *,
    facts: str = "*",
    jobs: int | None = None,
    resume: bool = False,
    progress: Watch | None = None,
) -> TurnedBy:
    """Run both worlds again under each of some readings, with the same luck, and set the effects side by side.

    Parameters
    ----------
    comparison
        The answer.
    nearest
        How many readings to try, those first that enter the weights of most acts in which the two worlds differ; all
        where ``None``.
    pairs
        Pairs of runs for each; not more than the comparison has.
    facts
        Pattern of the facts' ids to look at.
    jobs, resume, progress
        As for a sweep. The runs are kept in the comparison's folder.

    Raises
    ------
    RapalloError
        If there are fewer than two pairs for each, or as for a sweep.

    Notes
    -----
    A reading *turns* an effect that is told from chance if the effect is then of the other sign, or has moved by more
    than the half-width of its 95 % interval, and if the paired change is itself larger than luck alone would make any
    of so many in one of twenty repetitions.
    """
    from rapallo.scenario.timeline import span

    if pairs < 2:
        raise RapalloError(f"{pairs} pairs tell nothing of a reading; ask for 2 or more")
    base = comparison.base
    manifest, scenario = base.manifest, base.scenario
    within = span(scenario, manifest["span"]["from"], manifest["span"]["to"])
    found = variants(scenario, *within, _needs(comparison), facts)
    differing = _differing(comparison)
    counts = bearing(scenario, found.made, differing)
    order = sorted(range(len(counts)), key=lambda k: (-counts[k], k))
    together = [k for k in order if _can_be_both(comparison, found.made[k])]
    taken = together if nearest is None else [k for k in together if counts[k]][:nearest]
    effects = _effects(comparison)
    count = min(pairs, len(base))
    rows: list[dict[str, Any]] = []
    if taken and len(effects):
        made = _run(comparison, [found.made[k] for k in taken], count, jobs, resume, progress)
        for place, k in enumerate(taken):
            rows.append(_row(found.made[k], counts[k], _changes(comparison, made, place, effects, count), len(taken)))
    return TurnedBy(
        _ordered(rows),
        count,
        len(effects),
        len(together),
        sum(counts[k] > 0 for k in together),
        len(found.unread),
    )


def _needs(comparison: Comparison) -> list[str]:
    from rapallo.measures import get_measure, taken_of

    base = comparison.base
    return sorted({each for name in base.measures for each in taken_of(get_measure(name), base.scenario)})


def _differing(comparison: Comparison) -> pd.DataFrame:
    acts = comparison.paired_acts()
    acts = acts[acts["fate"] != "kept"]
    return acts.assign(time=acts["time_base"].fillna(acts["time_changed"]))


def _can_be_both(comparison: Comparison, variant: Variant) -> bool:
    """Tell whether a reading leaves the intervention something to change."""
    try:
        (variant.change + comparison.intervention).apply(comparison.base.scenario)
    except RapalloError:
        return False
    return True


def _effects(comparison: Comparison) -> list[tuple[str, Any, float]]:
    """Give each effect that is told from chance: the measure, the key, and the half-width of its interval."""
    table = comparison.table()
    table = table[(table["error"] > 0) & (table["difference"].abs() > CLEAR * table["error"])]
    return [
        (row["measure"], "value" if row["at"] == "" else row["at"], NORMAL_95 * row["error"])
        for row in table.to_dict("records")
    ]


def _run(
    comparison: Comparison,
    tried: Sequence[Variant],
    pairs: int,
    jobs: int | None,
    resume: bool,
    progress: Watch | None,
) -> Sweep:
    from rapallo.experiment.own_source import FOLDER
    from rapallo.experiment.progress import one_line
    from rapallo.experiment.sweep import Worlds, run_grid
    from rapallo.experiment.work import World

    base = comparison.base
    changes = [made for each in tried for made in (each.change, each.change + comparison.intervention)]
    settings = [{"fact": each.fact, "kind": each.kind, "world": world} for each in tried for world in (BASE, CHANGED)]
    folder = comparison.folder / READINGS
    return run_grid(
        base.scenario,
        Worlds(tuple(World(change=k) for k in range(len(changes))), tuple(changes)),
        settings,
        pairs,
        int(base.manifest["seed"]),
        measures=list(base.measures),
        acts=False,
        start=base.manifest["span"]["from"],
        end=base.manifest["span"]["to"],
        luck=base.manifest["luck"],
        uncertain=base.manifest["uncertain"],
        jobs=jobs,
        scheduler=None,
        dask=False,
        folder=folder,
        resume=resume and folder.exists(),
        own=[base.folder / FOLDER / name for name in base.manifest["own"]],
        watch=progress or one_line() or (lambda each: None),
    )


@dataclass(frozen=True, slots=True)
class _Change:
    measure: str
    at: str
    effect: float
    otherwise: float
    change: float
    error: float
    width: float
    runs: int

    @property
    def size(self) -> float:
        """The change in half-widths of the effect's interval."""
        return abs(self.change) / self.width


def _changes(
    comparison: Comparison, made: Sweep, place: int, effects: Sequence[tuple[str, Any, float]], pairs: int
) -> list[_Change]:
    from rapallo.experiment.coupling import difference_of

    found = []
    for measure, key, width in effects:
        wide = made.measure(measure)
        at = key.date().isoformat() if hasattr(key, "date") else ""
        column = at or "value"
        if column not in wide.columns:
            continue
        worlds: list[NDArray[np.float64]] = [wide[column].loc[2 * place + k].to_numpy(float) for k in range(2)]
        effect = comparison.difference(measure)[key].to_numpy(float)[:pairs]
        otherwise = difference_of(*worlds)
        change = otherwise - effect
        known = np.isfinite(change)
        if known.sum() < 2:
            continue
        error = float(change[known].std(ddof=1) / np.sqrt(known.sum()))
        before, after = float(effect[known].mean()), float(otherwise[known].mean())
        found.append(_Change(measure, at, before, after, float(change[known].mean()), error, width, int(known.sum())))
    return found


def _row(variant: Variant, count: int, changes: Sequence[_Change], tried: int) -> dict[str, Any]:
    told = [each for each in changes if _turns(each, tried * len(changes))]
    best = max(told or changes, key=lambda each: each.size)
    return {
        "fact": variant.fact,
        "kind": variant.kind,
        "says": variant.says,
        "bearing": count,
        **{name: getattr(best, name) for name in ("measure", "at", "effect", "otherwise", "change", "error")},
        "turns": _turns(best, tried * len(changes)),
        "certainty": variant.certainty,
        "source": variant.source,
        "look_up": variant.look_up,
        "_size": best.size,
    }


def _turns(each: _Change, comparisons: int) -> str:
    """Say how a reading turns an effect; an empty text where it does not, or luck could have done it."""
    if abs(each.change) <= threshold(comparisons, each.runs) * each.error:
        return ""
    if np.sign(each.otherwise) != np.sign(each.effect):
        return "the other sign" if each.otherwise else "no effect at all"
    return "beyond its interval" if each.size > 1.0 else ""


def _ordered(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    found = sorted(rows, key=lambda row: (row["turns"] == "", -row["_size"]))
    return pd.DataFrame(found, columns=list(COLUMNS))
