"""The likelihood of acts and waiting times where only some moments of some pairs are looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rapallo.estimate.evaluation import Evaluation
from rapallo.estimate.likelihood import Likelihood, Vector


@dataclass(slots=True, eq=False)
class Moments(Likelihood):
    """Acts told from moments that were drawn at a known intensity: case–base sampling.

    Moments of pairs are drawn by a Poisson process of intensity ``d``, that looks at nothing but what was so before:
    alike for every pair, and as often again for the pairs that have acted before, which act most. Acts come at
    ``w``. Whatever comes next at a pair, act or drawn moment, is an act with probability ``w / (w + d)``, so the
    log-likelihood is that of a logistic regression with the offset ``-log d``::

        Σ_acts log(w / (w + d)) + Σ_drawn log(d / (w + d))

    Its estimates are those of the whole history but for the information that is lost with what was not looked at;
    standard errors count that in. Of an act the log-probability is that of its being told from a drawn moment.

    References
    ----------
    Hanley & Miettinen (2009), Int. J. Biostatistics 5(1):3; Baddeley, Coeurjolly, Rubak & Waagepetersen (2014),
    Biometrika 101:377-392.
    """

    def at(self, theta: Vector) -> Evaluation:
        """Evaluate the log-likelihood, its score and its information."""
        log_weight, gradient, share = self.weights(theta)
        acted, log_odds = self._odds(log_weight)
        with np.errstate(over="ignore"):
            chance = 1.0 / (1.0 + np.exp(-log_odds))
        value = -np.logaddexp(0.0, np.where(acted, -log_odds, log_odds)).sum()
        vectors = self.cases.vectors
        excess = np.asarray(np.bincount(vectors, weights=acted - chance, minlength=len(self.design)), dtype=float)
        spread = np.bincount(vectors, weights=chance * (1.0 - chance), minlength=len(self.design))
        information = gradient.T @ (gradient * spread[:, None]) - self._curvature(excess, share)
        found = Evaluation(float(value), gradient.T @ excess, information, np.full(len(self.cases), np.nan))
        if not np.isfinite(found.value) or not np.isfinite(found.score).all():
            found.value = -np.inf
        return found

    @property
    def exposure(self) -> float:
        """How long all options together were open, as the drawn moments tell it."""
        assert self.cases.drawn is not None
        return float((1.0 / self.cases.drawn[~self._acted()]).sum())

    def log_probabilities(self, theta: Vector) -> Vector:
        """Give for each act the log-probability that it was told from a drawn moment."""
        acted, log_odds = self._odds(self.weights(theta)[0])
        each = np.full(len(self.cases), np.nan)
        each[self.cases.chosen >= 0] = -np.logaddexp(0.0, -log_odds[acted])
        return each[self.cases.acts]

    def _acted(self) -> NDArray[np.bool_]:
        """Which entries are acts: the first of each case that has one."""
        acted = np.zeros(len(self.cases.vectors), dtype=bool)
        acted[self.cases.ends[:-1][self.cases.chosen >= 0]] = True
        return acted

    def _odds(self, log_weight: Vector) -> tuple[NDArray[np.bool_], Vector]:
        assert self.cases.drawn is not None
        return self._acted(), log_weight[self.cases.vectors] - np.log(self.cases.drawn)
