"""The numbers of the model as they could be learnt at an origin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from rapallo.errors import RapalloError
from rapallo.record.time import to_text

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.estimate.learned import Learned
    from rapallo.scenario.scenario import Scenario

FURTHEST = 3.0
"""Standard deviations from its mean beyond which no number is drawn: a rate far out runs away."""

COLUMNS = ("process", "parameter", "cases", "prior_mean", "prior_sd", "mean", "sd", "kept")


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """What was learnt at an origin.

    Parameters
    ----------
    learned
        One for each process that the record there bears on.
    held
        Processes that keep their assumed numbers, with the reason.
    """

    learned: tuple[Learned, ...]
    held: dict[str, str]

    def draws(self, number: int, seed: int) -> list[dict[str, float]]:
        """Draw the learnt numbers from the normal approximation of their posterior, process by process."""
        generator = np.random.Generator(np.random.Philox(seed))
        made: list[dict[str, float]] = [{} for _ in range(number)]
        for each in self.learned:
            values, vectors = np.linalg.eigh((each.covariance + each.covariance.T) / 2.0)
            root = vectors * np.sqrt(np.maximum(values, 0.0))
            drawn = each.mean + generator.standard_normal((number, len(each.mean))) @ root.T
            drawn = np.clip(drawn, each.mean - FURTHEST * each.sd, each.mean + FURTHEST * each.sd)
            for row, here in zip(drawn, made, strict=True):
                here |= dict(zip(each.names, row.tolist(), strict=True))
        return made

    def table(self) -> pd.DataFrame:
        """Give one row for each learnt number: its prior, what was learnt, and the share of the prior's spread left."""
        import pandas as pd

        tables = [
            each.to_frame().assign(process=each.process, cases=each.cases)[list(COLUMNS)] for each in self.learned
        ]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame({name: [] for name in COLUMNS})


def learn_numbers(known: Scenario) -> Numbers:
    """Fit every process with a clock that the record bears on, from all that is known.

    The prior is what was assumed, whatever a fit to the whole record has put in its place. A process
    keeps its assumed numbers where nothing of it is recorded, where the coverage table calls its
    record a selection, or where the fit fails.

    Notes
    -----
    What is not recorded (a government's colour, a claim) is taken in the fit for what a run takes it
    for, and dates by the rule of the runs. A fit that draws the unknown estimates what moved those
    who are known better; but its level belongs to the drawn values, and a run that reads them as
    nothing would act two to three times too often.
    """
    from rapallo.estimate.learn import learn

    whole = replace(known, start=to_text(known.record.start), _kept={})
    learned, held = [], {}
    for name, process in known.processes.items():
        if process.given:
            continue
        try:
            learned.append(learn(whole, name, unknown=(), imputations=0))
        except (RapalloError, np.linalg.LinAlgError) as error:
            held[name] = str(error)
    return Numbers(tuple(learned), held)


def as_assumed(scenario: Scenario) -> Scenario:
    """Give a scenario whose every number is what was assumed before any fit to the record."""
    return scenario.with_parameters({name: each.prior[0] for name, each in scenario.parameters.items()})
