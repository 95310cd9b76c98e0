"""Every name of a scenario against what it should name, checked as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rapallo.errors import Problem
from rapallo.record.record import Record
from rapallo.record.suggest import suggest
from rapallo.scenario.check_circles import check_circles
from rapallo.scenario.check_model import CheckModel
from rapallo.scenario.check_tables import CheckTables
from rapallo.scenario.check_ties import check_ties
from rapallo.scenario.parameter import Parameter
from rapallo.scenario.parse import Model
from rapallo.scenario.toml_file import TomlFile


def check_names(
    model: Model | None,
    parameters: Mapping[str, Parameter] | None,
    record: Record,
    toml: TomlFile | None,
    numbers: TomlFile | None,
    problems: list[Problem],
    measures: Collection[str] | None = None,
) -> None:
    """Check every name of a scenario against what it should name; add to ``problems``.

    Parameters
    ----------
    model, toml
        What ``scenario.toml`` says, and the file; ``None`` where it could not be read.
    parameters, numbers
        What ``parameters.toml`` says, and the file; ``None`` where it could not be read.
    record
        The tables. What leans on one that could not be read is passed over.
    problems
        Where problems are added.
    measures
        The measures there are; ``None`` leaves their names unchecked.
    """
    if model is not None and toml is not None:
        CheckModel(model, parameters, record, toml, numbers, problems).run()
        for name in model.measures if measures is not None else ():
            if name not in (measures or ()):
                what = f"no measure is called {name!r}"
                problems.append(toml.problem(("measures",), what, suggest(name[:80], measures or ())))
    CheckTables(model, record, problems).run()
    if model is not None:
        check_ties(record, model.layers, problems)
    check_circles(record, problems)
