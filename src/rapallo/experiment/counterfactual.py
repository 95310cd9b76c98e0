"""The record's own luck in another world: which of its acts would have stayed, moved or failed to come."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.engine.plan import LUCKS
from rapallo.errors import RapalloError, UnknownNameError
from rapallo.experiment.counterfactual_folder import fill_folder, write_answer
from rapallo.experiment.counterfactual_tables import CounterfactualTables
from rapallo.experiment.counterfactual_work import (
    Task,
    Worlds,
    forget,
    make_ready,
)
from rapallo.experiment.make_runs import loaded, processors
from rapallo.experiment.manifest import code_fingerprint, environment
from rapallo.experiment.measuring import chosen_measures
from rapallo.experiment.own_source import FOLDER as OWN
from rapallo.experiment.own_source import own_sources
from rapallo.experiment.progress import Progress, Watch, one_line
from rapallo.experiment.reads_otherwise import refuse_beyond
from rapallo.experiment.run_folder import PARTS, RunFolder
from rapallo.experiment.scratch import Scratch, folder_or_scratch
from rapallo.scenario.intervention import Intervention, read_intervention

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from rapallo.engine.abduct import Abduction
    from rapallo.experiment.verdicts_turned import VerdictsTurned
    from rapallo.experiment.why_changed import WhyChanged
    from rapallo.report.warrant import Warrant
    from rapallo.scenario.scenario import Scenario
    from rapallo.system.history import History

MOST_DRAWS = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Counterfactual:
    """What the record's own luck gives in a changed world.

    Parameters
    ----------
    intervention
        What was changed.
    sentences
        The changes in words.
    scenario, changed
        The model and the changed model.
    folder
        Where the draws are kept.
    manifest
        Version, seed, span, parameters and environment.
    impossible
        Acts of the record that the model cannot make: ``id``, ``date``, ``process``, ``sender``, ``receiver``
        and ``reason``. They are carried out as they stand in the record.
    luck
        Process by process, whether the record's luck looks as the model says that luck looks.
    tried
        What other readings of the record make of the verdicts, where they were tried.
    scratch
        What holds the folder, where it is temporary: it goes with the answer.
    """

    intervention: Intervention
    sentences: tuple[str, ...]
    scenario: Scenario
    changed: Scenario
    folder: Path
    manifest: Mapping[str, Any]
    impossible: pd.DataFrame
    luck: pd.DataFrame
    tables: CounterfactualTables
    _worlds: dict[str, Any] = field(default_factory=dict)
    tried: VerdictsTurned | None = None
    scratch: Scratch | None = None

    def __len__(self) -> int:
        return self.tables.draws

    def __repr__(self) -> str:
        return f"<Counterfactual {self.intervention.name!r}: {len(self)} draws of the record's luck>"

    def __str__(self) -> str:
        return "\n".join([repr(self), *self.says()])

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.says(limit=20))
        return f"<p>{escape(repr(self))}</p><ul>{lines}</ul>{self.table().to_html(index=False)}"

    def acts(self) -> pd.DataFrame:
        """Say what becomes of each act of the record.

        Returns
        -------
        pandas.DataFrame
            One row an act of the span, in order of time: ``act`` (its position in the record), ``id``, ``date``,
            ``process``, ``layer``, ``change``, ``sender``, ``receiver``, ``says``, ``certainty``; ``role``
            (``decided`` by a clock, ``voted``, ``held`` as it stands in the record, ``given`` by the calendar) and
            whether the intervention itself has ``touched`` it; for
            each luck the shares of draws in which it is ``kept``, ``sooner``, ``later`` and ``lost``, the ``median``,
            ``low`` and ``high`` (5 and 95 %) of its new date where it moves, and its ``fate``, the likeliest of
            kept, moved and lost; and the ``verdict``: the fate, where both lucks agree, else ``not determined by
            the record`` and what is open.
        """
        return self.tables.acts

    def gained(self, least: float = 0.05) -> pd.DataFrame:
        """Give the acts that the record has not and the changed world has.

        Parameters
        ----------
        least
            Share of draws that an act must reach under one luck.

        Returns
        -------
        pandas.DataFrame
            One row a kind of act between two: ``process``, ``layer``, ``change``, ``sender``, ``receiver``, ``says``;
            for each luck the ``share`` of draws in which it comes, ``median``, ``low`` and ``high`` of the date on
            which it first does; and a ``verdict``.
        """
        return self.tables.gained(least)

    def by_tolerance(self) -> pd.DataFrame:
        """Count verdicts as a shift of more and more days is called no move: ``days``, and a count of each verdict."""
        return self.tables.by_tolerance

    def table(self, measures: Sequence[str] | None = None) -> pd.DataFrame:
        """Give the effect on every measure, as a paired difference to the record as it was lived through.

        Returns
        -------
        pandas.DataFrame
            One row a measure, key and luck: ``measure``, ``at``, ``unit``, ``luck``, the medians ``record`` and
            ``changed``, the mean ``difference`` with ``low`` and ``high`` (5 and 95 %), ``same_sign`` and
            ``no_change`` (shares of draws).
        """
        return self.tables.table(measures)

    def timeline(self) -> pd.DataFrame:
        """Give what a time line of both worlds shows: one row an act that does not stay, or is new, and luck.

        Returns
        -------
        pandas.DataFrame
            ``luck``, ``fate`` (``kept``, ``moved``, ``lost``, ``gained``), ``share``, ``recorded`` and ``median``,
            ``low``, ``high`` in days since 1900-01-01 (``nan`` where there is none), ``label``, ``verdict``.
        """
        return self.tables.timeline()

    def says(self, limit: int | None = None) -> list[str]:
        """Say in sentences what does not stay as it was; nearest to the change in time first."""
        return self.tables.says(limit)

    def history(self, luck: str = "date", draw: int = 0) -> History:
        """Give one draw's history of the changed world; the record's own acts in it keep their ids."""
        return self._history(luck, draw)

    def why(self, act: int | str, luck: str = "date", draw: int | None = None) -> WhyChanged:
        """Say why an act of the record stays, moves or is lost: which terms of its weight differ between the worlds.

        Parameters
        ----------
        act
            Its position in the record, or its id.
        luck
            Under which luck.
        draw
            In which draw; one in which its likeliest fate befalls it, where not given.
        """
        from rapallo.experiment.fates import kind_in_words
        from rapallo.experiment.why_changed import why_changed

        record = self.scenario.record
        position = self.tables.position(act)
        chosen = self.tables.typical_draw(position, luck) if draw is None else draw
        kind = kind_in_words(record, position)
        note = f"Under {luck} luck, draw {chosen}: {self.tables.fate_in(position, luck, chosen)}."
        base, changed = self._pair(luck, chosen)
        return why_changed(base, changed, kind, float(record.time[position]), note)

    def why_gained(self, row: Any, luck: str = "date") -> WhyChanged:
        """Say the same of an act that the record has not: a row of :meth:`gained`."""
        from rapallo.experiment.why_changed import why_changed

        kind = tuple(row[name] for name in ("process", "layer", "change", "sender", "receiver"))
        draw, when = self.tables.first_gain(kind, luck)
        base, changed = self._pair(luck, draw)
        return why_changed(base, changed, kind, when, f"Under {luck} luck, draw {draw}.")

    def failures(self) -> pd.DataFrame:
        """Give the draws that failed and are left out: ``draw``, ``seed``, ``stage`` and ``message``."""
        return self.tables.failures

    def plot(self, **options: Any) -> Figure:
        """Draw the time line; takes what :func:`rapallo.report.plots.counterfactual_timeline.plot_timeline` takes."""
        from rapallo.report.plots import plot_timeline

        return plot_timeline(self.timeline(), **options)

    def plot_luck(self, **options: Any) -> Figure:
        """Draw the exponentials read off the record, process by process; a model that fits stays on the diagonal."""
        from rapallo.report.plots import plot_exponentials

        return plot_exponentials(self.exponentials(), **options)

    def try_readings(
        self,
        nearest: int | None = 3,
        draws: int = 10,
        *,
        facts: str = "*",
        jobs: int | None = None,
        progress: Watch | None = None,
    ) -> Counterfactual:
        """Take rival readings and doubtful facts the other way, one at a time; gives the answer with the outcome.

        Parameters
        ----------
        nearest, draws, facts, jobs, progress
            As for :func:`~rapallo.experiment.verdicts_turned.verdicts_turned`.
        """
        from rapallo.experiment.verdicts_turned import verdicts_turned

        return replace(self, tried=verdicts_turned(self, nearest, draws, facts=facts, jobs=jobs, progress=progress))

    def warrant(self) -> Warrant:
        """Give the warrant card: what the answer rests on, what it assumes, and what would turn it."""
        from rapallo.report.warrant import counterfactual_warrant

        return counterfactual_warrant(self)

    def report(self) -> Path:
        """Write ``report.html`` into the folder: one file that opens offline; gives its path."""
        from rapallo.report.counterfactual_html import write_counterfactual_report

        return write_counterfactual_report(self)

    def exponentials(self) -> pd.DataFrame:
        """Give the exponentials that were read off the record, for looking at them."""
        from rapallo.engine.exponentials import exponentials

        return exponentials(self._luck(self.tables.first_draw)[0])

    def _ready(self) -> Worlds:
        if "worlds" not in self._worlds:
            task = _task(self.scenario, self.changed, self.manifest, self.folder)
            self._worlds["worlds"] = make_ready(task)
        worlds: Worlds = self._worlds["worlds"]
        return worlds

    def _luck(self, draw: int) -> tuple[Abduction, History]:
        if not 0 <= draw < len(self):
            raise RapalloError(f"draw {draw} is none of the {len(self)}; give 0 to {len(self) - 1}")
        return self._ready().abduct(draw)

    def _history(self, luck: str, draw: int) -> History:
        return self._pair(luck, draw)[1]

    def _pair(self, luck: str, draw: int) -> tuple[History, History]:
        if luck not in self.tables.lucks:
            raise UnknownNameError("luck of this counterfactual", luck, self.tables.lucks)
        from rapallo.experiment.fates import with_ids

        worlds = self._ready()
        read, base = self._luck(draw)
        replayed = worlds.replay(read, luck, draw)
        return base, with_ids(worlds.record, worlds.changed, replayed, f"{luck} luck, draw {draw}")


def counterfactual(
    scenario: Scenario | str | Path,
    intervention: str | Sequence[str] | Intervention,
    draws: int = 200,
    seed: int = 0,
    *,
    start: str | float | None = None,
    end: str | float | None = None,
    lucks: Sequence[str] = LUCKS,
    measures: Sequence[str] | None = None,
    jobs: int | None = None,
    folder: str | Path | None = None,
    resume: bool = False,
    own: Sequence[Path] = (),
    within: float = 0.0,
    before: Callable[[pd.DataFrame, pd.DataFrame], None] | None = None,
    progress: Watch | None = None,
) -> Counterfactual:
    """Ask what would have become of the record's own acts, had something been otherwise.

    Parameters
    ----------
    scenario
        The scenario, its name or its folder.
    intervention
        Names of the scenario's interventions, or changes in words; several are made together. Any dated fact
        may be dropped or moved, also one that the model itself decides: dropping it voids one firing of its
        clock (luck moves on, and the act may come later), moving it holds the firing to another day.
    draws
        How often what the record leaves open is drawn.
    seed
        With a draw's number it names all of that.
    start, end
        First and last day (both included); the scenario's own where not given.
    lucks
        ``clock``, ``date`` or both; where both are run and disagree, the answer is not determined by the record.
    measures
        Names of the measures to take; the scenario's own where not given.
    jobs
        Number of processes; all processors where not given.
    folder
        Where to keep it; a folder of its own if not given.
    resume
        Go on with what was begun there.
    own
        Python files with the user's own effects and measures.
    within
        Days by which an act may miss its recorded date, beyond what that date itself leaves open, and still be kept.
    before
        Told, before anything is drawn, which acts of the record the model cannot make, and whether the record's luck
        looks like luck (``impossible`` and ``luck`` of the result).
    progress
        Told how far it is.

    Raises
    ------
    RapalloError
        If the intervention cannot be read or made, a process is a ``toggle``, the record cannot be replayed, or
        every draw fails. A draw that fails is recorded (``failures``), and the others go on.
    Interrupted
        If it is interrupted once the folder is begun.

    Notes
    -----
    A counterfactual under a structural model: it holds if the model's form and numbers hold and if the luck was
    of the kind named. The record does not settle which kind it was.
    """
    if not 1 <= draws <= MOST_DRAWS:
        raise RapalloError(f"{draws} draws were asked for; ask for 1 to {MOST_DRAWS:,}")
    if not 0 <= seed < 2**64:
        raise RapalloError(f"the seed is {seed}; it lies between 0 and 2**64 - 1")
    if jobs is not None and jobs < 1:
        raise RapalloError(f"{jobs} jobs were asked for; ask for 1 or more")
    if not 0 <= within < math.inf:
        raise RapalloError(f"an act cannot be kept within {within:g} days; give 0 or more")
    for luck in lucks:
        if luck not in LUCKS:
            raise UnknownNameError("luck", luck, LUCKS)
    watch = progress or one_line() or _nobody
    watch(Progress("loading", 0, draws, "reading the scenario"))
    model = loaded(scenario)
    made = intervention if isinstance(intervention, Intervention) else read_intervention(model, intervention)
    sentences = made.sentences(model)
    changed = made.apply(model)
    refuse_beyond(model, made, changed, start, end)
    names = chosen_measures(model, measures)
    texts, untold = own_sources(model, names, tuple(own))
    manifest = _manifest(model, made, sentences, draws, seed, start, end, tuple(dict.fromkeys(lucks)), names, texts)
    if resume and folder is None:
        raise RapalloError("there is nothing to resume without a folder; name the one that holds the draws")
    with folder_or_scratch(folder, "counterfactual") as (home, scratch):
        place = RunFolder(home, manifest)
        place.look(resume)
        task = _task(model, changed, manifest, home)
        try:
            watch(Progress("compiling", 0, draws, "laying both worlds out (the first time takes a minute)"))
            worlds = make_ready(task, lambda word: watch(Progress("compiling", 0, draws, word)))
            watch(Progress("compiling", 0, draws, "replaying the record under its own luck"))
            luck = _check(worlds, task.lucks)
            impossible = _impossible(worlds)
            if before is not None:
                before(impossible, luck)
            if not place.complete:
                fill_folder(place, task, texts, 1 if untold else jobs or processors(), watch)
        finally:
            forget(task)
        tables = CounterfactualTables(home, model, worlds.record, worlds.changed, made, task.lucks, draws, within)
        watch(Progress("done", draws, draws))
        found = Counterfactual(
            made,
            sentences,
            model,
            changed,
            home,
            place.manifest,
            impossible,
            luck,
            tables,
            {"worlds": worlds},
            scratch=scratch,
        )
        write_answer(found)
        return found


def _task(model: Scenario, changed: Scenario, manifest: Mapping[str, Any], folder: Path) -> Task:
    return Task(
        token=uuid.uuid4().hex,
        scenario=replace(model, _kept={}),
        changed=replace(changed, _kept={}),
        start=manifest["span"]["from"],
        end=manifest["span"]["to"],
        seed=int(manifest["seed"]),
        draws=int(manifest["runs"]),
        lucks=tuple(manifest["lucks"]),
        measures=tuple(each["name"] for each in manifest["measures"]),
        parts=folder / PARTS,
        own=tuple(folder / OWN / name for name in manifest["own"]),
    )


def _manifest(
    model: Scenario,
    made: Intervention,
    sentences: tuple[str, ...],
    draws: int,
    seed: int,
    start: str | float | None,
    end: str | float | None,
    lucks: tuple[str, ...],
    measures: tuple[str, ...],
    own: Mapping[str, str],
) -> dict[str, Any]:
    import hashlib
    from dataclasses import asdict

    import rapallo
    from rapallo.experiment.manifest import folder_of
    from rapallo.measures import get_measure
    from rapallo.record.time import to_day
    from rapallo.system.history import to_iso

    def day(when: str | float | None, usual: str) -> str:
        return to_iso(to_day(when) if isinstance(when, str) else when) if when is not None else usual

    taken = [get_measure(name) for name in measures]
    return {
        "rapallo": {"version": rapallo.__version__, "code": code_fingerprint()},
        "kind": "counterfactual",
        "scenario": {
            "name": model.name,
            "title": model.title,
            "fingerprint": model.fingerprint,
            "folder": folder_of(model),
        },
        "intervention": {
            "name": made.name,
            "says": made.says,
            "debate": made.debate,
            "changes": [change.text for change in made.changes],
            "sentences": list(sentences),
        },
        "seed": seed,
        "runs": draws,
        "lucks": list(lucks),
        "span": {"from": day(start, model.start), "to": day(end, model.end)},
        "measures": [
            {"name": each.name, "says": each.says, "unit": each.unit, "shape": each.shape, "cites": each.cites}
            for each in taken
        ],
        "own": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in own.items()},
        "parameters": {name: asdict(each) for name, each in model.parameters.items()},
        "environment": environment(),
    }


def _check(worlds: Worlds, lucks: tuple[str, ...]) -> pd.DataFrame:
    """Replay the record in its own world before anything is asked of it, and look at its luck.

    Raises
    ------
    RapalloError
        If an act does not come back to the instant.
    """
    from rapallo.engine.exponentials import luck_by_process
    from rapallo.experiment.fates import differences

    draw, luck, lived = _first_luck(worlds)
    wrong = differences(worlds.record.record, lived)
    for kind in lucks:
        wrong += differences(lived, worlds.replay_record(luck, kind, draw).history)
    if wrong:
        raise RapalloError(
            "the record does not come back under its own luck, so nothing can be said of another world:\n  "
            + "\n  ".join(wrong[:10])
        )
    return luck_by_process(luck)


def _first_luck(worlds: Worlds) -> tuple[int, Abduction, History]:
    """Give the first draw under which the record's luck can be read off, and that luck."""
    failure: RapalloError | None = None
    for draw in range(worlds.task.draws):
        try:
            return draw, *worlds.abduct(draw)
        except RapalloError as error:
            failure = failure or error
    assert failure is not None
    raise RapalloError(f"{failure} (all {worlds.task.draws} draws failed)") from None


def _impossible(worlds: Worlds) -> pd.DataFrame:
    """List the acts of the record that the model cannot make, each with its reason."""
    import pandas as pd

    from rapallo.engine.impossible import impossible_acts
    from rapallo.experiment.fates import kind_in_words
    from rapallo.system.history import to_iso

    record = worlds.record.record
    told = impossible_acts(record).set_index("act")["reason"].to_dict()
    rows = []
    for act in worlds.record.impossible:
        process, _, _, sender, receiver = kind_in_words(record, act)
        rows.append(
            {
                "act": act,
                "id": "" if record.ids is None else record.ids[act],
                "date": to_iso(float(record.time[act])),
                "process": process,
                "sender": sender,
                "receiver": receiver,
                "reason": told.get(act, "its weight is zero" if process else "the votes on record decide otherwise"),
            }
        )
    return pd.DataFrame(rows, columns=["act", "id", "date", "process", "sender", "receiver", "reason"])


def _nobody(progress: Progress) -> None:
    """Watch nothing."""
