"""Rolling origins: what the model would have said, beside baselines, and what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rapallo.errors import RapalloError
from rapallo.experiment.at_origin import CALENDARS, FORECASTERS
from rapallo.experiment.backtest_result import Backtest
from rapallo.experiment.backtest_work import BacktestWork
from rapallo.experiment.baselines import BASELINES
from rapallo.experiment.look_ahead import look_ahead
from rapallo.experiment.make_runs import loaded, processors
from rapallo.experiment.manifest import environment, made_from
from rapallo.experiment.own_source import own_sources
from rapallo.experiment.panel import first_day
from rapallo.experiment.progress import Pace, Progress, Watch, one_line
from rapallo.experiment.question import HORIZONS, Question, ask, years_after
from rapallo.experiment.run_folder import PARTS, RunFolder
from rapallo.experiment.scores import RULE, scoring_rules
from rapallo.experiment.scratch import folder_or_scratch
from rapallo.record.time import to_day, to_text

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario


def backtest(
    scenario: Scenario | str | Path,
    *,
    start: str | int | None = None,
    end: str | int | None = None,
    runs: int = 200,
    seed: int = 0,
    process: str | None = None,
    receiver: str | None = None,
    jobs: int | None = None,
    folder: str | Path | None = None,
    resume: bool = False,
    own: Sequence[str | Path] = (),
    progress: Watch | None = None,
) -> Backtest:
    """Forecast from one origin a year, as if each were today, and score what was said against what came.

    At each origin everything dated, or public, from then on is taken out of the scenario
    (:func:`~rapallo.scenario.as_known.as_known`); the numbers are learnt from the rest; and the next
    one, two and five years are forecast twice: with the calendar frozen at the origin, and with the
    calendar given. Baselines are fitted on the same past.

    Parameters
    ----------
    scenario
        A loaded scenario, or the name of a built-in one, or a folder.
    start, end
        First and last origin: a year, or a date, whose day and month all origins have. By default
        from the scenario's start, once a whole year is known, as long as five years are ahead.
    runs, seed
        Runs of the model (and draws of each baseline) for each origin and calendar, and the name of
        all luck.
    process, receiver
        Which process's pairs are asked about, and with whom; by default the forming process with the
        most recorded acts, and whoever receives most of them.
    jobs
        Processes that work; as many as there are processors where not given.
    folder
        Where to leave the result. Where not given it lives in a temporary folder for as long as it does.
    resume
        Go on with the origins that are done in ``folder``.
    own
        Python files of your own effects, already imported.
    progress
        Called with a :class:`~rapallo.experiment.progress.Progress`. Where not given, a person at a
        terminal or in a notebook sees one line.

    Raises
    ------
    RapalloError
        If nothing can be asked or no origin is possible, or a forecast fails.
    MissingExtraError
        If the library of scoring rules is not installed.
    Interrupted
        If it is interrupted and ``folder`` was given; what is done is kept.

    Notes
    -----
    A backtest cannot take back that its authors had read the whole record when they chose effects,
    codings and ranges. :attr:`Backtest.look_ahead` says what of that remains.
    """
    scoring_rules()
    watch = progress or one_line() or _nobody
    if resume and folder is None:
        raise RapalloError("there is nothing to resume without a folder; name the one that holds the backtest")
    with folder_or_scratch(folder, "backtest") as (target, scratch):
        made = _make(scenario, start, end, runs, seed, process, receiver, jobs, target, resume, own, watch)
        made.scratch = scratch
        return made


def origins_of(
    scenario: Scenario, question: Question, start: str | int | None = None, end: str | int | None = None
) -> list[float]:
    """Give the origins of a backtest: one a year.

    Raises
    ------
    RapalloError
        If there is none, or something asked for is no date.
    """
    known_from = max(first_day(scenario, question.receiver), scenario.record.start)
    first = _day(start, to_day(scenario.start))
    if start is None:
        while years_after(known_from, 1) > first:
            first = years_after(first, 1)
    last = to_day(scenario.end) if end is None else _day(end, first)
    found = []
    while first <= last and years_after(first, HORIZONS[-1]) <= to_day(scenario.end) + 1.0:
        found.append(first)
        first = years_after(first, 1)
    if end is None and found and years_after(found[-1], HORIZONS[-1]) > to_day(scenario.end):
        found.pop()  # the last day of the last horizon would be the scenario's last
    if not found:
        raise RapalloError(
            f"no origin leaves a year known before it and {HORIZONS[-1]} years ahead of it: the record of "
            f"{question.receiver} begins {to_text(known_from)}, and the scenario ends {scenario.end}"
        )
    return found


def _make(
    scenario: Scenario | str | Path,
    start: str | int | None,
    end: str | int | None,
    runs: int,
    seed: int,
    process: str | None,
    receiver: str | None,
    jobs: int | None,
    folder: Path,
    resume: bool,
    own: Sequence[str | Path],
    watch: Watch,
) -> Backtest:
    if not 1 <= runs <= 1_000_000:
        raise RapalloError(f"{runs} runs were asked for; ask for 1 to 1,000,000")
    if not 0 <= seed < 2**64:
        raise RapalloError(f"the seed is {seed}; it lies between 0 and 2**64 - 1")
    watch(Progress("loading", 0, 1, "reading the scenario"))
    model = loaded(scenario)
    question = ask(model, process, receiver)
    origins = origins_of(model, question, start, end)
    texts, untold = own_sources(model, (), own)
    manifest = {
        "kind": "backtest",
        **made_from(model),
        "seed": seed,
        "runs": runs,
        "question": asdict(question),
        "origins": [to_text(origin) for origin in origins],
        "horizons": list(HORIZONS),
        "calendars": CALENDARS,
        "forecasters": {**FORECASTERS, **BASELINES},
        "probabilities": RULE,
        "look ahead": look_ahead(model, question),
        "own": sorted(texts),
        "environment": environment(),
    }
    place = RunFolder(folder, manifest)
    place.look(resume)
    work = BacktestWork(model, question, tuple(origins), runs, seed, folder / PARTS)
    if not place.complete:
        _fill(place, work, texts, 1 if untold else jobs or processors(), watch)
    watch(Progress("done", work.total, work.total))
    return Backtest(folder, model)


def _fill(place: RunFolder, work: BacktestWork, texts: dict[str, str], jobs: int, watch: Watch) -> None:
    pace = Pace()

    def tick(done: int) -> None:
        kept = work.total - left
        watch(Progress("simulating", kept + done, work.total, left=pace.left(kept + done, work.total)))

    def finished() -> int:
        return sum(work.size(chunk) for chunk in range(len(work.origins)) if work.finished(chunk))

    with place.filling(texts, jobs, finished, work.total):
        todo = [chunk for chunk in range(len(work.origins)) if not work.finished(chunk)]
        left = sum(work.size(chunk) for chunk in todo)
        watch(Progress("compiling", 0, work.total, "getting the engine ready"))
        work.ready()
        tick(0)
        work.run(todo, jobs, tick)
        watch(Progress("writing", work.total, work.total, "writing the tables"))
        work.merge(place.path)


def _day(when: str | int | None, otherwise: float) -> float:
    if when is None:
        return otherwise
    text = str(when)
    return to_day(f"{text}-01-01" if len(text) == 4 and text.isdigit() else text)


def _nobody(progress: Progress) -> None:
    """Watch nothing."""
