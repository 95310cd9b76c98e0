"""One measure over all runs of an ensemble, and the record's beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from rapallo.errors import RapalloError

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of a band, where not asked otherwise: the median, the middle half and the middle nine tenths."""


@dataclass(frozen=True, slots=True, eq=False)
class MeasureOfRuns:
    """What a measure gave in every run.

    Parameters
    ----------
    name, says, unit
        The measure's.
    shape
        ``number``, ``yearly`` or ``actor``.
    values
        Runs × key: dates, actors, or the one key ``value`` of a number. NaN is "no answer in this
        run": the state never was recognised, say.
    record
        The record's values by the same keys, taken over the same span; NaN where it is silent.
    """

    name: str
    says: str
    unit: str
    shape: str
    values: pd.DataFrame
    record: pd.Series[float]

    def __repr__(self) -> str:
        keys = (
            ""
            if self.shape == "number"
            else f" × {self.values.shape[1]} {'years' if self.shape == 'yearly' else 'actors'}"
        )
        unit = f", {self.unit}" if self.unit else ""
        return f"<MeasureOfRuns {self.name!r}: {len(self.values)} runs{keys}{unit}>"

    def band(self, levels: Sequence[float] = LEVELS) -> pd.DataFrame:
        """Give quantiles over the runs, key × level.

        Runs without an answer are passed over; :attr:`share` says how many have one.

        Parameters
        ----------
        levels
            Quantiles between 0 and 1.

        Raises
        ------
        RapalloError
            If a level lies outside 0 to 1.
        """
        import numpy as np
        import pandas as pd

        if not len(levels) or not all(0.0 <= level <= 1.0 for level in levels):
            raise RapalloError(f"levels={list(levels)!r}: give quantiles between 0 and 1, such as 0.05, 0.5, 0.95")
        numbers = self.values.to_numpy()
        bands = np.full((numbers.shape[1], len(levels)), np.nan)
        for place, column in enumerate(numbers.T):
            known = column[~np.isnan(column)]
            if len(known):
                # a value that some run had, so that a band of counts is made of counts
                bands[place] = np.quantile(known, levels, method="inverted_cdf")
        return pd.DataFrame(bands, index=self.values.columns, columns=pd.Index(levels, name="quantile"))

    @property
    def share(self) -> pd.Series[float]:
        """Share of the runs that have an answer, by key."""
        return self.values.notna().mean().rename("share")

    def frame(self) -> pd.DataFrame:
        """Give the band, the share of runs with an answer, and the record, by key."""
        return self.band().assign(share=self.share, record=self.record)

    def plot(self, **options: Any) -> Any:
        """Draw the measure against the record, by its shape; gives a Matplotlib figure."""
        from rapallo.report.plots import plot_measure

        return plot_measure(self, **options)

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}<br>{escape(self.says)}</p>{self.frame().to_html()}"
