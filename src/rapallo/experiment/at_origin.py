"""One origin of a backtest: what is known there, the forecasts made from it, and their scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapallo.engine.luck import stable_hash
from rapallo.experiment.baselines import baselines
from rapallo.experiment.forecast import Forecast, forecast
from rapallo.experiment.learning import Numbers, as_assumed, learn_numbers
from rapallo.experiment.outcome import Outcome, Pair, at_risk, outcome
from rapallo.experiment.panel import is_covered, panel
from rapallo.experiment.question import HORIZONS, Question, years_after
from rapallo.experiment.scores import score_counts, score_pairs
from rapallo.record.time import to_text
from rapallo.scenario.as_known import as_known, with_calendar

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.scenario.scenario import Scenario

FROZEN, GIVEN = "frozen", "given"
CALENDARS = {
    FROZEN: "nothing comes from outside after the origin: governments stay, claims stay, no war begins",
    GIVEN: "who exists, governs, claims and fights after the origin is given, as it was known at the last horizon",
}
"""The two ways of forecasting; they are never pooled."""

MODEL, ASSUMED = "model", "assumed numbers"
FORECASTERS = {
    MODEL: "the model, its numbers learnt from what was known at the origin; each run draws its own",
    ASSUMED: "the model with its assumed numbers, chosen by people who had seen the whole record: no forecast",
}


@dataclass(frozen=True, slots=True, eq=False)
class AtOrigin:
    """The forecasts of one origin.

    Parameters
    ----------
    pairs
        Who could tie themselves then.
    forecasts
        By calendar.
    numbers
        What was learnt.
    """

    pairs: tuple[Pair, ...]
    forecasts: dict[str, list[Forecast]]
    numbers: Numbers


def forecast_at(
    scenario: Scenario,
    question: Question,
    origin: float,
    *,
    runs: int,
    seed: int,
    note: Callable[[], None] = lambda: None,
) -> AtOrigin:
    """Make every forecast of one origin.

    The whole scenario goes in, and is cut off at once: all that follows is made from
    :func:`~rapallo.scenario.as_known.as_known`.

    Parameters
    ----------
    scenario
        The whole scenario.
    question
        What is asked.
    origin
        The day.
    runs, seed
        Runs of the model and draws of the baselines; the seed, from which that of the origin is made.
    note
        Called after each run.
    """
    unfitted = as_assumed(scenario)
    known = as_known(unfitted, origin)
    ends = [years_after(origin, years) for years in HORIZONS]
    given = with_calendar(known, as_known(unfitted, ends[-1]))
    pairs = at_risk(known, question, origin)
    data = panel(known, question, origin)
    numbers = learn_numbers(known)
    luck = stable_hash(f"backtest:{seed}:{to_text(origin)}")
    made: dict[str, list[Forecast]] = {}
    for calendar, world in ((FROZEN, known), (GIVEN, given)):
        made[calendar] = [
            forecast(
                world,
                question,
                pairs,
                origin,
                ends,
                by=name,
                runs=runs,
                seed=luck,
                draws=numbers.draws(2 * runs, luck) if name == MODEL else (),
                note=note,
            )
            for name in FORECASTERS
        ]
        made[calendar] += baselines(world, data, question, pairs, origin, ends, number=runs, seed=luck)
    return AtOrigin(pairs, made, numbers)


def score_at(
    scenario: Scenario, question: Question, origin: float, made: AtOrigin
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score the forecasts of one origin against the whole record: of pairs, and of counts."""
    import pandas as pd

    ends = [years_after(origin, years) for years in HORIZONS]
    truth: Outcome = outcome(scenario.record, question, made.pairs, origin, ends)
    covered = {
        (what, years): is_covered(scenario, question, what, origin, end)
        for what in truth.counts
        for years, end in zip(HORIZONS, ends, strict=True)
    }
    pairs, counts = [], []
    for calendar, forecasts in made.forecasts.items():
        for each in forecasts:
            about = {"origin": to_text(origin), "calendar": calendar, "forecaster": each.by}
            scored = score_pairs(each, truth, made.pairs, [end - origin for end in ends])
            pairs.append(scored.assign(**about))
            counts.append(score_counts(each, truth, covered).assign(**about))
    lead = ["origin", "calendar", "forecaster"]
    return tuple(
        table[[*lead, *(name for name in table.columns if name not in lead)]]
        for table in (pd.concat(pairs, ignore_index=True), pd.concat(counts, ignore_index=True))
    )
