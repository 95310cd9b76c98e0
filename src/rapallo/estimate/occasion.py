"""One event with several acts: a conference, a joint note, a treaty of many."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapallo.estimate.cases import Cases
from rapallo.estimate.evaluation import Evaluation

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(slots=True, eq=False)
class Occasion:
    """The acts of one event, none of which has seen another.

    With ``W`` the sum of the weights of all options at that moment and ``w_1 … w_k`` those of the acts, the
    occasion comes at rate ``W`` and picks its acts without putting them back. Their order is not known;
    the weights picked before the next are therefore taken at their mean (Efron 1977)::

        log W + Σ_j log w_j - Σ_{j=0}^{k-1} log(W - (j / k) (w_1 + … + w_k))

    Where only the order of events counts, ``log W`` is absent. With one act this is the usual term.

    Parameters
    ----------
    vectors, counts
        Distinct vectors of the options, and how many options have each.
    places, chosen
        The acts' places among the cases, and the vector that each chose.
    """

    vectors: NDArray[np.int64]
    counts: Vector
    places: NDArray[np.int64]
    chosen: NDArray[np.int64]

    def count(self, found: Evaluation, mass: Vector, log_weight: Vector, gradient: Matrix, timed: bool) -> None:
        """Turn the terms of acts that stand alone into those of the occasion.

        ``mass`` takes what each vector weighs in the first derivative of what is subtracted.
        """
        scale, weights, picked, whole = self._weights(log_weight)
        mean = weights @ gradient[self.vectors] / whole
        for rank, left, pull in self._picks(weights, picked, whole, gradient):
            found.value -= math.log(left) + scale
            mass[self.vectors] += weights / left
            np.subtract.at(mass, self.chosen, rank / len(self.chosen) * picked / left)
            found.information -= np.outer(pull, pull)
            if not timed:
                found.value += math.log(whole) + scale
                mass[self.vectors] -= weights / whole
                found.information += np.outer(mean, mean)
            found.each[self.places[rank]] += math.log(whole) - math.log(left)

    def expect(self, away: Matrix, mean: Matrix, log_weight: Vector, gradient: Matrix, timed: bool) -> None:
        """Turn what was expected of each act into what was expected of each pick."""
        _, weights, picked, whole = self._weights(log_weight)
        for rank, _, pull in self._picks(weights, picked, whole, gradient):
            away[self.places[rank]] += mean[self.places[rank]] - pull
            # nobody waited for what came with another
            mean[self.places[rank]] = 0.0 if timed else pull

    def _weights(self, log_weight: Vector) -> tuple[float, Vector, Vector, float]:
        scale = float(log_weight[self.vectors].max())
        weights = self.counts * np.exp(log_weight[self.vectors] - scale)
        return scale, weights, np.exp(log_weight[self.chosen] - scale), float(weights.sum())

    def _picks(
        self, weights: Vector, picked: Vector, whole: float, gradient: Matrix
    ) -> Iterator[tuple[int, float, Vector]]:
        """Give for each pick after the first its rank, the weight that is left, and the mean gradient over it."""
        all_of, part_of = weights @ gradient[self.vectors], picked @ gradient[self.chosen]
        for rank in range(1, len(self.chosen)):
            share = rank / len(self.chosen)
            left = whole - share * float(picked.sum())
            yield rank, left, (all_of - share * part_of) / left


def occasions_of(cases: Cases) -> list[Occasion]:
    """Find the occasions of several acts among the cases; for coordination there are none.

    There each act of an occasion stays a choice of its own, made before any of the others is known.
    """
    if cases.together is None or cases.shape == "coordination":
        return []
    groups: dict[int, list[int]] = {}
    for place in np.flatnonzero((cases.together >= 0) & (cases.chosen >= 0)):
        groups.setdefault(int(cases.together[place]), []).append(int(place))
    found = []
    for places in groups.values():
        if len(places) < 2:
            continue
        first, last = cases.ends[places[0]], cases.ends[places[0] + 1]
        if cases.shape == "running":
            held = np.bincount(cases.vectors[:last], weights=cases.counts[:last], minlength=len(cases.statistics))
            vectors = np.flatnonzero(held > 0.5)
            counts: Vector = np.asarray(held[vectors], dtype=float)
        else:
            vectors, counts = cases.vectors[first:last], np.asarray(cases.counts[first:last], dtype=float)
        found.append(Occasion(vectors, counts, np.array(places), cases.chosen[places]))
    return found
