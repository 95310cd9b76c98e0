"""Proper scores of forecasts at one origin, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import MissingExtraError
from rapallo.experiment.forecast import Forecast
from rapallo.experiment.outcome import Outcome, Pair
from rapallo.experiment.question import HORIZONS
from rapallo.record.time import YEAR

if TYPE_CHECKING:
    import pandas as pd

RULE = "(k + 1/2) / (n + 1)"
"""How k of n draws become a probability, alike for every forecaster: never 0 or 1, so that no log score is infinite."""


def scoring_rules() -> Any:
    """Give the library of scoring rules.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        import scoringrules
    except ImportError:
        raise MissingExtraError(
            "scores need the library scoringrules; install it with: pip install 'rapallo[estimate]'"
        ) from None
    return scoringrules


def probability(draws: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Turn draws, shape ``(draws, …)``, into probabilities by ``RULE``.

    Examples
    --------
    >>> probability(np.array([[True], [False], [False]])).tolist()
    [0.375]
    """
    result: NDArray[np.float64] = (draws.sum(axis=0) + 0.5) / (len(draws) + 1.0)
    return result


def score_pairs(forecast: Forecast, truth: Outcome, pairs: Sequence[Pair], spans: Sequence[float]) -> pd.DataFrame:
    """Score when each pair ties itself.

    Parameters
    ----------
    forecast, truth
        What was forecast, and what came.
    pairs
        The pairs, in the order of both.
    spans
        Days from the origin to each horizon's end.

    Returns
    -------
    pandas.DataFrame
        A row for each pair and horizon: ``probability`` that the tie forms before the horizon's end
        and whether it ``happened``; ``log_score`` (minus the logarithm of the probability given to
        what came) and ``brier``; ``crps`` of the date in years, a date beyond the horizon counting as
        the horizon; ``below`` and ``up_to``, the shares of draws before what came, and up to it.
    """
    import pandas as pd

    rules = scoring_rules()
    tables = []
    for years, span in zip(HORIZONS, spans, strict=True):
        chance = probability(forecast.time < span)
        happened = (truth.time < span).astype(float)
        drawn, came = np.minimum(forecast.time, span) / YEAR, np.minimum(truth.time, span) / YEAR
        tables.append(
            pd.DataFrame(
                {
                    "sender": [sender for sender, _ in pairs],
                    "receiver": [receiver for _, receiver in pairs],
                    "horizon": years,
                    "probability": chance,
                    "happened": happened.astype(bool),
                    "log_score": rules.log_score(happened, chance, backend="numpy"),
                    "brier": rules.brier_score(happened, chance, backend="numpy"),
                    "crps": rules.crps_ensemble(came, drawn.T, backend="numpy") if len(pairs) else [],
                    "below": (drawn < came).mean(axis=0),
                    "up_to": (drawn <= came).mean(axis=0),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def score_counts(forecast: Forecast, truth: Outcome, covered: Mapping[tuple[str, int], bool]) -> pd.DataFrame:
    """Score how many acts there are until each horizon, where the record covers it.

    Returns
    -------
    pandas.DataFrame
        A row for each count and horizon: ``mean``, ``low`` and ``high`` (5 and 95 per cent) of the
        draws, what ``came``, ``crps`` in acts, ``below`` and ``up_to``.
    """
    import pandas as pd

    rules = scoring_rules()
    rows = []
    for what, draws in forecast.counts.items():
        for place, years in enumerate(HORIZONS):
            if not covered[what, years]:
                continue
            drawn, came = draws[:, place].astype(float), float(truth.counts[what][place])
            rows.append(
                {
                    "what": what,
                    "horizon": years,
                    "mean": drawn.mean(),
                    "low": np.quantile(drawn, 0.05),
                    "high": np.quantile(drawn, 0.95),
                    "came": came,
                    "crps": float(rules.crps_ensemble(came, drawn, backend="numpy")),
                    "below": (drawn < came).mean(),
                    "up_to": (drawn <= came).mean(),
                }
            )
    columns = ["what", "horizon", "mean", "low", "high", "came", "crps", "below", "up_to"]
    return pd.DataFrame(rows, columns=columns)
