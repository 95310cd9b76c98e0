"""The log-likelihood of dated acts: the density of the luck that the engine draws, as a function of the parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rapallo.estimate.cases import Cases
from rapallo.estimate.evaluation import Evaluation
from rapallo.estimate.occasion import Occasion, occasions_of

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

_NEAR = 300.0
"""Log weights within this range of each other can share one scale without underflow."""


@dataclass(slots=True, eq=False)
class Likelihood:
    """Log-likelihood of the acts of a history.

    Parameters
    ----------
    cases
        What they could choose among.
    design
        One column for each parameter over the distinct vectors, shape ``(vectors, parameters)``.
    timed
        Waiting times count too: each option waits exponentially at its weight.
    consent
        The columns of ``design`` from here on weigh the receiver's consent,
        ``logistic(γ · effects)``; ``None`` where none is asked.
    """

    cases: Cases
    design: Matrix
    timed: bool = False
    consent: int | None = None
    _occasions: list[Occasion] | None = field(default=None, repr=False)

    @property
    def occasions(self) -> list[Occasion]:
        """Occasions of several acts, found once."""
        if self._occasions is None:
            self._occasions = occasions_of(self.cases)
        return self._occasions

    def weights(self, theta: Vector) -> tuple[Vector, Matrix, Vector]:
        """Give for each distinct vector its log weight, the gradient of that, and the consent's probability."""
        if self.consent is None:
            return self.design @ theta, self.design, np.ones(len(self.design))
        own, asked = self.design[:, : self.consent], self.design[:, self.consent :]
        odds = asked @ theta[self.consent :]
        agrees = -np.logaddexp(0.0, -odds)
        share = np.exp(agrees)
        gradient = np.concatenate([own, asked * (1.0 - share)[:, None]], axis=1)
        return own @ theta[: self.consent] + agrees, gradient, share

    def at(self, theta: Vector) -> Evaluation:
        """Evaluate the log-likelihood, its score and its information.

        The information is the expected one for coordination (as Stadtfeld, Hollway & Block 2017
        give it) and minus the second derivative otherwise.
        """
        log_weight, gradient, share = self.weights(theta)
        # at wild parameters a weight may overflow; the value is then minus infinity and the step is cut
        with np.errstate(over="ignore", invalid="ignore"):
            if self.timed:
                found = self._timed(log_weight, gradient, share)
            else:
                found = self._ordered(log_weight, gradient, share)
        if not np.isfinite(found.value) or not np.isfinite(found.score).all():
            found.value = -np.inf
        return found

    def _curvature(self, excess: Vector, share: Vector) -> Matrix:
        """Second derivative of the log weights, weighed by how far each vector's acts exceed what was expected."""
        width = self.design.shape[1]
        bend = np.zeros((width, width))
        if self.consent is not None:
            asked = self.design[:, self.consent :]
            bend[self.consent :, self.consent :] = asked.T @ (asked * (excess * -share * (1.0 - share))[:, None])
        return bend

    def _acts(self) -> Vector:
        chosen = self.cases.chosen
        return np.bincount(chosen[chosen >= 0], minlength=len(self.design)).astype(float)

    def _timed(self, log_weight: Vector, gradient: Matrix, share: Vector) -> Evaluation:
        acts = self._acts()
        mass = self.cases.exposure * np.exp(log_weight)
        value = float(acts @ log_weight - mass.sum())
        information = gradient.T @ (gradient * mass[:, None]) - self._curvature(acts - mass, share)
        each = np.full(len(self.cases), np.nan)
        found = Evaluation(value, gradient.T @ (acts - mass), information, each)
        return self._together(found, log_weight, gradient, share, True)

    def _together(
        self, found: Evaluation, log_weight: Vector, gradient: Matrix, share: Vector, timed: bool
    ) -> Evaluation:
        """Count the acts of each occasion as one event."""
        if not self.occasions:
            return found
        mass = np.zeros(len(self.design))
        for occasion in self.occasions:
            occasion.count(found, mass, log_weight, gradient, timed)
        found.score -= gradient.T @ mass
        found.information += gradient.T @ (gradient * mass[:, None]) + self._curvature(mass, share)
        return found

    def _ordered(self, log_weight: Vector, gradient: Matrix, share: Vector) -> Evaluation:
        from rapallo.estimate import likelihood_kernels as kernels

        cases, width = self.cases, self.design.shape[1]
        each = np.empty(len(cases))
        lower = np.zeros((width, width))
        gradient = np.ascontiguousarray(gradient)
        lists = (cases.vectors, cases.counts, cases.ends, cases.chosen)
        if cases.shape == "coordination":
            score = np.zeros(width)
            bend = np.zeros((width, width))
            none = np.empty((0, width))
            room = (each, score, lower, bend, none, np.empty((0, 2)))
            value = kernels.coordination(cases.actors, *lists, log_weight, gradient, *room)
            return Evaluation(float(value), score, _whole(lower), each, _whole(bend))
        expected, mass = np.zeros(width), np.zeros(len(log_weight))
        largest = float(log_weight.max(initial=0.0))
        shifted = log_weight - largest
        arguments = (*lists, shifted, gradient, each, mass, expected, lower)
        if cases.shape == "running":
            value = kernels.running(*arguments, cases.room("counts"), cases.room("place"))
        elif float(shifted.min(initial=0.0)) > -_NEAR:
            value = kernels.quick_choices(*arguments)
        else:
            value = kernels.choices(*arguments)
        acts = self._acts()
        information = _whole(lower) + gradient.T @ (gradient * mass[:, None]) - self._curvature(acts - mass, share)
        evaluation = Evaluation(float(value), gradient.T @ acts - expected, information, each)
        return self._together(evaluation, log_weight, gradient, share, False)

    def __len__(self) -> int:
        return int(self.cases.acts.sum())

    @property
    def exposure(self) -> float:
        """How long all options together were open."""
        return float(self.cases.exposure.sum())

    def largest(self, direction: Vector | None = None) -> Vector:
        """Give the largest absolute value of each column, or of their sum in a direction."""
        values = self.design if direction is None else (self.design @ direction)[:, None]
        return np.asarray(np.abs(values).max(axis=0, initial=0.0))

    def log_probabilities(self, theta: Vector) -> Vector:
        """Give for each act the log-probability that it was this one, given that one came then."""
        log_weight, gradient, share = self.weights(theta)
        return self._ordered(log_weight, gradient, share).each[self.cases.acts]

    def moments(self, theta: Vector) -> tuple[Matrix, Matrix, Matrix]:
        """Give for each case what was to be expected of it.

        Returns
        -------
        tuple
            What was chosen less what was expected, in the units of the score (zero without an act),
            shape ``(cases, parameters)``; the expected gradient; and, shape ``(cases, 3)``, the sum of
            the weights, and mean and variance of the log-probability of what comes.
        """
        from rapallo.estimate import likelihood_kernels as kernels

        cases, width = self.cases, self.design.shape[1]
        log_weight, gradient, _ = self.weights(theta)
        gradient = np.ascontiguousarray(gradient)
        lists = (cases.vectors, cases.counts, cases.ends, cases.chosen)
        about = np.full((len(cases), 3), np.nan)
        if cases.shape == "coordination":
            parts, logs = np.zeros((len(cases), width)), np.full((len(cases), 2), np.nan)
            room = np.zeros(width), np.zeros((width, width)), np.zeros((width, width)), parts, logs
            kernels.coordination(cases.actors, *lists, log_weight, gradient, np.empty(len(cases)), *room)
            about[:, 1:] = logs
            return parts, np.full((len(cases), width), np.nan), about
        mean = np.empty((len(cases), width))
        largest = float(log_weight.max(initial=0.0))
        running = cases.shape == "running"
        kernels.moments(
            running, *lists, log_weight - largest, gradient, mean, about, cases.room("counts"), cases.room("place")
        )
        about[:, 0] *= np.exp(largest)
        real = cases.chosen >= 0
        away = np.zeros_like(mean)
        away[real] = gradient[cases.chosen[real]] - mean[real]
        for occasion in self.occasions:
            occasion.expect(away, mean, log_weight, gradient, self.timed)
        return away, mean, about


def _whole(lower: Matrix) -> Matrix:
    """Fill the upper triangle from the lower one."""
    return np.tril(lower) + np.tril(lower, -1).T


@dataclass(slots=True, eq=False)
class Streamed:
    """The same over blocks that are made anew for every evaluation, where all of them are too large to keep.

    Parameters
    ----------
    parts
        Gives the likelihood of one block after another; their log-likelihoods add up.
    cases
        How many acts there are in all.
    exposure
        How long all options together were open.
    columns
        Largest absolute value of each column.
    timed
        Waiting times count too.
    """

    parts: Callable[[], Iterator[Likelihood]]
    cases: int
    exposure: float
    columns: Vector
    timed: bool = False

    def __len__(self) -> int:
        return self.cases

    def at(self, theta: Vector) -> Evaluation:
        """Evaluate block by block."""
        width = len(theta)
        whole = Evaluation(0.0, np.zeros(width), np.zeros((width, width)), np.empty(0))
        for part in self.parts():
            found = part.at(theta)
            whole.value += found.value
            whole.score += found.score
            whole.information += found.information
            if found.bend is not None:
                whole.bend = found.bend if whole.bend is None else whole.bend + found.bend
        return whole

    def largest(self, direction: Vector | None = None) -> Vector:
        """Give the largest absolute value of each column, or a bound on that of their sum in a direction."""
        return self.columns if direction is None else np.array([np.abs(direction) @ self.columns])

    def log_probabilities(self, theta: Vector) -> Vector:
        """Give for each act the log-probability that it was this one, given that one came then."""
        return np.concatenate([part.log_probabilities(theta) for part in self.parts()])
