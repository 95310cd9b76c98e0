"""What a backtest cannot take back: what was chosen by people who had seen the whole record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapallo.experiment.question import LEAST, Question

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario


def look_ahead(scenario: Scenario, question: Question) -> list[str]:
    """Name the look-ahead that remains in a backtest of a scenario, in sentences.

    Examples
    --------
    >>> from rapallo.experiment.question import ask
    >>> from rapallo.scenario.load import load
    >>> look_ahead(load("pair"), ask(load("pair")))[0]
    'Processes and effects: all 2 processes, what moves each, and how long acts are remembered.'
    """
    tuned = [name for name, each in scenario.parameters.items() if each.tuned_on]
    own = [name for name in tuned if name.startswith(f"{question.process}.")]
    observables = sorted({each for name in tuned for each in scenario.parameters[name].tuned_on})
    said = [
        f"Processes and effects: all {len(scenario.processes)} processes, what moves each, and how long acts are "
        "remembered.",
        f"Priors: the assumed value and range of each of the {len(scenario.parameters)} numbers.",
    ]
    if tuned:
        said.append(
            f"Numbers tuned: {len(tuned)} of them were chosen by looking at these observables of the whole record, "
            f"{len(own)} of those in the process {question.process!r} that is scored: {'; '.join(observables)}."
        )
    if scenario.groups:
        said.append(
            f"Lists of actors: who may act on whom ({', '.join(scenario.groups)}) was written down knowing who would."
        )
    said += [
        "Codings: governments' colours, rivals, claims and statuses, and when a status ends, are judged from works "
        "written later; so are capability, product and democracy. A row stays at an origin because of the date it "
        "is of, not the date it was first printed.",
        "Readings and dates: where sources disagree, the reading that counts is the one most certain today.",
        f"The question: the acts counted are those of processes with at least {LEAST} occasions in the whole record.",
        "With the calendar given: cabinets, wars and elections after the origin may themselves follow from acts that "
        "the model is asked for. Numbers that the tables link to such an act are left out; what is not linked is not.",
    ]
    return said
