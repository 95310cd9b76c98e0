"""What can be said of a history's cases after one look at every block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapallo.estimate import places as at
from rapallo.estimate.cases import Cases
from rapallo.estimate.likelihood import Likelihood


@dataclass(frozen=True, slots=True, eq=False)
class Census:
    """Counts over all blocks.

    Parameters
    ----------
    only
        The block, where there is one only.
    blocks, cases, left_out, vectors
        How many blocks, acts, acts with a missing statistic, distinct vectors.
    exposure
        How long all options together were open.
    options
        Mean number of options at an act; over time, where waiting times count.
    largest
        Largest absolute value of each column.
    alike
        Which columns are one for every option.
    acts
        For each case, the position of its act.
    """

    only: Likelihood | None
    blocks: int
    cases: int
    left_out: int
    vectors: int
    exposure: float
    options: float
    largest: NDArray[np.float64]
    alike: NDArray[np.bool_]
    acts: NDArray[np.int64]


def take_census(parts: Iterable[Likelihood], own: int, answers: bool) -> Census:
    """Look at every block once.

    Parameters
    ----------
    parts
        The blocks.
    own
        How many columns weigh the act itself, not the consent.
    answers
        The last vector of a block stands for a refusal and has no statistics.
    """
    only: Likelihood | None = None
    blocks = cases = left_out = vectors = 0
    exposure = options = elapsed = 0.0
    largest: NDArray[np.float64] | None = None
    alike: NDArray[np.bool_] | None = None
    acts: list[NDArray[np.int64]] = []
    for part in parts:
        only = part if blocks == 0 else None
        blocks += 1
        real = part.cases.acts
        cases += int(real.sum())
        left_out += int((part.cases.chosen == at.LEFT_OUT).sum())
        vectors += len(part.design)
        exposure += part.exposure
        elapsed += part.cases.elapsed
        options += float(options_at_acts(part.cases)[real].sum())
        ones = (part.design[: len(part.design) - answers] == 1.0).all(axis=0)
        ones[own:] = False
        alike = ones if alike is None else alike & ones
        largest = part.largest() if largest is None else np.maximum(largest, part.largest())
        acts.append(part.cases.act[real])
    assert largest is not None and alike is not None  # a pass gives one block at least
    over_time = elapsed > 0 and part.cases.shape != "senders"
    mean = exposure / elapsed if over_time else options / max(cases, 1)
    return Census(only, blocks, cases, left_out, vectors, exposure, mean, largest, alike, np.concatenate(acts))


def options_at_acts(cases: Cases) -> NDArray[np.float64]:
    """Give how many options there were at each act."""
    if cases.shape in ("coordination", "senders"):
        both = 2.0 if cases.shape == "coordination" else 1.0
        held = np.full(cases.actors**2, False)
        found = np.empty(len(cases))
        for case in range(len(cases)):
            part = slice(cases.ends[case], cases.ends[case + 1])
            held[cases.vectors[part]] = cases.counts[part] >= 0
            found[case] = held.sum() / both
        return found
    totals = np.concatenate([[0], np.cumsum(cases.counts)])[cases.ends]
    return (np.diff(totals) if cases.shape == "listed" else totals[1:]).astype(float)
