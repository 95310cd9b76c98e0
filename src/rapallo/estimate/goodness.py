"""Whether the fitted model makes histories like the one it was fitted to."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.estimate.check_arguments import is_whole

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.estimate.design import Layout
    from rapallo.estimate.fit_result import FitResult

COUNTS = (0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50)
"""So many acts or more: the classes in which actors are counted."""

DAYS = (1.0, 7.0, 30.0, 91.0, 365.0)
"""Bounds of waiting times in days."""

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class GoodnessOfFit:
    """How histories that the model makes compare with the one it was fitted to.

    Parameters
    ----------
    model, events
        What was fitted.
    runs, seed
        How many histories were made, and their luck.
    how
        How they were made, in a sentence.
    observed, simulated
        For each statistic its values in the record, and in each run, shape ``(runs, values)``.
    p
        For each statistic the share of histories, the record among them, that lie as far from the
        mean of all as the record does (Mahalanobis distance): small where the record stands out.
    """

    model: str
    events: str
    runs: int
    seed: int
    how: str
    observed: Mapping[str, pd.Series[float]] = field(repr=False)
    simulated: Mapping[str, pd.DataFrame] = field(repr=False)
    p: Mapping[str, float] = field(repr=False)

    def __repr__(self) -> str:
        said = ", ".join(f"{name} p {each:.2g}" for name, each in self.p.items())
        return f"<GoodnessOfFit {self.model} of {self.events}, {self.runs} runs: {said}>"

    def to_frame(self) -> pd.DataFrame:
        """Give a tidy table: the record beside mean, 2.5 and 97.5 per cent quantiles of the runs."""
        import pandas as pd

        parts = []
        for name, values in self.observed.items():
            runs = self.simulated[name].to_numpy()
            parts.append(
                pd.DataFrame(
                    {
                        "statistic": name,
                        "value": [str(each) for each in values.index],
                        "record": values.to_numpy(),
                        "mean": runs.mean(axis=0),
                        "low": np.quantile(runs, 0.025, axis=0),
                        "high": np.quantile(runs, 0.975, axis=0),
                        "p": self.p[name],
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)

    def summary(self) -> str:
        """Give the joint p-value of each statistic, and which of its values the runs miss."""
        lines = [f"goodness of fit, {self.model} of {self.events}: {self.runs} runs (seed {self.seed}); {self.how}"]
        table = self.to_frame()
        for name, p in self.p.items():
            rows = table[table["statistic"] == name]
            out = rows[(rows["record"] < rows["low"]) | (rows["record"] > rows["high"])]
            missed = "; outside 95 % of the runs: " + ", ".join(
                f"{row.value} ({row.record:g}, runs {row.low:g} to {row.high:g})" for row in out.head(5).itertuples()
            )
            lines.append(f"{name:<16} p {p:.3f}{missed if len(out) else ''}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.summary())}</pre>"

    def plot(self, **options: Any) -> Any:
        """Draw the record against the runs, statistic by statistic; gives a Matplotlib figure."""
        from rapallo.report.plots import plot_goodness_of_fit

        return plot_goodness_of_fit(self, **options)


def statistics_of(
    first: NDArray[np.int64], second: NDArray[np.int64], actors: int, directed: bool
) -> dict[str, dict[str, float]]:
    """Count what a model of dated acts ought to bring forth, though no effect of it says so.

    Acts sent and received (actors with so many or more), the order of acts (how many pairs have
    acted by each tenth of the acts; turns, the participation shifts of Gibson 2003), and triads of
    the pairs that acted.
    """
    found: dict[str, dict[str, float]] = {}
    count = len(first)
    sent, received = np.bincount(first, minlength=actors), np.bincount(second, minlength=actors)
    if directed:
        found["acts sent"] = _at_least(sent)
        found["acts received"] = _at_least(received)
    else:
        found["acts"] = _at_least(sent + received)
    low, high = (first, second) if directed else (np.minimum(first, second), np.maximum(first, second))
    pairs = low.astype(np.int64) * actors + high
    fresh = np.zeros(count, dtype=bool)
    fresh[np.unique(pairs, return_index=True)[1]] = True
    cumulated = np.concatenate([[0], np.cumsum(fresh)])
    found["order"] = {f"pairs by {k}/10": float(cumulated[round(count * k / 10)]) for k in range(1, 11)}
    if directed and count > 1:
        a, b, c, d = first[:-1], second[:-1], first[1:], second[1:]
        turns = {
            "AB AB": (c == a) & (d == b),
            "AB BA": (c == b) & (d == a),
            "AB BY": (c == b) & (d != a),
            "AB AY": (c == a) & (d != b),
            "AB XA": (c != a) & (c != b) & (d == a),
            "AB XB": (c != a) & (c != b) & (d == b),
        }
        found["turns"] = {name: float(each.sum()) for name, each in turns.items()}
    tie = np.zeros((actors, actors), dtype=np.float64)
    tie[first, second] = 1.0
    if not directed:
        tie[second, first] = 1.0
    two = tie @ tie
    shared = (two * tie)[tie > 0]
    triads = {f"pairs with {k}+ between": float((shared >= k).sum()) for k in (1, 2, 3, 5)}
    if directed:
        triads["mutual pairs"] = float((tie * tie.T).sum() / 2.0)
        triads["cycles"] = float(np.trace(two @ tie) / 3.0)
    found["triads"] = triads
    return found


def statistics_of_senders(
    first: NDArray[np.int64], second: NDArray[np.int64], actors: int
) -> dict[str, dict[str, float]]:
    """Count what a model of who acts ought to bring forth.

    Acts sent, how many actors have acted by each tenth of the acts, and turns: the same sender again, the last
    receiver, or somebody else.
    """
    fresh = np.zeros(len(first), dtype=bool)
    fresh[np.unique(first, return_index=True)[1]] = True
    cumulated = np.concatenate([[0], np.cumsum(fresh)])
    again, back = first[1:] == first[:-1], first[1:] == second[:-1]
    return {
        "acts sent": _at_least(np.bincount(first, minlength=actors)),
        "order": {f"actors by {k}/10": float(cumulated[round(len(first) * k / 10)]) for k in range(1, 11)},
        "turns": {"A A": float(again.sum()), "A B": float(back.sum()), "A X": float((~again & ~back).sum())},
    }


def statistics_of_answers(
    first: NDArray[np.int64], second: NDArray[np.int64], agreed: NDArray[np.bool_], actors: int
) -> dict[str, dict[str, float]]:
    """Count what a model of consent ought to bring forth.

    Offers agreed to by whoever was asked and by whoever asked, how many by each tenth of the offers, and how each
    actor's answer follows its last one.
    """
    cumulated = np.concatenate([[0], np.cumsum(agreed)])
    turns = dict.fromkeys(("yes, yes", "yes, no", "no, yes", "no, no"), 0.0)
    last: dict[int, bool] = {}
    for who, answer in zip(second.tolist(), agreed.tolist(), strict=True):
        if who in last:
            turns[f"{'yes' if last[who] else 'no'}, {'yes' if answer else 'no'}"] += 1.0
        last[who] = answer
    return {
        "agreed when asked": _at_least(np.bincount(second[agreed], minlength=actors)),
        "agreed when asking": _at_least(np.bincount(first[agreed], minlength=actors)),
        "order": {f"agreed by {k}/10": float(cumulated[round(len(agreed) * k / 10)]) for k in range(1, 11)},
        "answers": turns,
    }


def waiting_times(time: Vector, span: tuple[float, float]) -> dict[str, dict[str, float]]:
    """Count waiting times by length, and acts by tenth of the span."""
    gaps = np.diff(np.sort(time))
    bounds = [0.0, *DAYS, math.inf]
    names = [f"{low:g} to {high:g} days" for low, high in pairwise(bounds)]
    tenths = np.histogram(time, bins=np.linspace(*span, 11))[0]
    return {
        "waiting times": dict(zip(names, np.histogram(gaps, bins=bounds)[0].astype(float), strict=True)),
        "when": {f"tenth {k + 1}": float(each) for k, each in enumerate(tenths)},
    }


def exponential_times(waited: Vector) -> dict[str, dict[str, float]]:
    """Count waiting times, in acts that were to be expected, by tenths of the exponential distribution."""
    bounds = [-math.log1p(-k / 10.0) for k in range(10)]
    counts = np.histogram(waited, bins=[*bounds, math.inf])[0]
    return {"waiting times": {f"tenth {k + 1}": float(each) for k, each in enumerate(counts)}}


@dataclass(slots=True, eq=False)
class _Made:
    """What one history says, and the histories that the model made of it; ``how`` in a sentence."""

    how: str
    record: dict[str, dict[str, float]]
    runs: list[dict[str, dict[str, float]]]


def _compare(model: str, events: str, seed: int, made: Sequence[_Made]) -> GoodnessOfFit:
    """Put the record beside the runs; of several draws of the record the mean, and the mean of their p."""
    import pandas as pd

    observed, simulated, p = {}, {}, {}
    runs = [run for each in made for run in each.runs]
    for name in made[0].record:
        # a class of counts that some draw does not know is empty there
        index = list(dict.fromkeys(value for run in [*(each.record for each in made), *runs] for value in run[name]))
        here = pd.DataFrame([each.record[name] for each in made], columns=index).fillna(0.0)
        there = pd.DataFrame([each[name] for each in runs], columns=index).fillna(0.0)
        if len(made) == 1:
            here, there = here[list(made[0].record[name])], there[list(made[0].record[name])]
        # what the model holds fixed says nothing of its fit
        if (there.nunique() > 1).any() or (there.to_numpy()[0] != here.to_numpy()[0]).any():
            observed[name], simulated[name] = here.mean(), there
            ranks = [_mahalanobis(row, there.to_numpy(dtype=float)) for row in here.to_numpy(dtype=float)]
            p[name] = float(np.mean(ranks))
    how = made[0].how
    if len(made) > 1:
        how += f"; over {len(made)} draws of the data, each p the mean of theirs"
    return GoodnessOfFit(model, events, len(runs), seed, how, observed, simulated, p)


def goodness_of_fit(fit: FitResult, runs: int = 100, seed: int = 0) -> GoodnessOfFit:
    """Make histories with the fitted model and compare them with the record.

    For event data the acts are drawn one after the other at the recorded instants, each from the
    state that the drawn acts before it have made (for ``choice`` by the recorded senders, for ``rate``
    towards the recorded receivers); waiting times are compared with exponential ones in units of
    expected acts. For ``consent`` the answers to the recorded offers are drawn. For a process of a
    scenario the engine simulates the whole scenario, with the estimates in the place of its parameters;
    where its level differs between groups (``pool=``), each group has its own. A fit over draws of
    uncertain data is compared draw by draw, at the estimates that all of them gave.

    Parameters
    ----------
    fit
        From :func:`rapallo.fit`.
    runs, seed
        How many histories, and their luck.

    Raises
    ------
    RapalloError
        If the model cannot be simulated, or there are fewer than ten runs.

    References
    ----------
    Lospinoso & Snijders (2019), Methodological Innovations 12; Hunter, Goodreau & Handcock (2008), JASA 103:248-258;
    Meng (1994), Annals of Statistics 22:1142-1160 (p over draws of what is missing).
    """
    if not is_whole(runs) or not is_whole(seed) or not 0 <= seed < 2**63:
        raise RapalloError(f"runs={runs!r}, seed={seed!r}: give whole numbers, not below zero")
    if runs < 10:
        raise RapalloError("goodness of fit needs ten runs at least, and a hundred to say much")
    if fit.asked is None:
        raise RapalloError("goodness of fit is of what rapallo.fit gave: this was put together from several fits")
    if fit.imputation is None:
        return _compare(fit.model, fit.events, seed, [_made(fit, range(runs), seed)])
    if fit.pooled is not None:
        raise RapalloError(
            "each draw of the data has deviations of its own, and no one model has them all: fit without impute=…, or "
            "without pool=…"
        )
    from rapallo.estimate.fit import drawn_fits

    draws = fit.imputation.draws
    if runs < draws:
        raise RapalloError(f"{runs} runs are fewer than the {draws} draws of the data: give one for each at least")
    shares = [range(k * runs // draws, (k + 1) * runs // draws) for k in range(draws)]
    made = [_made(each, share, seed) for each, share in zip(drawn_fits(fit), shares, strict=True)]
    return _compare(fit.model, fit.events, seed, made)


def _made(fit: FitResult, runs: range, seed: int) -> _Made:
    from rapallo.system.history import History

    assert fit.asked is not None
    if isinstance(fit.asked.data, History):
        return _of_history(fit, runs, seed)
    return _of_answers(fit, runs, seed) if fit.model == "consent" else _of_events(fit, runs, seed)


def _of_answers(fit: FitResult, runs: range, seed: int) -> _Made:
    from rapallo.estimate.fit import offers

    assert fit.asked is not None
    acts, agreed = offers(fit.asked)
    told = fit.surprise[fit.surprise["log_probability"].notna()]
    kept = np.flatnonzero(np.isin(acts.row, told["row"].to_numpy()))
    chance = np.exp(told.set_index("row")["log_probability"].loc[acts.row[kept]].to_numpy(dtype=float))
    chance = np.where(agreed[kept], chance, 1.0 - chance)
    first, second, n = acts.first[kept], acts.second[kept], len(fit.asked.data.actors)
    made = []
    for run in runs:
        luck = np.random.Generator(np.random.Philox(key=np.array([seed, run], dtype=np.uint64)))
        made.append(statistics_of_answers(first, second, luck.random(len(kept)) < chance, n))
    how = "answers drawn to the recorded offers, each in the recorded state"
    return _Made(how, statistics_of_answers(first, second, agreed[kept], n), made)


def _of_events(fit: FitResult, runs: range, seed: int) -> _Made:
    from rapallo.estimate.fit import arranged_events
    from rapallo.estimate.forward import Forward

    assert fit.asked is not None
    data = fit.asked.data
    arranged, network = arranged_events(fit.asked.formula, data, fit.asked.told)
    directed = data.networks[network].directed
    layout, theta = (arranged.layout, fit.coef) if fit.pooled is None else _with_deviations(fit, arranged.layout)
    forward = Forward.of(data, arranged, network, theta, layout)
    acts, n = arranged.acts, len(data.actors)
    kept = np.sort(arranged.plan.act[arranged.plan.act >= 0])

    def count(first: NDArray[np.int64], second: NDArray[np.int64]) -> dict[str, dict[str, float]]:
        return (
            statistics_of_senders(first, second, n)
            if fit.model == "rate"
            else statistics_of(first, second, n, directed)
        )

    record = count(acts.first[kept], acts.second[kept])
    waited = fit.residuals.waited[:-1] if fit.residuals is not None and len(fit.residuals.waited) else None
    if waited is not None:
        record |= exponential_times(waited)
    made = []
    for run in runs:
        first, second = forward.draw(seed, run)
        found = count(first[kept], second[kept])
        if waited is not None:
            luck = np.random.Generator(np.random.Philox(key=np.array([seed, run + 2**32], dtype=np.uint64)))
            found |= exponential_times(luck.exponential(size=len(waited)))
        made.append(found)
    how = "acts drawn one after the other at the recorded instants"
    if fit.model == "rate":
        how = "senders drawn one after the other at the recorded instants, with the recorded receivers"
    if fit.pooled is not None:
        how += ", each group with its own deviation"
    return _Made(how, record, made)


def _with_deviations(fit: FitResult, layout: Layout) -> tuple[Layout, Vector]:
    """Give every group of the pooled terms a column of its own, and its deviation."""
    assert fit.pooled is not None and fit.asked is not None
    table, actors = fit.pooled.deviations, fit.asked.data.actors
    rows = [table[(table["term"] == pool.term) & (table["by"] == pool.by)] for pool in layout.pools]
    codes = [
        [int(group) if pool.by == "year" else actors.index(group) for group in each["group"]]
        for pool, each in zip(layout.pools, rows, strict=True)
    ]
    parted, places = layout.parted(codes)
    theta = np.zeros(len(parted.columns))
    theta[[k for k, column in enumerate(parted.columns) if column.group < 0]] = fit.coef
    for where, each in zip(places, rows, strict=True):
        theta[where] = each["deviation"].to_numpy()
    return parted, theta


def _of_history(fit: FitResult, runs: range, seed: int) -> _Made:
    from rapallo.engine.simulate import simulate
    from rapallo.estimate.with_levels import with_levels
    from rapallo.system.history import ORIGINS, to_iso

    assert fit.asked is not None
    history, told = fit.asked.data, fit.asked.told
    scenario = history.scenario
    name = fit.asked.formula.partition("~")[0].strip()
    values = {each.removeprefix("consent "): float(value) for each, value in zip(fit.names, fit.coef, strict=True)}
    for each in values:
        if each not in scenario.parameters:
            raise UnknownNameError(
                "parameter of the scenario, and the engine has no such motive,", each, scenario.parameters
            )
    if not hasattr(scenario, "with_parameters"):
        raise RapalloError("goodness of fit of a history needs a loaded scenario")
    model = scenario.with_parameters(values)
    if fit.pooled is not None:
        model = with_levels(model, name, fit.pooled)
    start = told["start"] or to_iso(history.start if history.ids is None else max(history.start, _day(scenario.start)))
    end = told["end"] or to_iso(
        min(history.end - 1.0, _day(scenario.end)) if history.ids is not None else history.end - 1.0
    )
    span = _day(start), _day(end) + 1.0
    process = history.processes.index(name)
    directed = not scenario.layers[scenario.processes[name].layer].mutual
    n = len(history.actors)

    def of(each: Any, at: NDArray[np.int64]) -> dict[str, dict[str, float]]:
        time = each.time[at]
        first, second = each.sender[at].astype(np.int64), each.receiver[at].astype(np.int64)
        return statistics_of(first, second, n, directed) | waiting_times(time, span)

    cases = fit.surprise["row"].to_numpy()
    cases = cases[(history.time[cases] >= span[0]) & (history.time[cases] < span[1])]
    if len(cases) < 2:
        raise RapalloError(
            f"the record holds {len(cases)} acts of {name!r} between {start} and {end}: too few to compare"
        )
    made = []
    for run in runs:
        found = simulate(model, seed, run, start=start, end=end)
        mine = (found.process == process) & (found.receiver >= 0) & (found.origin == ORIGINS.index("simulated"))
        made.append(of(found, np.flatnonzero(mine)))
    how = f"the whole scenario simulated from {start} to {end}"
    if fit.pooled is not None:
        how += ", each group with its own deviation"
    return _Made(how, of(history, cases), made)


def _day(when: Any) -> float:
    from rapallo.system.history import as_day

    return as_day(when)


def _at_least(counts: NDArray[np.int64]) -> dict[str, float]:
    most = int(counts.max(initial=0))
    return {f"{k}+": float((counts >= k).sum()) for k in COUNTS[1:] if k <= max(5, 2 * most)}


def _mahalanobis(record: Vector, runs: Vector) -> float:
    """Give the share of all histories, the record among them, that lie at least as far out as the record."""
    whole = np.vstack([record, runs])
    away = whole - whole.mean(axis=0)
    scale = np.sqrt((away**2).mean(axis=0))
    away = away[:, scale > 1e-12] / scale[scale > 1e-12]
    inverse = np.linalg.pinv(away.T @ away / len(away), rcond=1e-8, hermitian=True)
    distance = np.einsum("ri,ij,rj->r", away, inverse, away)
    return float((distance >= distance[0] * (1 - 1e-9)).mean())
