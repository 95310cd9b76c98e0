"""From cases to estimates: the same for event data and for a scenario's record."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.estimate.cases import Cases
from rapallo.estimate.census import Census, take_census
from rapallo.estimate.design import Layout
from rapallo.estimate.diagnose import check_information, find_separation
from rapallo.estimate.fit_result import FitResult, quantile
from rapallo.estimate.joint import Joint
from rapallo.estimate.likelihood import Likelihood, Streamed
from rapallo.estimate.maximise import Prior, Top, maximise
from rapallo.estimate.moments import Moments
from rapallo.estimate.pool import Pooled, Scaled, choose_scales, tables
from rapallo.estimate.residuals import residuals_of
from rapallo.system.history import to_iso

INTERVALS = ("wald", "profile")


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the estimates are to be come by; every field is explained at :func:`rapallo.fit`."""

    prior: Mapping[str, tuple[float, float]] | float | None = None
    fixed: Mapping[str, float] | None = None
    initial: Mapping[str, float] | None = None
    interval: str = "wald"
    level: float = 0.95
    tolerance: float = 1e-8
    pool: Mapping[str, str | Sequence[str]] | None = None


def solve(
    blocks: Callable[[], Iterator[Cases]],
    layout: Layout,
    wishes: Wishes,
    *,
    model: str,
    timed: bool,
    censored: int,
    events: str,
    formula: str,
    missing: str,
    table: Callable[[NDArray[np.int64]], Any],
    warnings: list[str],
    facts: Mapping[str, Any],
    label: Callable[[str, int], str] = lambda by, code: str(code),
) -> FitResult:
    """Climb to the top of the likelihood and say what stands there.

    ``blocks`` gives the cases, block after block, each time it is called; ``table`` the rows of given
    acts; ``label`` names the group of a number.
    """
    import rapallo

    if not layout.columns and not layout.pools:
        raise RapalloError("the formula has no term that could be estimated")
    if layout.pools and wishes.interval != "wald":
        raise RapalloError("with pool=… intervals are Wald's; leave interval='wald'")
    blocks = _kept_where_whole(blocks)
    places: list[list[int]] = []
    codes: list[list[int]] = []
    if layout.pools:
        codes = _groups(blocks, layout)
        layout, places = layout.parted(codes)
    names = tuple(column.name for column in layout.columns)
    deviates = np.isin(np.arange(len(names)), [place for where in places for place in where])

    def parts() -> Iterator[Likelihood]:
        for cases in blocks():
            design = layout.design(cases.statistics)
            if model == "consent":
                design[-1] = 0.0  # refusing weighs nothing
            if model == "joint":
                yield Joint(cases, design, timed, layout.consent, rate=layout.rate)
            else:
                kind = Moments if cases.drawn is not None else Likelihood
                yield kind(cases, design, timed, layout.consent)

    own = len(names) if layout.consent is None else layout.consent
    census = take_census(parts(), own - int(deviates.sum()), model == "consent")
    if not census.cases:
        raise RapalloError(f"no act of {events} lies between start and end: nothing can be estimated")
    likelihood: Likelihood | Streamed = census.only or Streamed(
        parts, census.cases, census.exposure, census.largest, timed
    )
    prior = _prior(wishes.prior, names, census.alike | deviates)
    free = np.array([name not in (wishes.fixed or {}) for name in names])
    start = _start(census, names, wishes, timed)
    if model == "joint" and layout.consent is not None:
        start = _away_from_half(start, names, layout.consent, census.largest, wishes)
    what = f"{model}s" if model in ("choice",) else "acts"
    first = likelihood.at(start)
    if not math.isfinite(first.value):
        raise RapalloError("the likelihood is not finite at the start; look for a statistic of enormous size")
    bare = free & ~deviates & (True if prior is None else ~np.isfinite(prior.deviation))
    check_information(likelihood, first, names, bare, what)
    method = "maximum likelihood" if prior is None else "maximum a posteriori"
    scaled: Scaled | None = None
    if places:
        for pool, where in zip(layout.pools, places, strict=True):
            if not (np.diag(first.information)[where] > 1e-9 * census.cases).any():
                raise RapalloError(
                    f"`{pool.term}` by {pool.by} is the same for every option of every act: its differences cannot "
                    "be told from nothing; leave it out of pool=…"
                )
        scaled = choose_scales(likelihood.at, start, free, prior, places, wishes.level, wishes.tolerance)
        top = scaled.top
        method = f"{'restricted ' if prior is None else ''}{method}, scales by the marginal likelihood"
    else:
        top = maximise(likelihood.at, start, free, prior, tolerance=wishes.tolerance)
    separated = find_separation(likelihood, top, first, names, bare, what)
    astray = sorted({k for who, _ in separated for k in who})
    covariance, se = _covariance(top, free, astray)
    if scaled is not None:
        covariance += scaled.more
        se = np.where(np.isnan(se), se, np.sqrt(np.maximum(np.diag(covariance), 0.0)))
    warnings = [*warnings, *(sentence for _, sentence in separated)]
    if not top.converged and not separated:
        warnings.append(
            f"the climb ended after {top.iterations} steps with a score of {np.abs(top.score[free]).max():.1e}: "
            "do not use these estimates"
        )
    lower, upper = _intervals(likelihood, top, free, prior, se, wishes, astray)
    surprise = table(census.acts)
    surprise["log_probability"] = likelihood.log_probabilities(top.theta)
    pooled = None
    if scaled is not None:
        pooled = _pooled(scaled, layout, codes, places, se, surprise, label, model)
        warnings += _of_scales(pooled)
    left_out = census.left_out
    if left_out:
        lost = surprise[surprise["log_probability"].isna()].head(5)
        who = "; ".join(f"row {row.row}, {row.sender} → {row.receiver}" for row in lost.itertuples())
        more = "; …" if left_out > len(lost) else ""
        warnings.append(
            f"{left_out} of {census.cases} acts are left out because a statistic of theirs is missing ({who}{more})"
        )
    shown = np.flatnonzero(~deviates)
    names = tuple(names[k] for k in shown)
    return FitResult(
        model=model,
        events=events,
        formula=formula,
        names=names,
        coef=top.theta[shown],
        se=se[shown],
        covariance=covariance[np.ix_(shown, shown)],
        lower=lower[shown],
        upper=upper[shown],
        interval=wishes.interval,
        level=wishes.level,
        log_likelihood=top.likelihood,
        log_likelihood_start=first.value,
        acts=census.cases - left_out,
        censored=censored,
        left_out=left_out,
        iterations=top.iterations,
        converged=top.converged and not separated,
        largest_score=float(np.abs(top.score[free]).max(initial=0.0)),
        method=method,
        prior={} if prior is None else _stated(Prior(prior.mean[shown], prior.deviation[shown]), names),
        fixed=tuple(name for name in names if name in (wishes.fixed or {})),
        missing=missing,
        options=census.options,
        surprise=surprise,
        warnings=tuple(warnings),
        facts={
            "rapallo": rapallo.__version__,
            "numpy": np.__version__,
            "tolerance": wishes.tolerance,
            "distinct vectors": census.vectors,
            "exposure": census.exposure,
            "blocks": census.blocks,
            **facts,
        },
        pooled=pooled,
        # of the time between drawn moments nothing is known
        residuals=None
        if timed and facts.get("controls")
        else residuals_of(
            [census.only] if census.only else parts(),
            top.theta,
            shown,
            names,
            covariance[np.ix_(shown, shown)],
            surprise,
            timed,
        ),
    )


def _kept_where_whole(blocks: Callable[[], Iterator[Cases]]) -> Callable[[], Iterator[Cases]]:
    """Keep the cases of a history that fits into one block, so that it unfolds once only."""
    kept: list[Cases] = []

    def give() -> Iterator[Cases]:
        if kept:
            yield kept[0]
            return
        only, count = None, 0
        for cases in blocks():
            only, count = cases, count + 1
            yield cases
        if count == 1 and only is not None:
            kept.append(only)

    return give


def _groups(blocks: Callable[[], Iterator[Cases]], layout: Layout) -> list[list[int]]:
    """Give the groups of each pooled term that are ever among the options."""
    found: list[set[int]] = [set() for _ in layout.pools]
    for cases in blocks():
        for seen, pool in zip(found, layout.pools, strict=True):
            column = cases.statistics[:, pool.group]
            seen.update(int(code) for code in np.unique(column[np.isfinite(column)]))
    for seen, pool in zip(found, layout.pools, strict=True):
        if len(seen) < 2:
            raise RapalloError(f"`{pool.term}` by {pool.by}: there are {len(seen)} groups; pooling needs two at least")
    return [sorted(each) for each in found]


def _pooled(
    scaled: Scaled,
    layout: Layout,
    codes: Sequence[Sequence[int]],
    places: Sequence[Sequence[int]],
    se: NDArray[np.float64],
    surprise: Any,
    label: Callable[[str, int], str],
    model: str,
) -> Pooled:
    """Name the groups and count their acts."""
    counted = surprise[surprise["log_probability"].notna()]
    terms, groups, acts = [], [], []
    for pool, found in zip(layout.pools, codes, strict=True):
        place = next((k for k, each in enumerate(layout.columns) if each.name == pool.term and each.group < 0), -1)
        terms.append((pool.term, pool.by, float(scaled.top.theta[place]) if place >= 0 else 0.0))
        groups.append([label(pool.by, code) for code in found])
        if pool.by == "year":
            whose = [[to_iso(float(time))[:4] for time in counted["time"]]]
        else:
            whose = [counted[side] for side in (("sender", "receiver") if model == "coordination" else (pool.by,))]
        acts.append(
            [sum(int((np.asarray(each, dtype=object) == group).sum()) for each in whose) for group in groups[-1]]
        )
    return tables(scaled, terms, places, groups, se, acts)


def _of_scales(pooled: Pooled) -> list[str]:
    """Say where groups do not differ, and where they are too few to tell."""
    found = []
    for row in pooled.scales.itertuples():
        if row.scale == 0.0:
            found.append(
                f"`{row.term}` does not differ by {row.by} beyond chance: the scale is 0 (at most {row.upper:.2g})"
            )
        if row.groups < 6:
            found.append(f"`{row.term}`: {row.groups} groups say little of how much they differ")
    return found


def _prior(
    said: Mapping[str, tuple[float, float]] | float | None, names: tuple[str, ...], alike: NDArray[np.bool_]
) -> Prior | None:
    if said is None:
        return None
    mean, deviation = np.zeros(len(names)), np.full(len(names), np.inf)
    if isinstance(said, Mapping):
        for name, (centre, spread) in said.items():
            if name not in names:
                raise UnknownNameError("parameter (in prior)", name, names)
            mean[names.index(name)], deviation[names.index(name)] = centre, spread
    else:
        deviation[~alike] = float(said)
    if not (deviation > 0).all():
        raise RapalloError("the standard deviation of a prior must be above zero")
    return Prior(mean, deviation)


def _stated(prior: Prior, names: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    return {
        name: (float(m), float(s))
        for name, m, s in zip(names, prior.mean, prior.deviation, strict=True)
        if math.isfinite(s)
    }


def _start(census: Census, names: tuple[str, ...], wishes: Wishes, timed: bool) -> NDArray[np.float64]:
    start = np.zeros(len(names))
    if timed:
        if not census.exposure > 0:
            raise RapalloError("no time passes between the first and the last change: there are no waiting times")
        alike = np.flatnonzero(census.alike)
        if len(alike):
            start[alike[0]] = math.log(max(census.cases - census.left_out, 1) / census.exposure)
    for said in (wishes.initial or {}, wishes.fixed or {}):
        for name, value in said.items():
            if name not in names:
                raise UnknownNameError("parameter", name, names)
            start[names.index(name)] = value
    return start


def _away_from_half(
    start: NDArray[np.float64],
    names: tuple[str, ...],
    consent: int,
    largest: NDArray[np.float64],
    wishes: Wishes,
) -> NDArray[np.float64]:
    """Begin where consent is not one half for all: there it would be no other than a rate."""
    said = {**(wishes.initial or {}), **(wishes.fixed or {})}
    for k in range(consent, len(names)):
        if names[k] not in said and largest[k] > 0:
            start[k] = (0.5 - 0.2 * ((k - consent) % 3)) / largest[k]
    return start


def _covariance(top: Top, free: NDArray[np.bool_], lost: list[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    width = len(top.theta)
    covariance, se = np.zeros((width, width)), np.full(width, np.nan)
    at = np.array([k for k in np.flatnonzero(free) if k not in lost], dtype=int)
    if len(at):
        inside = top.information[np.ix_(at, at)]
        scale = 1.0 / np.sqrt(np.maximum(np.diag(inside), 1e-300))
        try:
            inverse = np.linalg.inv(inside * np.outer(scale, scale)) * np.outer(scale, scale)
        except np.linalg.LinAlgError:
            return covariance, se
        covariance[np.ix_(at, at)] = inverse
        se[at] = np.sqrt(np.where(np.diag(inverse) > 0, np.diag(inverse), np.nan))
    return covariance, se


def _intervals(
    likelihood: Likelihood | Streamed,
    top: Top,
    free: NDArray[np.bool_],
    prior: Prior | None,
    se: NDArray[np.float64],
    wishes: Wishes,
    lost: list[int],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if wishes.interval not in INTERVALS:
        raise UnknownNameError("kind of interval", wishes.interval, INTERVALS)
    if not 0.0 < wishes.level < 1.0:
        raise RapalloError(f"the level of an interval lies between 0 and 1, not at {wishes.level}")
    reach = quantile(wishes.level) * se
    lower, upper = top.theta - reach, top.theta + reach
    if wishes.interval == "profile":
        from rapallo.estimate.profile import profile_interval

        for k in np.flatnonzero(free):
            if k not in lost:
                lower[k], upper[k] = profile_interval(likelihood.at, top, free, int(k), prior, wishes.level)
    return lower, upper
