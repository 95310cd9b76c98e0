"""Fits over draws of uncertain dates and rival readings, combined into one by Rubin's rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError

if TYPE_CHECKING:
    from rapallo.estimate.fit_result import FitResult

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Imputation:
    """What draws of the uncertain data say, and how much of the uncertainty comes from them.

    Parameters
    ----------
    draws, seed
        How many, and the name of their luck.
    estimates, errors
        Of each draw, shape ``(draws, parameters)``.
    log_likelihoods, acts
        Of each draw.
    within, between
        Mean covariance of the fits, and covariance of their estimates.
    freedom
        Degrees of freedom (Barnard & Rubin 1999).
    missing_information
        Share of the information that is lost because the data are uncertain.
    """

    draws: int
    seed: int
    estimates: NDArray[np.float64]
    errors: NDArray[np.float64]
    log_likelihoods: Vector
    acts: NDArray[np.int64]
    within: NDArray[np.float64]
    between: NDArray[np.float64]
    freedom: Vector
    missing_information: Vector


def impute(one: Callable[[int], FitResult], draws: int, seed: int, level: float) -> FitResult:
    """Fit every draw and combine: Rubin's rules, with Barnard and Rubin's degrees of freedom.

    With estimates ``Q_k`` and covariances ``U_k`` of ``m`` draws, the estimate is their mean, its
    covariance ``T = mean(U_k) + (1 + 1/m) cov(Q_k)``, and intervals are Student's.

    Parameters
    ----------
    one
        Fits the draw of a number.
    draws
        How many, two at least.
    seed
        To be noted.
    level
        Of the intervals.

    Raises
    ------
    RapalloError
        If there are fewer than two draws, or a draw cannot be fitted; the message says which.

    References
    ----------
    Rubin (1987), *Multiple Imputation for Nonresponse in Surveys*, ch. 3; Barnard & Rubin (1999),
    Biometrika 86:948-955.
    """
    if draws < 2:
        raise RapalloError("imputation needs two draws at least, and twenty to say how much information is missing")
    from rapallo.estimate.pool import over_draws

    student = _student()
    fits: list[FitResult] = []
    for number in range(draws):
        try:
            fits.append(one(number))
        except RapalloError as error:
            raise RapalloError(f"draw {number} of {draws}: {error}") from error
    first = fits[0]
    estimates = np.array([each.coef for each in fits])
    within = np.mean([each.covariance for each in fits], axis=0)
    between = np.atleast_2d(np.cov(estimates, rowvar=False))
    total = within + (1.0 + 1.0 / draws) * between
    errors = np.array([each.se for each in fits])
    whole = np.isfinite(errors).all(axis=0)
    se = np.where(whole, np.sqrt(np.maximum(np.diag(total), 0.0)), np.nan)
    acts = np.array([each.acts for each in fits])
    freedom, lost = _freedom(np.diag(within), np.diag(between), draws, float(acts.mean()) - first.parameters)
    coef = estimates.mean(axis=0)
    reach = student.stdtrit(freedom, 0.5 + level / 2.0) * se
    warnings = _warnings(fits)
    if not whole.all() and any(not each.converged for each in fits):
        bad = sum(not each.converged for each in fits)
        warnings.insert(0, f"{bad} of {draws} draws have no finite estimate or did not converge: see the warnings")
    if acts.min() != acts.max():
        warnings.append(f"between {acts.min()} and {acts.max()} acts count, depending on the draw")
    return replace(
        first,
        coef=coef,
        se=se,
        covariance=total,
        lower=coef - reach,
        upper=coef + reach,
        interval="student",
        log_likelihood=float(np.mean([each.log_likelihood for each in fits])),
        log_likelihood_start=float(np.mean([each.log_likelihood_start for each in fits])),
        acts=round(float(acts.mean())),
        left_out=round(float(np.mean([each.left_out for each in fits]))),
        iterations=max(each.iterations for each in fits),
        converged=all(each.converged for each in fits),
        largest_score=max(each.largest_score for each in fits),
        options=float(np.mean([each.options for each in fits])),
        surprise=_surprise(fits),
        residuals=None,
        asked=None,
        pooled=over_draws([each.pooled for each in fits if each.pooled is not None]) if first.pooled else None,
        warnings=tuple(warnings),
        imputation=Imputation(
            draws=draws,
            seed=seed,
            estimates=estimates,
            errors=errors,
            log_likelihoods=np.array([each.log_likelihood for each in fits]),
            acts=acts,
            within=within,
            between=between,
            freedom=freedom,
            missing_information=lost,
        ),
    )


def p_values(z: Vector, freedom: Vector) -> Vector:
    """Give two-sided p-values of Student's distribution."""
    found: Vector = 2.0 * _student().stdtr(freedom, -np.abs(z))
    return found


def _freedom(within: Vector, between: Vector, draws: int, complete: float) -> tuple[Vector, Vector]:
    """Give the degrees of freedom and the share of missing information of each parameter."""
    freedom, lost = np.full(len(within), math.inf), np.zeros(len(within))
    complete = max(complete, 1.0)
    for k, (inside, across) in enumerate(zip(within, between, strict=True)):
        if not inside > 0:
            continue
        ratio = (1.0 + 1.0 / draws) * across / inside
        share = ratio / (1.0 + ratio)
        observed = (complete + 1.0) / (complete + 3.0) * complete * (1.0 - share)
        if share > 0:
            freedom[k] = 1.0 / (1.0 / ((draws - 1) / share**2) + 1.0 / observed)
            lost[k] = (ratio + 2.0 / (freedom[k] + 3.0)) / (1.0 + ratio)
        else:
            freedom[k] = observed
    return freedom, lost


def _warnings(fits: Sequence[FitResult]) -> list[str]:
    """Give what every draw warns of, and how often the others warn of something else."""
    counts: dict[str, int] = {}
    for each in fits:
        for word in each.warnings:
            counts[word] = counts.get(word, 0) + 1
    common = [word for word, count in counts.items() if count == len(fits)]
    some = [f"in {count} of {len(fits)} draws: {word}" for word, count in counts.items() if count < len(fits)]
    # what differs from draw to draw is the same complaint with other numbers: the first of each kind is shown
    kinds: dict[str, str] = {}
    for word in some:
        kinds.setdefault("".join(letter for letter in word.partition(": ")[2][:60] if letter.isalpha()), word)
    return [*common, *kinds.values()]


def _surprise(fits: Sequence[FitResult]) -> Any:
    """Give each act once: its mean log-probability, and in how many draws it counted."""
    import pandas as pd

    whole = pd.concat([each.surprise for each in fits], ignore_index=True)
    known = [name for name in ("id", "row", "sender", "receiver") if name in whole]
    if "id" in known:
        known.remove("row")
    columns = list(fits[0].surprise.columns)
    groups = whole.groupby(known, sort=False, dropna=False)
    found = groups.first().reset_index()[columns]
    key = pd.MultiIndex.from_frame(found[known]) if len(known) > 1 else pd.Index(found[known[0]])
    found["log_probability"] = groups["log_probability"].mean().reindex(key).to_numpy()
    found["draws"] = groups.size().reindex(key).to_numpy()
    return found


def _student() -> Any:
    try:
        from scipy import special
    except ImportError:
        raise RapalloError("Student's distribution needs SciPy: pip install 'rapallo[estimate]'") from None
    return special
