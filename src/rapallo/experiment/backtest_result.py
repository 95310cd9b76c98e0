"""A backtest: what was said at each origin, what came, and how well each forecaster did."""

from __future__ import annotations

from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.experiment.at_origin import ASSUMED, CALENDARS, MODEL
from rapallo.experiment.bootstrap import block_bootstrap
from rapallo.experiment.manifest import read_manifest
from rapallo.experiment.outcome import formed
from rapallo.experiment.question import HORIZONS, Question
from rapallo.experiment.scratch import Scratch

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from rapallo.scenario.scenario import Scenario

SCORES = {
    "log_score": "minus the logarithm of the probability given to what came, for each pair",
    "brier": "squared error of the probability, for each pair",
    "crps": "continuous ranked probability score of the date, in years, for each pair",
    "count_crps": "continuous ranked probability score of the number of ties that form, in ties, for each origin",
}
"""What is averaged; the smaller the better."""

PAIR_SCORES = ("log_score", "brier", "crps")
"""Those of them that each pair has."""

LEVEL = 0.9
"""Of every interval."""

EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0)
"""Bins of probabilities in a calibration plot: narrow where most of them lie."""


class Backtest:
    """Forecasts from rolling origins, with their scores.

    Parameters
    ----------
    folder
        The folder of a backtest, complete.
    scenario
        The scenario, where it is loaded already.
    """

    def __init__(self, folder: Path, scenario: Scenario | None = None) -> None:
        self.folder = Path(folder)
        self.manifest = read_manifest(self.folder)
        if self.manifest.get("kind") != "backtest":
            raise RapalloError(f"{str(folder)!r} holds no backtest")
        if not self.manifest["times"].get("finished"):
            raise RapalloError(f"the backtest in {str(folder)!r} is not finished; go on with --resume")
        self._scenario = scenario
        self.scratch: Scratch | None = None

    def __repr__(self) -> str:
        asked, origins = self.question, self.origins
        return (
            f"<Backtest of {self.manifest['scenario']['name']!r}: {asked.layer} with {asked.receiver}, "
            f"{len(origins)} origins from {origins[0]} to {origins[-1]}, {self.manifest['runs']} runs each>"
        )

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.table().to_html()}"

    @property
    def scenario(self) -> Scenario:
        """The whole scenario.

        Raises
        ------
        RapalloError
            If its folder is gone or no longer what it was.
        """
        if self._scenario is None:
            from rapallo.scenario.load import load

            stated = self.manifest["scenario"]
            found = load(stated["folder"])
            if found.fingerprint != stated["fingerprint"]:
                raise RapalloError(f"scenario {stated['name']!r} has been changed since this backtest; make it anew")
            self._scenario = found
        return self._scenario

    @property
    def question(self) -> Question:
        """What was asked."""
        asked = self.manifest["question"]
        return Question(asked["process"], asked["layer"], asked["receiver"], tuple(asked["counted"]))

    @property
    def origins(self) -> tuple[str, ...]:
        """The days, ascending."""
        return tuple(self.manifest["origins"])

    @property
    def forecasters(self) -> tuple[str, ...]:
        """The names of who forecasts, the model first."""
        return tuple(self.manifest["forecasters"])

    @property
    def look_ahead(self) -> tuple[str, ...]:
        """What was chosen after seeing the whole record, and so is no forecast."""
        return tuple(self.manifest["look ahead"])

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Every forecast of a pair with its scores: one row for each origin, calendar, forecaster, pair and horizon."""
        return self._read("pairs")

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Every forecast of a count with its score: one row for each origin, calendar, forecaster, count, horizon."""
        return self._read("counts")

    @cached_property
    def numbers(self) -> pd.DataFrame:
        """What was learnt at each origin: one row for each parameter that the record there bore on."""
        return self._read("numbers")

    def table(self) -> pd.DataFrame:
        """Give the mean scores: rows by calendar, horizon and forecaster, the smaller the better."""
        by = ["calendar", "horizon", "forecaster"]
        found = self.pairs.groupby(by)[list(PAIR_SCORES)].mean()
        asked = self.counts[self.counts["what"] == formed(self.question)]
        found["count_crps"] = asked.groupby(by)["crps"].mean()
        found["expected"] = self.pairs.groupby(by)["probability"].mean()
        found["happened"] = self.pairs.groupby(by)["happened"].mean()
        return found.reindex(list(self.forecasters), level="forecaster")

    def states(self, horizon: int = HORIZONS[0], calendar: str = "frozen", score: str = PAIR_SCORES[0]) -> pd.DataFrame:
        """Give each pair's mean score by forecaster over all origins, with how often its tie formed.

        Parameters
        ----------
        horizon, calendar
            Which forecasts.
        score
            ``log_score``, ``brier`` or ``crps``.

        Raises
        ------
        UnknownNameError
            For a calendar or a score that is not there.
        """
        if score not in PAIR_SCORES:
            raise UnknownNameError("score of a pair", score, PAIR_SCORES)
        chosen = self._chosen(self.pairs, calendar, horizon)
        found = chosen.pivot_table(index="sender", columns="forecaster", values=score, aggfunc="mean")
        found = found[[name for name in self.forecasters if name in found]]
        one = chosen[chosen["forecaster"] == MODEL].groupby("sender")
        found.insert(0, "origins", one.size())
        found.insert(1, "happened", one["happened"].sum())
        return found

    def differences(self, against: str = MODEL, level: float = LEVEL) -> pd.DataFrame:
        """Compare one forecaster with each of the others, on the pairs and on how many of their ties form.

        Returns
        -------
        pandas.DataFrame
            One row for each calendar, horizon, score and other forecaster: the mean ``difference``
            (below 0: ``against`` is better), its interval (``low``, ``high``) by a bootstrap of
            blocks of origins as long as the horizon, the number of ``origins`` and of ``terms``,
            and who is ``better``: a name only where the interval leaves out 0.

        Raises
        ------
        UnknownNameError
            For a forecaster that is not there.
        """
        import pandas as pd

        self._check(against)
        asked = self.counts[self.counts["what"] == formed(self.question)].rename(columns={"crps": "count_crps"})
        tables = [self._gaps(self.pairs, score, against, level) for score in PAIR_SCORES]
        return pd.concat([*tables, self._gaps(asked, "count_crps", against, level)], ignore_index=True)

    def counted(self, against: str = MODEL, level: float = LEVEL) -> pd.DataFrame:
        """Compare one forecaster with the others on each count of acts: as :meth:`differences`, with ``what``."""
        import pandas as pd

        self._check(against)
        tables = [
            self._gaps(part, "crps", against, level).assign(what=what)
            for what, part in self.counts.groupby("what", sort=False)
        ]
        return pd.concat(tables, ignore_index=True)

    def calibration(self, horizon: int, calendar: str = "frozen", forecaster: str = MODEL) -> pd.DataFrame:
        """Compare probabilities with frequencies.

        Returns
        -------
        pandas.DataFrame
            One row for each bin of probabilities that holds any: ``forecasts``, their mean
            ``probability``, the ``frequency`` of what came, and ``low`` and ``high``, between which
            the frequency of nine in ten bins lies where the probabilities are right and what comes
            is independent (Bröcker & Smith 2007). It is not: pairs of one origin share its years and
            its wave, so true bars are wider.
        """
        import pandas as pd

        chosen = self._chosen(self.pairs, calendar, horizon)
        chosen = chosen[chosen["forecaster"] == forecaster]
        place = np.clip(np.searchsorted(EDGES, chosen["probability"], side="right") - 1, 0, len(EDGES) - 2)
        generator = np.random.Generator(np.random.Philox(0))
        rows = []
        for k in np.unique(place):
            part = chosen[place == k]
            chance = part["probability"].to_numpy()
            drawn = (generator.random((2000, len(chance))) < chance).mean(axis=1)
            low, high = np.quantile(drawn, [0.05, 0.95])
            rows.append((EDGES[k], len(part), chance.mean(), part["happened"].mean(), low, high))
        return pd.DataFrame(rows, columns=["from", "forecasts", "probability", "frequency", "low", "high"])

    def pit(self, of: str, horizon: int, calendar: str = "frozen", forecaster: str = MODEL) -> np.ndarray[Any, Any]:
        """Give the randomised probability integral transform: where in its forecast each outcome fell.

        Level between 0 and 1 where forecasts are right. What falls on a value that many draws share
        (a count; a date that is not reached) is spread over their share at random, by a fixed seed.

        Parameters
        ----------
        of
            ``dates`` of the pairs, or ``counts`` of acts.
        horizon, calendar, forecaster
            Which forecasts.
        """
        if of not in ("dates", "counts"):
            raise UnknownNameError("kind of forecast", of, ("dates", "counts"))
        chosen = self._chosen(self.pairs if of == "dates" else self.counts, calendar, horizon)
        chosen = chosen[chosen["forecaster"] == forecaster]
        below, up_to = chosen["below"].to_numpy(), chosen["up_to"].to_numpy()
        share = np.random.Generator(np.random.Philox(1)).random(len(chosen))
        result: np.ndarray[Any, Any] = below + share * (up_to - below)
        return result

    def summary(self) -> str:
        """Say what was asked, whom the model beats and who beats it, and what look-ahead remains."""
        parts = [repr(self)]
        for calendar, says in CALENDARS.items():
            parts += ["", f"Calendar {calendar}: {says}.", *self.reading(calendar)]
        parts += ["", "Look-ahead that remains, for whoever made the model had seen the whole record:"]
        return "\n".join([*parts, *(f"- {each}" for each in self.look_ahead)])

    def reading(self, calendar: str) -> list[str]:
        """Say in sentences, for each horizon, which baselines the model beats by log score, and which beat it."""
        said = []
        found = self.differences()
        found = found[(found["calendar"] == calendar) & (found["score"] == "log_score")]
        for horizon in HORIZONS:
            rows = found[(found["horizon"] == horizon) & (found["other"] != ASSUMED)]
            groups: dict[str, list[str]] = {"better than": [], "worse than": [], "not told apart from": []}
            for row in rows.itertuples():
                key = "better than" if row.high < 0 else "worse than" if row.low > 0 else "not told apart from"
                groups[key].append(f"{row.other} ({row.difference:+.3f}, {row.low:+.3f} to {row.high:+.3f})")
            told = "; ".join(f"{key} {', '.join(names)}" for key, names in groups.items() if names)
            said.append(f"{horizon} year{'s' * (horizon > 1)} ahead the model is {told}.")
        return said

    def plot(self, of: str = "differences") -> Figure:
        """Draw ``differences`` of scores, ``calibration`` of probabilities, or ``transforms`` of outcomes.

        Raises
        ------
        UnknownNameError
            For a plot that is not there.
        """
        from rapallo.report.plots import plot_backtest

        return plot_backtest(self, of)

    def report(self) -> Path:
        """Write ``report.html`` into the folder: one file that opens offline; gives its path."""
        from rapallo.report.backtest_page import write_backtest_page

        return write_backtest_page(self)

    def _check(self, forecaster: str) -> None:
        if forecaster not in self.forecasters:
            raise UnknownNameError("forecaster", forecaster, self.forecasters)

    def _gaps(self, table: pd.DataFrame, score: str, against: str, level: float) -> pd.DataFrame:
        """Average the differences of one score, with their intervals."""
        import pandas as pd

        keys = ["origin", *(name for name in ("sender", "receiver") if name in table)]
        rows = []
        for (calendar, horizon), part in table.groupby(["calendar", "horizon"]):
            wide = part.pivot_table(index=keys, columns="forecaster", values=score)
            for other in self.forecasters:
                if other == against or other not in wide or against not in wide:
                    continue
                gap = (wide[against] - wide[other]).dropna().groupby(level="origin")
                sums, sizes = gap.sum().to_numpy(), gap.size().to_numpy(float)
                low, high = block_bootstrap(sums, sizes, int(horizon), level=level)
                rows.append(
                    {
                        "calendar": calendar,
                        "horizon": int(horizon),
                        "score": score,
                        "other": other,
                        "difference": sums.sum() / sizes.sum(),
                        "low": low,
                        "high": high,
                        "origins": len(sums),
                        "terms": int(sizes.sum()),
                        "better": against if high < 0 else other if low > 0 else "",
                    }
                )
        return pd.DataFrame(rows)

    def _chosen(self, table: pd.DataFrame, calendar: str, horizon: int) -> pd.DataFrame:
        if calendar not in CALENDARS:
            raise UnknownNameError("calendar", calendar, CALENDARS)
        return table[(table["calendar"] == calendar) & (table["horizon"] == horizon)]

    def _read(self, name: str) -> pd.DataFrame:
        import pandas as pd

        return pd.read_parquet(self.folder / f"{name}.parquet")
