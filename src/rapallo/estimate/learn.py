"""Learn a process's numbers from the record, starting from what was assumed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.estimate.completed import completed
from rapallo.estimate.counted_once import counted_once, ties_an_occasion
from rapallo.estimate.covered import Covered, covered_pairs
from rapallo.estimate.fit import fit
from rapallo.estimate.fit_hash import fit_hash, read_by_motives, read_names
from rapallo.estimate.fit_result import FitResult
from rapallo.estimate.imputation import impute
from rapallo.estimate.learned import Learned
from rapallo.record.time import to_day
from rapallo.scenario.timeline import record_history
from rapallo.system.history import History
from rapallo.system.process import Motive, Process

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario

MOST_WITHOUT_PRIOR = 4
"""Records are small: no more of a process's free parameters go without a stated prior."""


def learn(
    scenario: Scenario,
    process: str,
    *,
    free: Sequence[str] | None = None,
    without_prior: Sequence[str] = (),
    start: str | None = None,
    end: str | None = None,
    allowed: NDArray[np.bool_] | None = None,
    risk_set: str = "",
    unknown: Sequence[str] = ("colour", "claims"),
    imputations: int = 5,
    seed: int = 0,
) -> Learned:
    """Fit a process to the scenario's record, with what was assumed as the prior.

    Each parameter's prior is normal: about the assumed value, with the assumed range as its 95 per
    cent interval. It is what stands as ``prior_value`` and ``prior_range`` where a fit has moved the
    parameter before, so that learning twice gives the same. The parameters of consent, and those
    that are not free, are held. Acts of one occasion on one day count as one case, and their number
    enters the level alone: how much is known hangs on occasions, how often ties are made on ties.

    Parameters
    ----------
    scenario
        The scenario. One whose tables were cut off at a date needs ``end`` at that date: nothing
        recorded after it must not count as nothing done.
    process
        A process with a clock.
    free
        Full names of the parameters to learn; by default all that are not of consent.
    without_prior
        Parameters that the fit gives no prior, four at most.
    start, end
        Span of the acts that count, both days included; by default what the coverage table calls
        complete, within the scenario's own span.
    allowed
        The pairs that were at risk, shape ``(actors, actors)``; by default those that the coverage
        table calls complete.
    risk_set
        What ``allowed`` is, in words.
    unknown
        Quantities whose unrecorded values are unknown, whatever a simulation takes them for. They
        are drawn (see :func:`rapallo.estimate.completed.completed`); what is still unknown is left out.
    imputations
        How many draws of what is unknown, of uncertain dates and of rival readings, combined by
        Rubin's rules. With 0 nothing is drawn: every option of which something is unknown is left
        out, and dates and readings stand as their rules have them.
    seed
        Of the draws.

    Returns
    -------
    Learned
        Mean, standard deviation and origin of each parameter, with the cases behind them.

    Raises
    ------
    RapalloError
        If the record does not hold all acts of the process anywhere, or none of them.
    """
    if process not in scenario.processes:
        raise UnknownNameError("process", process, scenario.processes)
    kind = scenario.processes[process]
    if allowed is None:
        covered = covered_pairs(scenario, process)
    else:
        covered = Covered(allowed, scenario.start, scenario.end, risk_set or f"{int(allowed.sum())} given pairs")
    first, last = start or covered.start, end or covered.end
    parts = _parts(kind)
    names = tuple(motive.parameter for _, motives in parts for motive in motives)
    chosen = _chosen(scenario, names, free, without_prior)
    read = _read(kind, [name for name in unknown if name in scenario.quantities])
    prior = {name: scenario.parameters[name].prior for name in chosen}
    asked = tuple(motive.parameter for motive in kind.consent)
    held = {name: scenario.parameters[name].value for name in (*names, *asked) if name not in chosen}
    told = sorted(prior.items()), sorted(held.items()), sorted(without_prior), first, last, covered.pairs.tobytes()
    stamp = fit_hash(scenario, kind, read_names(scenario, kind), *told, read, imputations, seed)
    size = ties_an_occasion(scenario, process, covered.pairs, to_day(first), to_day(last) + 1.0)
    log_size = math.log(size)
    worlds: dict[int, tuple[History, dict[str, tuple[str, ...]]]] = {}

    def world(draw: int) -> History:
        if draw not in worlds:
            made, drawn = completed(counted_once(scenario, process, draw, seed), read, draw, seed)
            worlds[draw] = record_history(made, dates="draw", readings="draw", seed=seed, draw=draw), drawn
        return worlds[draw][0]

    def one(data: History, model: str | None, motives: tuple[Motive, ...], pairs: NDArray[np.bool_]) -> FitResult:
        mine = [motive.parameter for motive in motives]
        level = {motive.parameter: log_size for motive in motives if motive.effect == "constant"}
        still = [name for name in read if name in read_by_motives(motives)]
        if imputations:
            still = [name for name in still if scenario.quantities[name].shape == "actor"]
        found = fit(
            process,
            data,
            model=model,
            missing="leave out",
            unknown=still,
            start=first,
            end=last,
            allowed=pairs,
            prior={
                name: (prior[name][0] - level.get(name, 0.0), prior[name][1])
                for name in mine
                if name in chosen and name not in without_prior
            },
            fixed={name: held[name] - level.get(name, 0.0) for name in mine if name in held},
        )
        # an occasion is one case and makes several ties: the level is that of ties
        return replace(
            found,
            coef=found.coef + np.array([level.get(name, 0.0) for name in found.names]),
            warnings=_without_drawn(found.warnings, read if imputations else ()),
        )

    fits: list[FitResult] = []
    for model, motives in parts:
        if not any(motive.parameter in chosen for motive in motives):
            continue
        pairs = _told(scenario, kind, model, covered)
        if imputations:
            fits.append(impute(lambda draw: one(world(draw), model, motives, pairs), imputations, seed, 0.95))  # noqa: B023
        else:
            fits.append(one(counted_once(scenario, process, None).record, model, motives, pairs))
    drawn = worlds[0][1] if worlds else {}
    order = [name for each in fits for name in each.names if name in chosen]
    mean, covariance = _joined(fits, order)
    cases = fits[0]
    seen = cases.surprise
    lost = seen[seen["log_probability"].isna()]
    return Learned(
        process=process,
        names=tuple(order),
        prior_mean=np.array([prior[name][0] for name in order]),
        prior_sd=np.array([prior[name][1] for name in order]),
        mean=mean,
        sd=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        cases=cases.acts,
        missing=cases.left_out,
        ties=size,
        senders=tuple(sorted(set(seen[seen["log_probability"].notna()]["sender"]))),
        lost=tuple(f"{row.date} {row.sender} → {row.receiver}" for row in lost.itertuples()),
        drawn=drawn,
        imputations=imputations,
        risk_set=f"{covered.says if allowed is None and not (start or end) else _among(covered.says, first, last)}",
        model=" and ".join(dict.fromkeys(each.model for each in fits)),
        without_prior=tuple(name for name in order if name in without_prior),
        hash=stamp,
        fits=tuple(fits),
    )


def _parts(process: Process) -> list[tuple[str | None, tuple[Motive, ...]]]:
    """Give the fits that a process takes: whom, and how often where consent does not hide it."""
    if process.weighting == "intensity":
        return [(None, process.motives)]
    parts: list[tuple[str | None, tuple[Motive, ...]]] = [(None, process.motives)] if process.motives else []
    if process.rate and not process.consent:
        parts.append(("rate", process.rate))
    return parts


def _chosen(
    scenario: Scenario, names: tuple[str, ...], free: Sequence[str] | None, without_prior: Sequence[str]
) -> tuple[str, ...]:
    for name in (*(free or ()), *without_prior):
        if name not in names:
            raise UnknownNameError("parameter to learn", name, names)
    chosen = tuple(name for name in names if (free is None or name in free) and scenario.parameters[name].prior[1] > 0)
    if not chosen:
        raise RapalloError("no parameter is free: the range of every one of them is a single number")
    if len(without_prior) > MOST_WITHOUT_PRIOR:
        raise RapalloError(
            f"{len(without_prior)} parameters are to go without a prior; so small a record bears {MOST_WITHOUT_PRIOR}"
        )
    return chosen


def _without_drawn(warnings: Sequence[str], drawn: Sequence[str]) -> tuple[str, ...]:
    """Drop what is said of unrecorded values that were drawn."""
    return tuple(each for each in warnings if not any(each.startswith(f"{name}: where nothing") for name in drawn))


def _read(process: Process, names: Sequence[str]) -> list[str]:
    """Give those of some quantities that the process reads."""
    reads = read_by_motives((*process.motives, *process.rate, *process.consent))
    return [name for name in names if name in reads]


def _told(scenario: Scenario, process: Process, model: str | None, covered: Covered) -> NDArray[np.bool_]:
    """Give the pairs that a part of a process can be estimated from.

    Whom a sender chose can be told among some of its options; how often it acts, and a choice that
    two sides make among all, cannot.
    """
    if model is None and process.weighting != "coordination":
        return covered.pairs
    actors = scenario.tables.actor_ids
    who = np.isin(actors, _ever(scenario, process.senders))
    whom = np.isin(actors, _ever(scenario, process.receivers))
    held = covered.pairs | ~whom[None, :] | np.eye(len(actors), dtype=bool)
    whole = np.array([row.all() for row in held])
    if process.weighting == "coordination" and not whole[who].all():
        raise RapalloError(
            f"the record holds the acts of {process.name!r} among some pairs only ({covered.says}), and each side "
            "chooses among all: nothing can be told from a part"
        )
    return np.asarray(covered.pairs & whole[:, None])


def _ever(scenario: Scenario, spec: str | tuple[str, ...]) -> tuple[str, ...]:
    """Give whoever may ever be meant by a senders or receivers entry."""
    if not isinstance(spec, str):
        return spec
    if spec in scenario.kinds:
        return scenario.kinds[spec]
    return (spec,) if spec in scenario.tables.actor_ids else tuple(scenario.tables.actor_ids)


def _joined(fits: Sequence[FitResult], order: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Join the parts of a process: what moves the choice and what moves the rate share no parameter."""
    at = {name: k for k, name in enumerate(order)}
    mean, covariance = np.zeros(len(order)), np.zeros((len(order), len(order)))
    for each in fits:
        own = [k for k, name in enumerate(each.names) if name in at]
        here = [at[each.names[k]] for k in own]
        mean[here] = each.coef[own]
        covariance[np.ix_(here, here)] = each.covariance[np.ix_(own, own)]
    return mean, covariance


def _among(says: str, first: str, last: str) -> str:
    head = says.split(", ")[0] if says.startswith(("all pairs", "pairs with")) else says
    return f"{head}, {first} to {last}"
