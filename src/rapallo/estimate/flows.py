"""Learn what moves a yearly flow: gravity by Poisson pseudo-maximum likelihood, errors clustered by partner."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.effects import get_effect
from rapallo.errors import RapalloError, UnknownNameError
from rapallo.estimate.completed import completed
from rapallo.estimate.fit_hash import fit_hash, read_by_motives
from rapallo.estimate.learned import Learned
from rapallo.record.time import to_day
from rapallo.system.calendar import replay
from rapallo.system.process import Yearly

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.scenario.scenario import Scenario

FEWEST = 10
"""Partners with whom a motive must be seen."""

EVE = 1.0 / 1024.0
"""A year's flow is moved by what stands this part of a day before the year ends, as in a simulation."""


def flow_table(scenario: Scenario, flow: str) -> pd.DataFrame:
    """Give a flow's recorded values beside what its motives read then.

    Returns
    -------
    DataFrame
        One row for each pair and year that somebody recorded: ``year``, ``sender``, ``receiver``,
        ``value``, ``note``, and a column for each motive; NaN where a motive rests on an attribute
        that is unknown. A pair and year without a row has no row here either: unknown, not zero.
    """
    import pandas as pd

    update = _flow(scenario, flow)
    record = scenario.record
    index = {name: k for k, name in enumerate(record.actors)}
    senders, receivers = (_members(scenario, spec) for spec in (update.senders, update.receivers))
    known = _known(scenario)
    rows: list[dict[str, Any]] = []
    kept = [row for row in scenario.tables.dyads if row.attribute == update.writes]
    for year in sorted({row.date.text for row in kept}):
        if not year.isdigit():
            continue
        world = replay(record, to_day(f"{int(year) + 1}-01-01") - EVE)
        for name, actors in known.items():
            world.attributes[name][[k for actor, k in index.items() if actor not in actors]] = np.nan
        for row in kept:
            if row.date.text != year or row.sender not in senders or row.receiver not in receivers:
                continue
            sender, receiver = index[row.sender], index[row.receiver]
            if not (world.exists[sender] and world.exists[receiver]):
                continue
            found: dict[str, Any] = {
                "year": int(year),
                "sender": row.sender,
                "receiver": row.receiver,
                "value": row.value,
                "note": row.note,
            }
            for motive in update.motives:
                effect = get_effect(motive.effect)
                reads = {slot: dict(motive.reads).get(slot, slot) for slot in effect.reads}
                view = world.view(sender, reads, {**dict(effect.settings), **dict(motive.settings)})
                found[motive.name] = float(effect(view, sender, receiver))
            rows.append(found)
    return pd.DataFrame(rows)


@dataclass(frozen=True, slots=True, eq=False)
class Gravity:
    """A Poisson pseudo-likelihood's top.

    Parameters
    ----------
    names
        Terms, without those of fixed effects.
    coef, covariance
        Estimates and their covariance, robust and clustered by partner.
    observations, partners, dropped
        Rows used, clusters, and terms that never vary in them.
    residual
        Standard deviation of the log of what was recorded over what was fitted, where at least
        three units were recorded.
    """

    names: tuple[str, ...]
    coef: NDArray[np.float64]
    covariance: NDArray[np.float64]
    observations: int
    partners: int
    dropped: tuple[str, ...]
    residual: float


def fit_gravity(
    table: pd.DataFrame,
    terms: Sequence[str],
    *,
    offset: NDArray[np.float64] | None = None,
    effects: Sequence[str] = (),
    partner: str = "partner",
) -> Gravity:
    """Fit a flow by Poisson pseudo-maximum likelihood (Santos Silva & Tenreyro 2006).

    Parameters
    ----------
    table
        Rows with ``value``, the terms and the partner.
    terms
        Columns of the table.
    offset
        Known part of the log of the flow.
    effects
        Columns whose every value gets a level of its own (fixed effects); a constant among the
        terms goes then.
    partner
        Column by which errors are clustered.
    """
    import pandas as pd

    statsmodels = _statsmodels()
    shown = [name for name in terms if table[name].nunique() > 1 or (name == "constant" and not effects)]
    design = table[shown].astype(float)
    for name in effects:
        dummies = pd.get_dummies(table[name].astype(str), prefix=name, dtype=float)
        design = pd.concat([design, dummies.iloc[:, 1:] if name != effects[0] else dummies], axis=1)
    groups = pd.factorize(table[partner])[0]
    model = statsmodels.GLM(
        table["value"].to_numpy(), design.to_numpy(), family=statsmodels.families.Poisson(), offset=offset
    )
    found = model.fit(cov_type="cluster", cov_kwds={"groups": groups})
    own = len(shown)
    large = table["value"].to_numpy() >= 3.0
    residual = np.log(table["value"].to_numpy()[large] / np.asarray(found.fittedvalues)[large])
    return Gravity(
        tuple(shown),
        np.asarray(found.params)[:own],
        np.asarray(found.cov_params())[:own, :own],
        len(table),
        int(groups.max()) + 1,
        tuple(name for name in terms if name not in shown),
        float(residual.std()),
    )


def learn_flow(
    scenario: Scenario,
    flow: str,
    *,
    without: Collection[tuple[int, str]] = (),
    years: tuple[int, int] = (1921, 1938),
    held: Sequence[str] = (),
    within: Sequence[str] = (),
    unknown: Sequence[str] = ("claims",),
    imputations: int = 20,
    seed: int = 0,
) -> Learned:
    """Fit a yearly flow to the record, with what was assumed as the prior.

    The pseudo-likelihood near its top is taken for normal, with the covariance clustered by
    partner, and multiplied with the priors. A simulation multiplies each value by noise whose
    mean exceeds one, so the level learnt is that of the mean less half the noise's variance.

    Parameters
    ----------
    scenario
        The scenario.
    flow
        Its name.
    without
        Years and partners to leave out.
    years
        First and last year.
    held
        Motives whose parameters stay as they are, their part taken as known.
    within
        Motives that are to be told from what changes with one partner against the others of the same
        year: they are fitted first, with a level for each partner and each year, so that neither
        partners who trade much for other reasons nor years in which all trade little speak for them.
        The other motives are fitted then, what these explain being taken as known.

    A motive other than a constant that is zero with all but a few partners (fewer than ten) is held
    too: errors clustered by so few mean nothing.
    unknown, imputations, seed
        As for :func:`rapallo.estimate.learn.learn`.
    """
    update = _flow(scenario, flow)
    motives = {motive.name: motive.parameter for motive in update.motives}
    for name in held:
        if name not in motives:
            raise UnknownNameError("motive", name, motives)
    reads = read_by_motives(update.motives)
    drawn: dict[str, tuple[str, ...]] = {}
    fits: list[Gravity] = []
    means: list[NDArray[np.float64]] = []
    covariances: list[NDArray[np.float64]] = []
    noise = scenario.parameters[update.noise].value if update.noise else 0.0
    left_out: list[str] = []
    stamp = ""
    for draw in range(imputations if set(unknown) & reads else 1):
        made, drawn = completed(scenario, [name for name in unknown if name in reads], draw, seed)
        table = flow_table(made, flow)
        side = "receiver" if len(table["sender"].unique()) < len(table["receiver"].unique()) else "sender"
        table["partner"] = table[side]
        table = table[table["year"].between(*years)]
        table = table[[(y, p) not in without for y, p in zip(table["year"], table["partner"], strict=True)]]
        stamp = stamp or _stamp(
            scenario, update, reads, table, noise, (years, held, within, unknown, imputations, seed)
        )
        whole = table.notna().all(axis=1)
        left_out = sorted({f"{p}" for p in table.loc[~whole, "partner"]})
        missing = int((~whole).sum())
        table = table[whole].reset_index(drop=True)
        offset = np.zeros(len(table))
        still = [name for name in motives if name in held or _few(table, name)]
        for name in still:
            offset += table[name].to_numpy() * scenario.parameters[motives[name]].prior[0]
        own = [name for name in motives if name not in still]
        apart = [name for name in own if name in within]
        prior = {name: scenario.parameters[motives[name]].prior for name in own}
        if apart:
            beside = [name for name in own if name not in apart and _differs(table, name)]
            first = fit_gravity(table, [*apart, *beside], offset=offset, effects=("partner", "year"))
            parts = [_with_prior(first, apart, prior)]
            offset += table[apart].to_numpy() @ parts[0][0]
        else:
            parts = []
        rest = [name for name in own if name not in apart]
        fits.append(fit_gravity(table, rest, offset=offset))
        fits[-1] = replace(fits[-1], coef=fits[-1].coef - 0.5 * noise**2 * (np.array(fits[-1].names) == "constant"))
        parts.append(_with_prior(fits[-1], rest, prior))
        whole_mean = dict(zip([*apart, *rest], np.concatenate([each[0] for each in parts]), strict=True))
        joined = _blocks([each[1] for each in parts])
        turn = [[*apart, *rest].index(name) for name in own]
        means.append(np.array([whole_mean[name] for name in own]))
        covariances.append(joined[np.ix_(turn, turn)])
    combined = np.mean(covariances, axis=0)
    if len(means) > 1:
        away = np.array(means) - np.mean(means, axis=0)
        combined = combined + (1.0 + 1.0 / len(means)) * (away.T @ away) / (len(means) - 1)
    mean = np.mean(means, axis=0)
    names = own
    prior_of = np.array([prior[name] for name in names])
    return Learned(
        process=flow,
        names=tuple(motives[name] for name in names),
        prior_mean=prior_of[:, 0],
        prior_sd=prior_of[:, 1],
        mean=mean,
        sd=np.sqrt(np.diag(combined)),
        covariance=combined,
        cases=fits[0].observations,
        missing=missing,
        ties=1.0,
        senders=tuple(sorted(set(table["partner"]))),
        lost=tuple(left_out),
        drawn=drawn,
        imputations=len(fits) if len(fits) > 1 else 0,
        risk_set=f"{fits[0].partners} partners, {years[0]} to {years[1]}",
        model="Poisson pseudo-maximum likelihood, errors clustered by partner",
        without_prior=(),
        hash=stamp,
        fits=(),
    )


def _stamp(
    scenario: Scenario, update: Yearly, reads: set[str], table: pd.DataFrame, noise: float, switches: tuple[object, ...]
) -> str:
    """Hash what the fit of a flow reads: of the flow itself the values that count, wherever they were taken from."""
    domain = {spec for spec in (update.senders, update.receivers) if isinstance(spec, str)}
    values = table[["year", "sender", "receiver", "value"]].to_numpy().tolist()
    priors = [scenario.parameters[motive.parameter].prior for motive in update.motives]
    return fit_hash(scenario, update, reads | domain, values, noise, priors, switches)


def _differs(table: pd.DataFrame, name: str) -> bool:
    """Say whether a motive differs both between the partners of a year and between the years of a partner."""
    return all(table.groupby(side)[name].nunique().max() > 1 for side in ("partner", "year"))


def _with_prior(
    found: Gravity, names: Sequence[str], prior: dict[str, tuple[float, float]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Multiply what a fit says of some terms with their priors; of a term that never varies the prior alone speaks."""
    told = [name for name in names if name in found.names]
    at = [found.names.index(name) for name in told]
    precision = np.diag([prior[name][1] ** -2 for name in names])
    shift = np.array([prior[name][0] * prior[name][1] ** -2 for name in names])
    place = [list(names).index(name) for name in told]
    information = np.linalg.inv(found.covariance[np.ix_(at, at)])
    precision[np.ix_(place, place)] += information
    shift[place] += information @ found.coef[at]
    covariance = np.linalg.inv(precision)
    return covariance @ shift, covariance


def _blocks(parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Set square tables along a diagonal."""
    width = sum(len(each) for each in parts)
    made, place = np.zeros((width, width)), 0
    for each in parts:
        made[place : place + len(each), place : place + len(each)] = each
        place += len(each)
    return made


def _flow(scenario: Scenario, flow: str) -> Yearly:
    if flow not in scenario.yearly:
        raise UnknownNameError("flow", flow, scenario.yearly)
    if scenario.yearly[flow].kind != "flow":
        raise RapalloError(f"{flow!r} is a stock: it is computed, and nobody recorded it")
    return scenario.yearly[flow]


def _few(table: pd.DataFrame, name: str) -> bool:
    """Say whether a motive is anything but zero with a few partners only."""
    return bool(table.loc[table[name] != 0.0, "partner"].nunique() < FEWEST)


def _members(scenario: Scenario, spec: str | tuple[str, ...]) -> set[str]:
    if not isinstance(spec, str):
        return set(spec)
    return set(scenario.kinds.get(spec, scenario.tables.actor_ids if spec in scenario.quantities else (spec,)))


def _known(scenario: Scenario) -> dict[str, set[str]]:
    """Give, for attributes whose missing values are unknown, the actors that somebody recorded."""
    found: dict[str, set[str]] = {
        name: set()
        for name, each in scenario.quantities.items()
        if each.shape == "actor" and each.missing == "unknown" and not each.written
    }
    for row in scenario.tables.attributes:
        if row.attribute in found:
            found[row.attribute].add(row.actor)
    return found


def _statsmodels() -> Any:
    try:
        import statsmodels.api
    except ImportError:
        raise RapalloError("gravity needs statsmodels: pip install 'rapallo[estimate]'") from None
    return statsmodels.api
