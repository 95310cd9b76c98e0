"""Learn from a record that is a selection: given that an act among some pairs is on record, which of them it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError
from rapallo.estimate import places as at
from rapallo.estimate.completed import completed
from rapallo.estimate.counted_once import counted_once
from rapallo.estimate.design import Layout
from rapallo.estimate.fit_hash import fit_hash, read_names
from rapallo.estimate.formula import Formula
from rapallo.estimate.from_history import Told, _Reader, _term
from rapallo.estimate.learn import _chosen, _read
from rapallo.estimate.learned import Learned
from rapallo.estimate.unfolding import MissingStatisticError
from rapallo.scenario.timeline import record_history
from rapallo.system.history import History

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rapallo.scenario.scenario import Scenario

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

_STEP = 1e-4
"""Step in a parameter by which the score is differentiated."""


@dataclass(slots=True, eq=False)
class Moment:
    """One act on record, and all that could have been done just then.

    Parameters
    ----------
    own, rate, asked
        What moves the choice, how often the sender acts, and the consent, one row for each open pair.
    sender, receiver
        Of each open pair.
    followed
        Which of them would be on record.
    chosen
        Which it was.
    """

    own: Matrix
    rate: Matrix
    asked: Matrix
    sender: NDArray[np.int64]
    receiver: NDArray[np.int64]
    followed: NDArray[np.bool_]
    chosen: int


@dataclass(slots=True, eq=False)
class Relative:
    """The likelihood of which act it was, among those that would be on record.

    Parameters
    ----------
    moments
        One for each act.
    weighting
        ``intensity``, ``choice`` or ``coordination``.
    """

    moments: list[Moment]
    weighting: str

    def at(self, theta: Vector) -> tuple[float, Vector]:
        """Give the log-likelihood and its score.

        With ``w`` the weight of the process, it is the sum over acts of
        ``log w(act) - log Σ w(followed pair)``. A level that all followed pairs share drops out,
        and so does any share of acts that the record holds, provided it hangs on the moment alone.
        """
        value, score = 0.0, np.zeros(len(theta))
        for each in self.moments:
            log_weight, gradient = self._weights(each, theta)
            seen = np.flatnonzero(each.followed)
            top = log_weight[seen].max()
            shares = np.exp(log_weight[seen] - top)
            value += float(log_weight[each.chosen] - top - np.log(shares.sum()))
            score += gradient[each.chosen] - (shares / shares.sum()) @ gradient[seen]
        return value, score

    def varies(self, theta: Vector) -> NDArray[np.bool_]:
        """Say which parameters tell the followed pairs of any moment apart; of the others no act can say anything."""
        found = np.zeros(len(theta), dtype=bool)
        for each in self.moments:
            gradient = self._weights(each, theta)[1][each.followed]
            found |= np.ptp(gradient, axis=0) > 1e-12
        return found

    def _weights(self, each: Moment, theta: Vector) -> tuple[Vector, Matrix]:
        """Give the log weight of each open pair and its gradient."""
        one, two = each.own.shape[1], each.own.shape[1] + each.rate.shape[1]
        log_weight, gradient = each.own @ theta[:one], each.own
        if self.weighting != "intensity":
            log_weight, gradient = _chosen_among(each.sender, log_weight, gradient)
        if self.weighting == "coordination":
            log_weight, gradient = _both_ways(each, log_weight, gradient)
        odds = each.asked @ theta[two:]
        agrees = -np.logaddexp(0.0, -odds) if each.asked.shape[1] else np.zeros(len(odds))
        gradient = np.concatenate([gradient, each.rate, each.asked * (1.0 - np.exp(agrees))[:, None]], axis=1)
        return log_weight + each.rate @ theta[one:two] + agrees, gradient


def _chosen_among(sender: NDArray[np.int64], log_weight: Vector, gradient: Matrix) -> tuple[Vector, Matrix]:
    """Give the log-probability that each sender picks each of its open receivers, and its gradient."""
    count = int(sender.max()) + 1
    top = np.full(count, -np.inf)
    np.maximum.at(top, sender, log_weight)
    mass = np.exp(log_weight - top[sender])
    total = np.bincount(sender, mass, minlength=count)
    expected = np.zeros((count, gradient.shape[1]))
    np.add.at(expected, sender, (mass / total[sender])[:, None] * gradient)
    return log_weight - top[sender] - np.log(total[sender]), gradient - expected[sender]


def _both_ways(each: Moment, log_weight: Vector, gradient: Matrix) -> tuple[Vector, Matrix]:
    """Give the log-probability that both sides of a pair pick each other, and its gradient."""
    width = int(max(each.sender.max(), each.receiver.max())) + 1
    place = np.full((width, width), -1)
    place[each.sender, each.receiver] = np.arange(len(each.sender))
    back = place[each.receiver, each.sender]
    whole = back >= 0
    return np.where(whole, log_weight + log_weight[back], -np.inf), gradient + gradient[back]


class _Whole(_Reader):
    """Reads every open pair at every act, with what moves the rate beside what moves the choice."""

    def _layout(self, right: str) -> tuple[Layout, dict[str, float]]:
        process = self.process
        terms = [_term(each) for each in (*process.motives, *process.rate)]
        asked = Formula("", False, tuple(_term(each) for each in process.consent)) if process.consent else None
        return Layout.of(terms, False, asked, process.layer), {}


def relative(
    history: History,
    process: str,
    followed: NDArray[np.bool_],
    *,
    unknown: Sequence[str] = (),
    start: str | None = None,
    end: str | None = None,
) -> tuple[Relative, list[str], list[int]]:
    """Read the acts of a process among some pairs, each with all that could have been done instead.

    Parameters
    ----------
    history
        The record.
    process
        One that acts by intensity, choice or coordination.
    followed
        The pairs whose acts the record follows, shape ``(actors, actors)``. Each side of a choice
        still chooses among all that it may: the rest of its options lowers the chance of these.
    unknown
        Quantities whose unrecorded values are unknown; an option of which one is unknown is left out.
    start, end
        Span of the acts.

    Returns
    -------
    tuple
        The likelihood, what the reader of the history warns of, and the rows of its acts.
    """
    reader = _Whole(history, process, Told(None, "leave out", tuple(unknown), start, end, None, "separate"), {})
    read = reader.read()
    plan = read.arranged.plan
    both = reader.process.weighting == "coordination"
    plan.domain = at.BY_COORDINATION if both else at.BY_SENDER  # an act of one side asks nothing of the other's
    plan.every, plan.elapsed = False, np.zeros(len(plan.elapsed))
    try:
        cases = plan.cases()
    except MissingStatisticError as error:  # pragma: no cover - such options are left out
        raise RapalloError(f"a statistic of {history.actors[error.first]} is missing") from None
    kind, n = reader.process, len(history.actors)
    design = reader.layout.design(cases.statistics)
    one, two = len(kind.motives), len(kind.motives) + len(kind.rate)
    vector = np.full(n * n, -1, dtype=np.int64)
    moments, rows = [], []
    # where both sides choose, a pair is one option and not two
    seen = (np.triu(followed | followed.T) if both else followed).ravel()
    for case in range(len(cases)):
        span = slice(cases.ends[case], cases.ends[case + 1])
        vector[cases.vectors[span]] = cases.counts[span]
        act = int(cases.act[case])
        parties = int(history.sender[act]), int(history.receiver[act])
        first, second = sorted(parties) if both else parties
        pair = first * n + second
        if not seen[pair] or vector[pair] < 0:
            continue
        open_pairs = np.flatnonzero(vector >= 0)
        columns = design[vector[open_pairs]]
        moments.append(
            Moment(
                own=columns[:, :one],
                rate=columns[:, one:two],
                asked=columns[:, two:],
                sender=open_pairs // n,
                receiver=open_pairs % n,
                followed=seen[open_pairs],
                chosen=int(np.searchsorted(open_pairs, pair)),
            )
        )
        rows.append(act)
    return Relative(moments, kind.weighting), read.warnings, rows


def learn_relative(
    scenario: Scenario,
    process: str,
    followed: NDArray[np.bool_],
    says: str,
    *,
    start: str | None = None,
    end: str | None = None,
    unknown: Sequence[str] = ("colour", "claims"),
    imputations: int = 5,
    seed: int = 0,
) -> Learned:
    """Learn from a selection what can be told from it: whom, and in what order of likelihood, never how often.

    The record may hold any share of the acts, and a share that changes with time, as long as at each
    moment it is the same for all pairs that it follows. Parameters have the priors of
    :func:`rapallo.estimate.learn.learn`, from which the rest is taken over too: acts of one occasion
    are one case, unknown values, dates and readings are drawn, draws are combined by Rubin's rules.

    Parameters
    ----------
    scenario
        The scenario.
    process
        A process with a clock.
    followed
        The pairs whose acts the record follows, shape ``(actors, actors)``.
    says
        What they are, in words.
    start, end
        Span of the acts; by default the scenario's own.
    unknown, imputations, seed
        As for :func:`rapallo.estimate.learn.learn`.

    Raises
    ------
    RapalloError
        If no act of the process lies among the pairs.
    """
    kind = scenario.processes[process]
    motives = (*kind.motives, *kind.rate, *kind.consent)
    names = tuple(each.parameter for each in motives)
    chosen = _chosen(scenario, names, None, ())
    prior = {name: scenario.parameters[name].prior for name in chosen}
    held = {name: scenario.parameters[name].value for name in names if name not in chosen}
    first, last = start or scenario.start, end or scenario.end
    index = {name: k for k, name in enumerate(scenario.tables.actor_ids)}
    mutual = kind.weighting == "coordination"

    def inside(sender: str, receiver: str) -> bool:
        here = followed[index[sender], index[receiver]]
        return bool(here or (mutual and followed[index[receiver], index[sender]]))

    # the acts outside are carried out and are no cases, so that an occasion counts within
    acts = tuple(
        row._replace(process="")
        if row.process == process and not (row.receiver and inside(row.sender, row.receiver))
        else row
        for row in scenario.tables.acts
    )
    narrowed = replace(scenario, tables=replace(scenario.tables, acts=acts), _kept={})
    read = _read(kind, [name for name in unknown if name in scenario.quantities])
    given = sorted(prior.items()), sorted(held.items()), first, last, followed.tobytes()
    stamp = fit_hash(scenario, kind, read_names(scenario, kind), *given, read, imputations, seed)
    at_means = np.array([prior[name][0] if name in prior else held[name] for name in names])
    deviation = np.array([prior[name][1] if name in prior else 0.0 for name in names])
    varies = np.zeros(len(names), dtype=bool)
    readings: list[Relative] = []
    counts: list[int] = []
    warnings: dict[str, None] = {}
    drawn: dict[str, tuple[str, ...]] = {}
    senders: set[str] = set()
    for draw in range(max(imputations, 1)):
        made, drawn = completed(counted_once(narrowed, process, draw, seed), read if imputations else [], draw, seed)
        history = record_history(made, dates="draw", readings="draw", seed=seed, draw=draw)
        still = [name for name in read if not imputations or scenario.quantities[name].shape == "actor"]
        told, said, rows = relative(history, process, followed, unknown=still, start=first, end=last)
        if not told.moments:
            raise RapalloError(f"no act of {process!r} lies among {says}, {first} to {last}")
        varies |= told.varies(at_means)
        readings.append(told)
        counts.append(len(rows))
        warnings |= dict.fromkeys(said)
        senders |= {history.actors[int(history.sender[row])] for row in rows}
    free = np.flatnonzero((deviation > 0.0) & varies)
    if not len(free):
        raise RapalloError(f"the acts of {process!r} among {says} tell none of its parameters: no option differs")
    found = [_climbed(told, at_means, deviation, free) for told in readings]
    means, covariances = [mean for mean, _ in found], [covariance for _, covariance in found]
    combined = np.mean(covariances, axis=0)
    middle = np.mean(means, axis=0)
    if len(means) > 1:
        away = (np.array(means) - middle)[:, free]
        combined = combined + (1.0 + 1.0 / len(means)) * (away.T @ away) / (len(means) - 1)
    order = tuple(names[k] for k in free)
    return Learned(
        process=process,
        names=order,
        prior_mean=at_means[free],
        prior_sd=deviation[free],
        mean=middle[free],
        sd=np.sqrt(np.diag(combined)),
        covariance=combined,
        cases=round(float(np.mean(counts))),
        missing=0,
        ties=1.0,
        senders=tuple(sorted(senders)),
        lost=(),
        drawn=drawn if imputations else {},
        imputations=imputations,
        risk_set=f"a selection, told by which act it was and not by how many; {says}, {first} to {last}",
        model=f"{kind.weighting}, the order alone",
        without_prior=(),
        hash=stamp,
        fits=(),
    )


def _climbed(told: Relative, start: Vector, deviation: Vector, free: NDArray[np.int64]) -> tuple[Vector, Matrix]:
    """Climb to the top of the posterior; gives it, and the inverse of minus the second derivative there."""
    from scipy.optimize import minimize

    theta = start.copy()

    def downhill(own: Vector) -> tuple[float, Vector]:
        theta[free] = own
        value, score = told.at(theta)
        away = (own - start[free]) / deviation[free]
        return -value + 0.5 * float(away @ away), -score[free] + away / deviation[free]

    found = minimize(downhill, start[free], jac=True, method="BFGS", options={"gtol": 1e-7, "maxiter": 500})
    best, width = found.x, len(free)
    bend = np.empty((width, width))
    for k in range(width):
        ahead, back = best.copy(), best.copy()
        ahead[k] += _STEP * deviation[free[k]]
        back[k] -= _STEP * deviation[free[k]]
        bend[k] = (downhill(ahead)[1] - downhill(back)[1]) / (2.0 * _STEP * deviation[free[k]])
    theta[free] = best
    return theta.copy(), np.asarray(np.linalg.inv(0.5 * (bend + bend.T)), dtype=np.float64)
