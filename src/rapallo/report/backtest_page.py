"""The page of a backtest: one HTML file that opens offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.experiment.at_origin import CALENDARS
from rapallo.experiment.outcome import formed
from rapallo.experiment.question import HORIZONS
from rapallo.report.html import filled
from rapallo.report.picture import data_uri
from rapallo.report.plots import OF_BACKTEST, plot_backtest
from rapallo.report.plots.canvas import to_svg
from rapallo.report.plots.names import short_name

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.backtest_result import Backtest
    from rapallo.scenario.scenario import Scenario

FILE = "report.html"

SHOWS = {
    "differences": "How much better the model forecasts than each baseline, by horizon.",
    "calibration": "Whether what the model gives a probability happens that often.",
    "transforms": "Where outcomes fell within the model's forecasts.",
}
HOW = {
    "differences": "Dot: mean difference of the score, the model's less the baseline's; line: nine tenths of a "
    "bootstrap of blocks of origins. Left of the upright line the model is better.",
    "calibration": "Each dot is a bin of forecasts, with their number. On the diagonal, probabilities are right. The "
    "pale bar holds nine in ten dots of a right forecaster whose outcomes are independent; these are not, so a dot a "
    "little outside says nothing.",
    "transforms": "Each outcome's place in its forecast, from the lowest to the highest draw, ties spread at random. "
    "Level at the line where forecasts are right; high at the right where more came, or later, than was forecast; "
    "high at both ends where forecasts are too sure.",
}


def write_backtest_page(backtest: Backtest) -> Path:
    """Write ``report.html`` and the figures as SVG into the folder of a backtest; gives the page's path."""
    from rapallo.experiment.work import written_whole

    drawings = {}
    for name in OF_BACKTEST:
        drawings[name] = to_svg(plot_backtest(backtest, name))
        with written_whole(backtest.folder / f"{name}.svg") as draft:
            draft.write_text(drawings[name], "utf-8", newline="\n")
    manifest = backtest.manifest
    scenario = backtest.scenario
    text = filled(
        "backtest.html",
        title=manifest["scenario"]["title"],
        question=backtest.question,
        about=about(backtest),
        receiver=short_name(scenario, backtest.question.receiver),
        origins=backtest.origins,
        horizons=HORIZONS,
        calendars=manifest["calendars"],
        forecasters=manifest["forecasters"],
        reading={calendar: backtest.reading(calendar) for calendar in CALENDARS},
        pictures=[(name, SHOWS[name], HOW[name], data_uri(drawings[name])) for name in OF_BACKTEST],
        scores=scores_table(backtest),
        states=states_table(backtest, scenario),
        counts=counts_table(backtest),
        learnt=learnt_table(backtest),
        look_ahead=backtest.look_ahead,
        manifest=manifest,
    )
    with written_whole(backtest.folder / FILE) as draft:
        draft.write_text(text, "utf-8", newline="\n")
    return backtest.folder / FILE


def about(backtest: Backtest) -> str:
    """Say in a sentence what was asked."""
    asked = backtest.question
    return (
        f"Which states take up {asked.layer.replace('_', ' ')} with {asked.receiver} within one, two and five years, "
        f"asked on {len(backtest.origins)} days from {backtest.origins[0]} to {backtest.origins[-1]}"
    )


def scores_table(backtest: Backtest) -> list[dict[str, Any]]:
    """Give the mean scores as rows of text, the best of each block marked."""
    found = backtest.table()
    rows = []
    for (calendar, horizon), part in found.groupby(level=["calendar", "horizon"], sort=False):
        best = {name: part[name].min() for name in ("log_score", "brier", "crps", "count_crps")}
        for (_, _, forecaster), row in part.iterrows():
            cells = [(f"{row[name]:.3f}", row[name] == best[name]) for name in best]
            rows.append(
                {
                    "calendar": calendar,
                    "horizon": int(horizon),
                    "forecaster": forecaster,
                    "cells": cells,
                    "expected": f"{100 * row['expected']:.1f}",
                    "happened": f"{100 * row['happened']:.1f}",
                }
            )
    return rows


def states_table(backtest: Backtest, scenario: Scenario) -> tuple[list[str], list[dict[str, Any]]]:
    """Give each state's mean log score at every horizon: the model's, and the best baseline's."""
    tables = {(calendar, horizon): backtest.states(horizon, calendar) for calendar in CALENDARS for horizon in HORIZONS}
    first = tables[next(iter(CALENDARS)), HORIZONS[-1]]
    head = [f"{calendar}, {horizon} y" for calendar, horizon in tables]
    rows = []
    for state in first.sort_values("origins", ascending=False).index:
        cells = []
        for table in tables.values():
            values = table.loc[state].drop(["origins", "happened", "assumed numbers"])
            cells.append((f"{values['model']:.2f}", f"{values.drop('model').min():.2f}"))
        name = short_name(scenario, state)
        rows.append({"name": name, "origins": int(first.loc[state, "origins"]), "cells": cells})
    return head, rows


def counts_table(backtest: Backtest) -> list[dict[str, Any]]:
    """Give, for each count and horizon, the mean CRPS of the model and the baselines, and who is better."""
    asked = {formed(backtest.question)}
    rows = []
    gaps = backtest.counted()
    means: pd.DataFrame = (
        backtest.counts.groupby(["calendar", "what", "horizon", "forecaster"])["crps"].mean().unstack()
    )
    for (calendar, what, horizon), row in means.iterrows():
        here = gaps[(gaps["calendar"] == calendar) & (gaps["what"] == what) & (gaps["horizon"] == horizon)]
        here = here[here["other"] != "assumed numbers"]
        better = ["the model" if name == "model" else name for name in here["better"] if name]
        rows.append(
            {
                "calendar": calendar,
                "what": what.replace("_", " "),
                "asked": what in asked,
                "horizon": int(horizon),
                "cells": ["" if row[name] != row[name] else f"{row[name]:.2f}" for name in backtest.forecasters],
                "better": ", ".join(dict.fromkeys(better)),
            }
        )
    return rows


def learnt_table(backtest: Backtest) -> list[dict[str, Any]]:
    """Give how many numbers each origin's record bore on, by process."""
    found = backtest.numbers
    if found.empty:
        return []
    rows = []
    for origin, part in found.groupby("origin", sort=True):
        halved = part[part["kept"] <= 0.5]
        told = ", ".join(
            f"{process.replace('_', ' ')} ({len(each)}, {int(each['cases'].iloc[0])} acts)"
            for process, each in part.groupby("process", sort=False)
        )
        rows.append({"origin": origin, "told": told, "numbers": len(part), "halved": len(halved)})
    return rows
