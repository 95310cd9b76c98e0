"""What the model expected of each act, and where in time it ceases to hold."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.estimate.likelihood import Likelihood

if TYPE_CHECKING:
    import pandas as pd

RULES = ("top", "hampel", "iqr")
"""Rules by which an act counts as an outlier."""


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Each act's part of the score, and what was to be expected of it.

    Parameters
    ----------
    names, covariance
        Of the parameters.
    acts
        One row for each act: its time, parties and log-probability.
    score
        What was chosen less what was expected at that moment (Schoenfeld residuals of the choice),
        shape ``(acts, parameters)``.
    mean
        What was expected, in the same shape.
    expected, spread
        Mean and standard deviation of the log-probability of what would come.
    waited
        Where waiting times count: the acts that were to be expected since the act before
        (Cox–Snell residuals, exponential with mean one under the model), with one more at the end
        for the time after the last act; otherwise empty.
    drift
        Where waiting times count: the score that was to be expected in that time.
    """

    names: tuple[str, ...]
    covariance: NDArray[np.float64]
    acts: pd.DataFrame = field(repr=False)
    score: NDArray[np.float64] = field(repr=False)
    mean: NDArray[np.float64] = field(repr=False)
    expected: NDArray[np.float64] = field(repr=False)
    spread: NDArray[np.float64] = field(repr=False)
    waited: NDArray[np.float64] = field(repr=False)
    drift: NDArray[np.float64] = field(repr=False)

    def __repr__(self) -> str:
        return f"<Residuals of {len(self.acts)} acts: .frame(), .processes(), .change_points(), .outliers(), .plot()>"

    def frame(self) -> pd.DataFrame:
        """Give one row for each act: standardised log-probability, waiting time, and a column for each parameter."""
        import pandas as pd

        table = self.acts.reset_index(drop=True)
        table["standardised"] = self._standardised
        if len(self.waited):
            table["waited"] = self.waited[: len(table)]
        score = pd.DataFrame(self.score, columns=[f"score {name}" for name in self.names])
        return pd.concat([table, score], axis=1)

    @property
    def _standardised(self) -> NDArray[np.float64]:
        away = self.acts["log_probability"].to_numpy(dtype=float) - self.expected
        return np.asarray(np.divide(away, self.spread, out=np.zeros_like(away), where=self.spread > 1e-12))

    def processes(self) -> pd.DataFrame:
        """Give the cumulated score processes, one column for each estimated parameter, one row for each act.

        With ``U`` the sum of scores up to an act and ``V`` the covariance of the estimates, the process
        of parameter ``j`` is ``(V U)_j / sqrt(V_jj)``, tied down at its end: where the parameter is
        the same all along, about a Brownian bridge. The last column, ``expectedness``, cumulates the
        standardised log-probabilities: did the model foretell acts as well throughout?
        """
        import pandas as pd

        count = len(self.acts)
        steps = self.score.copy()
        if len(self.waited):
            # what waiting times say: each act's own score, less what was to be expected since the one before
            steps = self.score + self.mean - self.drift[:count]
        deviation = np.sqrt(np.diag(self.covariance))
        free = deviation > 0
        walk = np.cumsum(steps @ self.covariance, axis=0)[:, free] / deviation[free]
        share = np.arange(1, count + 1)[:, None] / max(count, 1)
        walk -= share * walk[-1:]
        told = np.cumsum(self._standardised) / math.sqrt(max(count, 1))
        told -= share[:, 0] * told[-1]
        names = [name for name, each in zip(self.names, free, strict=True) if each]
        return pd.DataFrame(np.column_stack([walk, told]), columns=[*names, "expectedness"])

    def change_points(self) -> pd.DataFrame:
        """Ask of each parameter whether it changes on the way, and where most.

        Returns
        -------
        pandas.DataFrame
            One row for each process of :meth:`processes`: ``largest`` distance from zero, ``p`` of a
            Brownian bridge going so far (Kolmogorov), ``p_holm`` over all of them, and the act at
            which the process turns. Small records make ``p`` too large rather than too small.

        References
        ----------
        Hansen (1992), J. Policy Modeling 14:517-533; Zeileis & Hornik (2007), Stat. Neerlandica 61:488-508.
        """
        import pandas as pd

        walks = self.processes()
        if len(walks) < 2:
            raise RapalloError("a change needs two acts at least")
        places = walks.abs().to_numpy().argmax(axis=0)
        largest = walks.abs().to_numpy().max(axis=0)
        p = np.array([kolmogorov(each) for each in largest])
        table = pd.DataFrame({"process": walks.columns, "largest": largest, "p": p, "p_holm": _holm(p)})
        when = self.acts.iloc[places].reset_index(drop=True)
        kept = [name for name in ("date", "time", "sender", "receiver", "id", "row") if name in when]
        return pd.concat([table, when[kept]], axis=1)

    def outliers(self, rule: str = "hampel", parameter: float | None = None) -> pd.DataFrame:
        """Give the acts that stand out, least expected first.

        Parameters
        ----------
        rule
            ``hampel``: log-probability more than ``parameter`` (3) times the scaled median absolute
            deviation below the median; ``iqr``: more than ``parameter`` (1.5) times the range between
            the quartiles below the first; ``top``: the ``parameter`` (10) least expected.
        parameter
            Of the rule.
        """
        if rule not in RULES:
            raise UnknownNameError("rule for outliers", rule, RULES)
        known = self.acts["log_probability"].to_numpy(dtype=float)
        order = np.argsort(known, kind="stable")
        if rule == "top":
            kept = order[: int(10 if parameter is None else parameter)]
        elif rule == "hampel":
            middle = np.median(known)
            spread = 1.4826 * np.median(np.abs(known - middle))
            kept = order[known[order] < middle - (3.0 if parameter is None else parameter) * spread]
        else:
            low, high = np.quantile(known, [0.25, 0.75])
            kept = order[known[order] < low - (1.5 if parameter is None else parameter) * (high - low)]
        table = self.acts.iloc[kept].copy()
        table["surprise"] = -table["log_probability"] / math.log(2.0)
        return table

    def plot(self, **options: Any) -> Any:
        """Draw surprise over time and the cumulated score processes; gives a Matplotlib figure."""
        from rapallo.report.plots import plot_residuals

        return plot_residuals(self, **options)


def residuals_of(
    parts: Iterable[Likelihood],
    theta: NDArray[np.float64],
    shown: NDArray[np.int64],
    names: tuple[str, ...],
    covariance: NDArray[np.float64],
    acts: pd.DataFrame,
    timed: bool,
) -> Residuals:
    """Gather the residuals block by block; ``acts`` has a row for each act, left out or not."""
    score, mean, about, real, spent = [], [], [], [], []
    for part in parts:
        away, expected, what = part.moments(theta)
        score.append(away[:, shown])
        mean.append(expected[:, shown])
        about.append(what)
        real.append(part.cases.chosen >= 0)
        spent.append(part.cases.spent)
    happened, logs = np.concatenate(real), np.concatenate(about)
    means = np.concatenate(mean)
    waited, drift = np.empty(0), np.empty((0, len(shown)))
    if timed:
        mass = logs[:, 0] * np.concatenate(spent)
        ends = np.append(np.flatnonzero(happened), len(happened) - 1)
        waited = np.diff(np.cumsum(mass)[ends], prepend=0.0)
        drift = np.diff(np.cumsum(means * mass[:, None], axis=0)[ends], axis=0, prepend=0.0)
    return Residuals(
        names=names,
        covariance=covariance,
        acts=acts[acts["log_probability"].notna()].reset_index(drop=True),
        score=np.concatenate(score)[happened],
        mean=means[happened],
        expected=logs[happened, 1],
        spread=np.sqrt(logs[happened, 2]),
        waited=waited,
        drift=drift,
    )


def kolmogorov(distance: float) -> float:
    """Give the probability that a Brownian bridge goes further than a distance.

    Examples
    --------
    >>> round(kolmogorov(1.3581), 4)
    0.05
    """
    if distance < 0.2:
        return 1.0
    terms = (2.0 * (-1.0) ** (k - 1) * math.exp(-2.0 * (k * distance) ** 2) for k in range(1, 101))
    return min(1.0, max(0.0, math.fsum(terms)))


def _holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correct for there being several (Holm 1979)."""
    order = np.argsort(p)
    found = np.empty(len(p))
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p) - rank) * p[place]))
        found[place] = highest
    return found
