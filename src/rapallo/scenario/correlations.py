"""How the errors of estimates that one fit gave go together: ``correlations.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import nearest
from rapallo.scenario.section import Section

if TYPE_CHECKING:
    from rapallo.errors import Problem
    from rapallo.scenario.parameter import Parameter
    from rapallo.scenario.toml_file import TomlFile

FILE = "correlations.toml"

_RIGHT = "row k holds its correlations with the names before it: [[], [-0.3], [0.1, 0.2]]"


@dataclass(frozen=True, slots=True, eq=False)
class Correlated:
    """Estimates of one fit.

    Parameters
    ----------
    name
        Of the table.
    names
        The parameters.
    correlations
        Of their errors; shape ``(names, names)``, ones on the diagonal, positive definite.
    origin
        Which fit gave them, in words.
    """

    name: str
    names: tuple[str, ...]
    correlations: NDArray[np.float64]
    origin: str


def read_correlations(
    file: TomlFile, parameters: Mapping[str, Parameter], problems: list[Problem]
) -> tuple[tuple[Correlated, ...], tuple[str, ...]]:
    """Read the correlations; gives them, and warnings of those that are not used.

    Each is a table with ``names`` of parameters that have a standard error, ``correlations`` (row k holds those with
    the names before it), ``origin``, and the ``hash`` of the fit. Where the numbers name a fit of another hash the
    correlations are out of date: they are not used, and a warning says so.
    """
    found, warnings = [], []
    taken: dict[str, str] = {}
    for name, values in file.data.items():
        if not isinstance(values, dict):
            problems.append(file.problem((name,), "stands outside a table", f"write [{name}] and names = […] below it"))
            continue
        before = len(problems)
        section = Section(file, (name,), values, problems)
        names = section.texts("names")
        origin = section.text("origin")
        stamp = section.text("hash", "")
        section.know("correlations")
        section.done()
        for each in names:
            if each not in parameters:
                right = nearest(each, parameters).removeprefix("; ")
                problems.append(file.problem((name, "names"), f"no parameter is called {each!r}", right))
            elif each in taken:
                what = f"{each} stands in [{taken[each]}] too"
                problems.append(file.problem((name, "names"), what, "an estimate is of one fit; name it once"))
            taken[each] = name
        rows = values.get("correlations")
        matrix = _matrix(rows, len(names))
        if matrix is None:
            what = f"these are not the correlations of {len(names)} names"
            problems.append(file.problem((name, "correlations"), what, _RIGHT))
        elif len(names) and np.linalg.eigvalsh(matrix)[0] <= 0.0:
            what = "no numbers can be correlated like this: the matrix is not positive definite"
            problems.append(file.problem((name, "correlations"), what, "write them with more digits, or mend them"))
        if len(problems) > before or matrix is None:
            continue
        stale = [
            each
            for each in names
            if parameters[each].standard_error is None
            or (stamp and dict(parameters[each].fit).get("hash", stamp) != stamp)
        ]
        if stale:
            more = f" and {len(stale) - 1} more" if len(stale) > 1 else ""
            warnings.append(
                f"[{name}] of {file.name} is of another fit than {stale[0]}{more}: its numbers are drawn one by one; "
                "run the fit again, or take the table out"
            )
            continue
        found.append(Correlated(name, names, matrix, origin))
    return tuple(found), tuple(warnings)


def _matrix(rows: Any, count: int) -> NDArray[np.float64] | None:
    """Make a full matrix of the rows below its diagonal; ``None`` where they are not such rows."""
    if not isinstance(rows, list) or len(rows) != count:
        return None
    made = np.eye(count)
    for k, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != k:
            return None
        for j, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not -1.0 < value < 1.0:
                return None
            made[k, j] = made[j, k] = value
    return made
