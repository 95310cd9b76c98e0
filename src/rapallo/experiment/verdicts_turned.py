"""Which single reading of the record would turn verdicts on its acts: a counterfactual asked again, read otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rapallo.errors import RapalloError
from rapallo.experiment.bearing import bearing
from rapallo.experiment.counterfactual_tables import KEPT, LOST, MOVED, CounterfactualTables
from rapallo.experiment.fates import GIVEN
from rapallo.experiment.own_source import FOLDER
from rapallo.experiment.run_folder import Interrupted
from rapallo.experiment.variants import Variant, variants

if TYPE_CHECKING:
    from rapallo.experiment.counterfactual import Counterfactual
    from rapallo.experiment.progress import Watch

NEAREST = 3
"""Readings tried where not asked otherwise."""

DRAWS = 10
"""Draws for each, where not asked otherwise."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What one reading makes of the verdicts.

    Parameters
    ----------
    says
        The reading, in words.
    works
        Behind it.
    other
        Acts with another verdict.
    turned
        Those of them that stay, move or fail to come under both, and not the same: act, verdict, other verdict.
    """

    says: str
    works: str
    other: int
    turned: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class VerdictsTurned:
    """What was tried, and what was not.

    Parameters
    ----------
    tried
        Readings, those first that turn most.
    draws
        Draws of each.
    read, bearing, unread
        Readings that a run reads, how many of them enter a weight of an act that does not stay, and those that no run
        reads.
    refused
        Readings under which the question could not be asked, each with the reason.
    """

    tried: tuple[Turned, ...]
    draws: int
    read: int
    bearing: int
    unread: int
    refused: tuple[str, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """Say what was tried, what turns a verdict, and what was not tried."""
        said = [
            f"{self.read + self.unread} single readings of the record could be otherwise: a rival reading taken, a "
            f"fact of low certainty dropped, or moved within its date. {self.bearing} of the {self.read} that a run "
            "reads enter a weight of an act that does not stay."
        ]
        turning = [each for each in self.tried if each.turned]
        said.append(
            f"Tried, {self.draws} draws each: the {len(self.tried)} that enter the weights of most such acts. "
            f"{len(turning) or 'None'} turn{'s' * (len(turning) < 2)} a verdict."
            if self.tried
            else "None was tried."
        )
        for each in self.tried:
            first = "".join(f"; {act}: {before} becomes {after}" for act, before, after in each.turned[:2])
            more = f" and {len(each.turned) - 2} more" if len(each.turned) > 2 else ""
            said.append(f"{each.says}: {each.other} acts have another verdict{first}{more}. [{each.works}]")
        said += [f"Not possible to try: {each}" for each in self.refused]
        left = self.read - len(self.tried) - len(self.refused)
        if left:
            said.append(f"{left} {'was' if left == 1 else 'were'} not tried; --readings all tries every one.")
        return tuple(said)


def verdicts_turned(
    found: Counterfactual,
    nearest: int | None = NEAREST,
    draws: int = DRAWS,
    *,
    facts: str = "*",
    jobs: int | None = None,
    progress: Watch | None = None,
) -> VerdictsTurned:
    """Ask a counterfactual again under some readings of the record, and set the verdicts side by side, draw by draw.

    Parameters
    ----------
    found
        The answer.
    nearest
        How many readings to try, those first that enter the weights of most acts that do not stay; all where ``None``.
    draws
        Draws for each; not more than the answer has.
    facts
        Pattern of the facts' ids to look at.
    jobs, progress
        As for a counterfactual.
    """
    from rapallo.measures import get_measure, taken_of
    from rapallo.scenario.timeline import span

    manifest, scenario, tables = found.manifest, found.scenario, found.tables
    needs = {each for one in manifest["measures"] for each in taken_of(get_measure(one["name"]), scenario)}
    within = span(scenario, manifest["span"]["from"], manifest["span"]["to"])
    every = variants(scenario, *within, sorted(needs), facts)
    acts = found.acts()
    differing = acts[(acts["verdict"] != KEPT) & (acts["process"] != "")]
    differing = differing.assign(time=scenario.record.time[differing["act"].to_numpy(int)])
    counts = bearing(scenario, every.made, differing)
    order = sorted((k for k in range(len(counts)) if counts[k] or nearest is None), key=lambda k: (-counts[k], k))
    count = min(draws, len(found))
    first = CounterfactualTables(
        found.folder, scenario, tables.world, tables.changed, found.intervention, tables.lucks, count, tables.within
    )
    tried, refused = [], []
    for k in order if nearest is None else order[:nearest]:
        variant = every.made[k]
        try:
            tried.append(_turned(found, variant, first, count, jobs, progress))
        except Interrupted:  # what was made of this reading is not kept
            raise KeyboardInterrupt(
                f"interrupted while trying readings; the answer is kept in {found.folder}: go on with --resume"
            ) from None
        except RapalloError as error:
            refused.append(f"{variant.says} ({str(error).splitlines()[0]})")
    tried.sort(key=lambda each: (-len(each.turned), -each.other))
    bears = sum(each > 0 for each in counts)
    return VerdictsTurned(tuple(tried), count, len(every.made), bears, len(every.unread), tuple(refused))


def _turned(
    found: Counterfactual,
    variant: Variant,
    first: CounterfactualTables,
    draws: int,
    jobs: int | None,
    progress: Watch | None,
) -> Turned:
    from rapallo.experiment.counterfactual import counterfactual

    manifest = found.manifest
    own: list[Any] = [found.folder / FOLDER / name for name in manifest["own"]]
    with TemporaryDirectory(prefix="rapallo-reading-") as folder:
        other = counterfactual(
            variant.change.apply(found.scenario),
            found.intervention,
            draws,
            int(manifest["seed"]),
            start=manifest["span"]["from"],
            end=manifest["span"]["to"],
            lucks=found.tables.lucks,
            measures=[],
            jobs=jobs,
            folder=Path(folder) / "asked",
            own=own,
            within=found.tables.within,
            progress=progress,
        )
        before, after = _verdicts(first), _verdicts(other.tables)
    changed = [(said, before[key][1], after[key][1]) for key, (said, _) in before.items() if key in after]
    changed = [row for row in changed if row[1] != row[2]]
    settled = {KEPT, MOVED, LOST}
    works = "; ".join(variant.source) or (
        f"look up in {'; '.join(variant.look_up)}" if variant.look_up else "no source"
    )
    return Turned(variant.says, works, len(changed), tuple(row for row in changed if {row[1], row[2]} <= settled))


def _verdicts(tables: CounterfactualTables) -> dict[tuple[str, ...], tuple[str, str]]:
    """Give what is said of each act that the calendar does not give, by its id and parties."""
    found = {}
    for row in tables.acts.to_dict("records"):
        if row["role"] != GIVEN:
            key = tuple(str(row[name]) for name in ("id", "process", "layer", "change", "sender", "receiver", "date"))
            found[key] = (f"{row['date']} {row['says']}", str(row["verdict"]))
    return found
