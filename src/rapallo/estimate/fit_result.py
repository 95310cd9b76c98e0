"""What a fit found: numbers and words, no closures."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import UnknownNameError
from rapallo.estimate.imputation import Imputation, p_values

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.estimate.goodness import GoodnessOfFit
    from rapallo.estimate.pool import Pooled
    from rapallo.estimate.residuals import Residuals


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What :func:`rapallo.fit` was asked: formula, data, and every other argument by name."""

    formula: Any
    data: Any
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class FitResult:
    """The estimates of one model, how they were come by, and how well each act was expected.

    Parameters
    ----------
    model
        ``choice``, ``rate``, ``coordination``, ``intensity``, ``consent`` or ``joint``.
    events
        What the acts are.
    formula
        What moves them, as given.
    names
        Of the parameters.
    coef, se
        Estimates and standard errors; a standard error is NaN where the parameter was fixed or
        has no finite estimate.
    covariance
        Inverse information (of the posterior where there are priors), zero for fixed parameters.
    lower, upper
        Interval at ``level``.
    interval
        ``wald`` or ``profile``; ``student`` over draws of the data.
    level
        Of the intervals.
    log_likelihood
        At the estimates.
    log_likelihood_start
        At the start: no effect at all (for timed models: one rate for all).
    acts, censored
        How many acts the likelihood runs over, and how many intervals ended without one.
    left_out
        Acts left out because a statistic was missing.
    iterations, converged, largest_score
        How the climb ended.
    method
        ``maximum likelihood`` or ``maximum a posteriori``.
    prior
        Name to mean and standard deviation, where stated.
    fixed
        Names of the parameters that were held.
    missing
        The rule for missing values.
    options
        Mean number of options an act was one of.
    surprise
        One row per act: ``time``, ``sender``, ``receiver``, ``row``, ``log_probability``
        (that it was this one, given that one came then); of a record also ``id``, ``date``, ``title`` and
        ``source``.
    warnings
        What a reader must know.
    facts
        Versions and switches behind the numbers.
    imputation
        Where dates and readings were drawn: what the draws say. Log-likelihood and criteria are
        then means over the draws, and ``surprise`` says in how many draws an act counted.
    """

    model: str
    events: str
    formula: str
    names: tuple[str, ...]
    coef: NDArray[np.float64]
    se: NDArray[np.float64]
    covariance: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    interval: str
    level: float
    log_likelihood: float
    log_likelihood_start: float
    acts: int
    censored: int
    left_out: int
    iterations: int
    converged: bool
    largest_score: float
    method: str
    prior: Mapping[str, tuple[float, float]]
    fixed: tuple[str, ...]
    missing: str
    options: float
    surprise: pd.DataFrame = field(repr=False)
    warnings: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    imputation: Imputation | None = None
    pooled: Pooled | None = None
    residuals: Residuals | None = field(default=None, repr=False)
    asked: Asked | None = field(default=None, repr=False)

    @property
    def parameters(self) -> int:
        """How many parameters were estimated; the scale of a pooled term is one, its deviations are none."""
        return len(self.names) - len(self.fixed) + (0 if self.pooled is None else len(self.pooled.scales))

    @property
    def observations(self) -> int:
        """Acts and censored intervals together: what information criteria count."""
        return self.acts + self.censored

    @property
    def z(self) -> NDArray[np.float64]:
        """Estimates in standard errors."""
        return self.coef / self.se

    @property
    def p(self) -> NDArray[np.float64]:
        """Two-sided p-values of the normal approximation (over draws of the data: of Student's)."""
        if self.imputation is not None:
            return p_values(self.z, self.imputation.freedom)
        return np.array([math.erfc(abs(z) / math.sqrt(2.0)) if z == z else math.nan for z in self.z])

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2.0 * self.parameters - 2.0 * self._counted

    @property
    def aicc(self) -> float:
        """Akaike's criterion, corrected for small samples."""
        k = self.parameters
        left = self.observations - k - 1
        return self.aic + 2.0 * k * (k + 1) / left if left > 0 else math.nan

    @property
    def bic(self) -> float:
        """Schwarz's criterion."""
        return self.parameters * math.log(self.observations) - 2.0 * self._counted

    @property
    def _counted(self) -> float:
        return self.log_likelihood if self.pooled is None else self.pooled.marginal

    def __getitem__(self, name: str) -> float:
        """Give one estimate by its term."""
        if name not in self.names:
            raise UnknownNameError("parameter", name, self.names)
        return float(self.coef[self.names.index(name)])

    def __repr__(self) -> str:
        state = "converged" if self.converged else "NOT CONVERGED"
        return (
            f"<FitResult {self.model} of {self.events}: {len(self.names)} parameters, {self.acts} acts, "
            f"log-likelihood {self.log_likelihood:.3f}, {state}>"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give a tidy table: one row per parameter."""
        import pandas as pd

        drawn = self.imputation
        more = {} if drawn is None else {"df": drawn.freedom, "missing_information": drawn.missing_information}
        return pd.DataFrame(
            {
                "term": self.names,
                "estimate": self.coef,
                "se": self.se,
                "z": self.z,
                "p": self.p,
                "lower": self.lower,
                "upper": self.upper,
                **more,
            }
        )

    def summary(self) -> str:
        """Give the table that the field expects, with what stands behind it."""
        rows = [
            ("", "estimate", "SE", "z", "p", f"{100 * self.level:g} % interval"),
            *(
                (
                    name + (" (fixed)" if name in self.fixed else ""),
                    f"{c:.6f}",
                    _number(s, ".6f"),
                    _number(z, ".3f"),
                    _number(p, ".2g"),
                    f"{_number(low, '.4f')} … {_number(high, '.4f')}",
                )
                for name, c, s, z, p, low, high in zip(
                    self.names, self.coef, self.se, self.z, self.p, self.lower, self.upper, strict=True
                )
            ),
        ]
        widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
        table = [
            row[0].ljust(widths[0])
            + "  "
            + "  ".join(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))
            for row in rows
        ]
        return "\n".join([self._title(), *table, *self._foot()])

    def _title(self) -> str:
        return f"{self.model} of {self.events}: {self.formula}   ({self.method})"

    def _foot(self) -> list[str]:
        lines = [
            f"log-likelihood {self.log_likelihood:.6f} (at the start {self.log_likelihood_start:.3f})   "
            f"AIC {self.aic:.3f}   AICc {self.aicc:.3f}   BIC {self.bic:.3f}",
            f"{self.acts} acts"
            + (f", {self.censored} intervals without one" if self.censored else "")
            + (f", {self.left_out} acts left out for a missing value" if self.left_out else "")
            + f"; {self.options:.1f} options at a time on average; missing values: {self.missing}",
            ("converged" if self.converged else "DID NOT CONVERGE")
            + f" after {self.iterations} steps, largest score {self.largest_score:.1e}; {self._intervals}",
        ]
        if self.pooled is not None:
            lines += [
                f"{row.term} differs by {row.by} ({row.groups} groups) with a standard deviation of {row.scale:.3f}, "
                f"{100 * self.level:g} % interval {row.lower:.3f} … {row.upper:.3f}, p of none {row.p:.2g}"
                for row in self.pooled.scales.itertuples()
            ]
            lines.append(f"log-likelihood with the deviations integrated out {self.pooled.marginal:.3f}")
        if self.imputation is not None:
            most = int(np.argmax(self.imputation.missing_information))
            lines.append(
                f"{self.imputation.draws} draws of dates and readings (seed {self.imputation.seed}), combined by "
                f"Rubin's rules; likelihood and criteria are means over them; most information is missing for "
                f"{self.names[most]} ({100 * self.imputation.missing_information[most]:.0f} %)"
            )
        if self.prior:
            said = ", ".join(f"{name} ~ N({m:g}, {s:g})" for name, (m, s) in self.prior.items())
            lines.append(f"priors: {said}")
        return [*lines, *(f"! {warning}" for warning in self.warnings)]

    @property
    def _intervals(self) -> str:
        if self.imputation is None:
            return f"{self.interval} intervals"
        freedom = self.imputation.freedom[np.isfinite(self.imputation.freedom)]
        span = f" ({freedom.min():.4g} to {freedom.max():.4g})" if len(freedom) else ""
        return f"Student's intervals and p, with Barnard and Rubin's degrees of freedom{span}"

    def _repr_html_(self) -> str:
        table = self.to_frame().to_html(index=False, float_format=lambda x: f"{x:.4f}", border=0)
        foot = "<br>".join(html.escape(line) for line in self._foot())
        return f"<p><b>{html.escape(self._title())}</b></p>{table}<p>{foot}</p>"

    def to_latex(self) -> str:
        """Give a table for LaTeX (with ``booktabs``)."""
        lines = [r"\begin{tabular}{lrrrr}", r"\toprule", r" & estimate & SE & $z$ & $p$ \\", r"\midrule"]
        for name, c, s, z, p in zip(self.names, self.coef, self.se, self.z, self.p, strict=True):
            cells = (f"{c:.3f}", _number(s, ".3f"), _number(z, ".2f"), _number(p, ".3f"))
            lines.append(f"{_latex(name)} & " + " & ".join(cells) + r" \\")
        lines += [
            r"\midrule",
            rf"\multicolumn{{5}}{{l}}{{log-likelihood {self.log_likelihood:.3f}, AIC {self.aic:.2f}, "
            rf"BIC {self.bic:.2f}, {self.acts} acts}} \\",
            rf"\multicolumn{{5}}{{l}}{{{self.method}{self._astray}}} \\",
            r"\bottomrule",
            r"\end{tabular}",
        ]
        return "\n".join(lines)

    @property
    def _astray(self) -> str:
        return "" if self.converged else ", did not converge"

    def goodness_of_fit(self, runs: int = 100, seed: int = 0) -> GoodnessOfFit:
        """Make histories with the model and compare them: :func:`rapallo.estimate.goodness.goodness_of_fit`."""
        from rapallo.estimate.goodness import goodness_of_fit

        return goodness_of_fit(self, runs, seed)

    def unexpected(self, count: int = 10) -> pd.DataFrame:
        """Give the acts that the model expected least, with their surprise in bits."""
        table = self.surprise.copy()
        table["surprise"] = -table["log_probability"] / math.log(2.0)
        return table.sort_values("surprise", ascending=False, kind="stable").head(count)


def quantile(level: float) -> float:
    """Give the normal quantile of a two-sided interval."""
    return NormalDist().inv_cdf(0.5 + level / 2.0)


def _number(value: float, form: str) -> str:
    return "–" if value != value else format(value, form)


def _latex(text: str) -> str:
    return "".join("\\" + each if each in "_%&#$" else each for each in text)
