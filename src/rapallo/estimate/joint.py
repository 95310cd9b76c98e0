"""The log-likelihood of acts of which sender, receiver and agreement are told together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rapallo.estimate.evaluation import Evaluation
from rapallo.estimate.likelihood import Likelihood, Matrix, Vector


@dataclass(slots=True, eq=False)
class Joint(Likelihood):
    """Who acted, whom it chose, and whether that one agreed, where only what was agreed is seen.

    A sender decides at the rate ``exp(ρ · rate effects)`` and turns to one of the receivers that are open to it;
    what that one refuses leaves no trace. So acts of a sender ``s`` with a receiver ``r`` come with the hazard::

        w(s→r) = exp(ρ · x_s) · softmax_r(β · x_s) · logistic(γ · x_rs)

    and the log-likelihood is ``Σ log w`` over the acts less the integral of ``Σ_s Σ_r w(s→r)`` over time; where only
    the order counts, the sum of ``log w - log Σ_s Σ_r w``. The information is the expected one given the path,
    ``∫ Σ w · (∇ log w)(∇ log w)'``. Without consent it falls apart into that of the rate and that of the choice.

    Parameters
    ----------
    rate
        So many columns of the design, the first ones, weigh how often the sender acts.
    """

    rate: int = 0
    _open: float | None = field(default=None, repr=False)

    def at(self, theta: Vector) -> Evaluation:
        """Evaluate the log-likelihood, its score and its information."""
        found = self._run(theta, False)[0]
        if not np.isfinite(found.value) or not np.isfinite(found.score).all():
            found.value = -np.inf
        return found

    def log_probabilities(self, theta: Vector) -> Vector:
        """Give for each act the log-probability that it was this one, given that one came then."""
        return self._run(theta, False)[0].each[self.cases.acts]

    def moments(self, theta: Vector) -> tuple[Matrix, Matrix, Matrix]:
        """Give for each case what was to be expected of it, as :meth:`Likelihood.moments` does."""
        return self._run(theta, True)[1]

    @property
    def exposure(self) -> float:
        """How long senders that could act were there, all together."""
        if self._open is None:
            self._run(np.zeros(self.design.shape[1]), False)
        return float(self._open or 0.0)

    def _run(self, theta: Vector, told: bool) -> tuple[Evaluation, tuple[Matrix, Matrix, Matrix]]:
        from rapallo.estimate import joint_kernels as kernels

        cases, design, width = self.cases, np.ascontiguousarray(self.design), self.design.shape[1]
        consent = width if self.consent is None else self.consent
        log_rate = design[:, : self.rate] @ theta[: self.rate]
        log_choice = design[:, self.rate : consent] @ theta[self.rate : consent]
        log_agrees = np.zeros(len(design))
        if self.consent is not None:
            log_agrees = -np.logaddexp(0.0, -(design[:, consent:] @ theta[consent:]))
        each, score = np.empty(len(cases)), np.zeros(width)
        information, bend = np.zeros((width, width)), np.zeros((width, width))
        rows = len(cases) if told else 0
        moments = np.zeros((rows, width)), np.zeros((rows, width)), np.zeros((rows, 3))
        exposure = np.zeros(1)
        value = kernels.joint(
            cases.actors,
            self.timed,
            self.rate,
            consent,
            *(cases.vectors, cases.counts, cases.ends, cases.chosen, cases.spent),
            *(log_rate, log_choice, log_agrees, np.exp(log_agrees), design),
            *(each, score, information, bend),
            *moments,
            exposure,
        )
        self._open = float(exposure[0])
        whole = [np.tril(lower) + np.tril(lower, -1).T for lower in (information, bend)]
        return Evaluation(float(value), score, whole[0], each, whole[1]), moments
