"""Say in words what a history cannot tell: constant statistics, those that move together, separation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError
from rapallo.estimate.evaluation import Evaluation
from rapallo.estimate.likelihood import Likelihood, Streamed
from rapallo.estimate.maximise import Top

_NOTHING = 1e-11
_FLAT = 1e-9


class NoInformationError(RapalloError):
    """The acts say nothing of some parameter, whatever its value."""


def check_information(
    likelihood: Likelihood | Streamed, first: Evaluation, names: Sequence[str], free: NDArray[np.bool_], what: str
) -> None:
    """Refuse a model whose parameters the acts cannot tell apart.

    Parameters
    ----------
    likelihood
        Of the model.
    first
        The likelihood's evaluation at the start.
    names
        Of the parameters.
    free
        Which of them are to be estimated (with no prior).
    what
        What the acts are, in the plural.

    Raises
    ------
    NoInformationError
        Naming the statistic that never varies, or those that move together.
    """
    at = np.flatnonzero(free)
    if not len(at):
        return
    count = len(likelihood)
    information = first.information[np.ix_(at, at)]
    largest = likelihood.largest()[at]
    spread = np.sqrt(np.maximum(np.diag(information), 0.0))
    if likelihood.timed:
        reference = likelihood.exposure * np.exp(_mean_log(first, likelihood))
        still = spread**2 <= _NOTHING * largest**2 * max(reference, 1.0)
    else:
        still = spread**2 <= _NOTHING * largest**2 * count
    if still.any():
        name = names[at[int(np.flatnonzero(still)[0])]]
        zero = largest[int(np.flatnonzero(still)[0])] == 0.0
        raise NoInformationError(
            f"`{name}` {'is zero' if zero else 'is the same'} for every option in every one of the {count} {what}: "
            "the acts say nothing of its parameter; leave it out, or give it a prior"
        )
    values, directions = np.linalg.eigh(information / np.outer(spread, spread))
    if values[0] < _FLAT:
        weights = np.abs(directions[:, 0])
        together = [f"`{names[at[k]]}`" for k in range(len(at)) if weights[k] > 0.05]
        raise NoInformationError(
            f"{_and(together)} move together in every one of the {count} {what}: "
            "their parameters cannot be told apart; leave one out, or give them priors"
        )


def find_separation(
    likelihood: Likelihood | Streamed,
    top: Top,
    start: Evaluation,
    names: Sequence[str],
    free: NDArray[np.bool_],
    what: str,
) -> list[tuple[tuple[int, ...], str]]:
    """Find directions in which the likelihood never falls, so that its top lies nowhere.

    Returns
    -------
    list
        For each, the parameters concerned and a sentence.
    """
    at = np.flatnonzero(free)
    if not len(at):
        return []
    ends, begins = np.diag(top.information)[at], np.diag(start.information)[at]
    if top.converged and (ends > 1e-6 * begins).all():
        scaled = top.information[np.ix_(at, at)] / np.sqrt(np.outer(begins, begins))
        if np.linalg.eigvalsh(scaled)[0] > 1e-8:
            return []
    found: list[tuple[tuple[int, ...], str]] = []
    width = len(top.theta)
    for k in at.tolist():
        direction = np.zeros(width)
        direction[k] = np.sign(top.theta[k]) or 1.0
        if _recedes(likelihood, top, direction):
            side = "largest" if direction[k] > 0 else "smallest"
            sentence = (
                f"`{names[k]}` separates the acts: each of the {len(likelihood)} {what} has the {side} value "
                "among its options, so no finite estimate exists; give a prior"
            )
            if likelihood.timed:
                sentence = (
                    f"`{names[k]}` separates the acts: where it is {'smaller' if direction[k] > 0 else 'larger'}, "
                    "nothing ever happened, so no finite estimate exists; give a prior"
                )
            found.append(((k,), sentence))
    if found:
        return found
    scaled = top.information[np.ix_(at, at)] / np.sqrt(np.outer(begins, begins))
    direction = np.zeros(width)
    direction[at] = np.linalg.eigh(scaled)[1][:, 0] / np.sqrt(begins)
    if direction @ top.theta < 0:
        direction = -direction
    if _recedes(likelihood, top, direction):
        reach = np.abs(direction) * likelihood.largest()
        who = [int(k) for k in np.argsort(-reach) if reach[k] > 1e-3 * reach.max()]
        found.append(
            (
                tuple(who),
                f"{_and([f'`{names[k]}`' for k in who])} together separate the acts: a combination of them foretells "
                f"every one of the {len(likelihood)} {what}, so no finite estimate exists; give a prior",
            )
        )
    return found


def _recedes(likelihood: Likelihood | Streamed, top: Top, direction: NDArray[np.float64]) -> bool:
    """Say whether the likelihood never falls in a direction, however far one goes."""
    reach = float(likelihood.largest(direction)[0])
    if reach == 0.0:
        return False
    step = direction / reach
    slack = 1e-9 * max(1.0, abs(top.likelihood))
    values = [likelihood.at(top.theta + far * step).value for far in (1.0, 8.0, 64.0)]
    return all(value >= top.likelihood - slack for value in values)


def _mean_log(first: Evaluation, likelihood: Likelihood | Streamed) -> float:
    acts = len(likelihood)
    exposure = likelihood.exposure
    return float(np.log(max(acts, 1) / exposure)) if exposure > 0 else 0.0


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
