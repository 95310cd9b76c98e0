"""Loading a scenario: all of it, or a report of everything that is wrong."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import rapallo.scenarios
from rapallo.errors import Problem, RapalloError, ScenarioError, UnknownNameError
from rapallo.record.columns import TABLES
from rapallo.record.folder import Folder, fingerprint, inside
from rapallo.record.record import load_record
from rapallo.record.sources import FILE as SOURCES
from rapallo.record.suggest import suggest
from rapallo.scenario.check_names import check_names
from rapallo.scenario.correlations import FILE as CORRELATIONS
from rapallo.scenario.correlations import read_correlations
from rapallo.scenario.intervention import FILE as INTERVENTIONS
from rapallo.scenario.parameters import FILE as PARAMETERS
from rapallo.scenario.parameters import read_parameters
from rapallo.scenario.parse import FILE as SCENARIO
from rapallo.scenario.parse import Model, parse_model
from rapallo.scenario.scenario import Scenario
from rapallo.scenario.toml_file import TomlFile, read_toml
from rapallo.scenario.warn import warn

BUILT_IN = Path(rapallo.scenarios.__file__).parent


def built_in() -> list[str]:
    """Name the scenarios that come with Rapallo."""
    return sorted(each.name for each in BUILT_IN.iterdir() if (each / SCENARIO).is_file())


def load(scenario: str | Path, measures: Collection[str] | None = None) -> Scenario:
    """Load a scenario.

    Parameters
    ----------
    scenario
        The name of a built-in scenario, or the path of a folder. A plain name is a built-in one if
        there is one of that name; ``./name`` is always a folder.
    measures
        The measures there are, to check the scenario's against; ``None`` leaves them unchecked.

    Raises
    ------
    ScenarioError
        With every problem found; nothing is loaded then.
    UnknownNameError
        If there is neither such a scenario nor such a folder.
    RapalloError
        If the path is not a folder.

    Examples
    --------
    >>> load("pair")
    <Scenario 'pair': 2 actors, 1 layers, 2 processes, 2 parameters, 1920-01-01 to 1930-01-01>
    """
    if isinstance(scenario, str) and scenario in built_in():
        path = BUILT_IN / scenario
    else:
        path = Path(scenario).expanduser()
        if not path.exists():
            if isinstance(scenario, str) and not set(scenario) & set("/\\."):
                raise UnknownNameError("scenario", scenario, built_in())
            raise RapalloError(f"there is no folder {str(scenario)!r}; built-in scenarios: {', '.join(built_in())}")
        if not path.is_dir():
            raise RapalloError(f"{str(scenario)!r} is a file; name the folder that holds scenario.toml")
    return load_folder(Folder.at(path), measures)


def check(scenario: str | Path, measures: Collection[str] | None = None) -> tuple[Problem, ...]:
    """Give everything that is wrong with a scenario; an empty tuple where it would load.

    Takes what :func:`load` takes, and raises as it does where there is no such folder.

    Examples
    --------
    >>> check("pair")
    ()
    """
    try:
        load(scenario, measures)
    except ScenarioError as error:
        return error.problems
    return ()


def load_folder(folder: Folder, measures: Collection[str] | None = None) -> Scenario:
    """Load a scenario from a folder on disk or in memory; raises as :func:`load` does."""
    problems: list[Problem] = []
    toml = read_toml(folder, SCENARIO, problems)
    model = parse_model(toml, problems) if toml is not None else None
    files = _files(model, toml, folder, problems)
    numbers = read_toml(folder, files.get("parameters", PARAMETERS), problems)
    parameters = read_parameters(numbers, problems) if numbers is not None else None
    name = files.get("correlations", CORRELATIONS)
    errors = read_toml(folder, name, problems) if folder.has(name) else None
    together, stale = read_correlations(errors, parameters, problems) if errors and parameters else ((), ())
    tables = load_record(folder, problems, files)
    check_names(model, parameters, tables, toml, numbers, problems, measures)
    if problems or model is None or parameters is None:
        raise ScenarioError(_in_order(problems), str(folder.path or folder.name))
    return Scenario(
        name=folder.name,
        title=model.title,
        says=model.says,
        start=model.start,
        end=model.end,
        layers=model.layers,
        quantities=model.quantities,
        memories=model.memories,
        processes=model.processes,
        yearly=model.yearly,
        institutions=model.institutions,
        votes=model.votes,
        parameters=parameters,
        measures=model.measures,
        tables=tables,
        folder=folder.path or Path(folder.name),
        fingerprint=fingerprint(folder),
        systems=model.systems,
        groups=model.groups,
        correlated=together,
        warnings=(*warn(model, tables), *stale),
    )


def _files(model: Model | None, toml: TomlFile | None, folder: Folder, problems: list[Problem]) -> dict[str, str]:
    """Settle which file holds which table, and name those that are meant for one but miss its name."""
    files: dict[str, str] = {}
    usual = {name: table.file for name, table in TABLES.items()}
    usual |= {"sources": SOURCES, "parameters": PARAMETERS, "correlations": CORRELATIONS}
    for key, name in (model.files if model else {}).items():
        if key not in usual:
            assert toml is not None
            problems.append(toml.problem(("files", key), f"no table is called {key!r}", suggest(key[:80], usual)))
        elif name in files.values() or (name in usual.values() and usual[key] != name):
            assert toml is not None
            problems.append(toml.problem(("files", key), f"{name!r} is the file of another table", "name another"))
        else:
            files[key] = name
            if not inside(name):
                assert toml is not None
                what = f"{name!r} leaves the scenario's folder"
                problems.append(toml.problem(("files", key), what, "name a file inside the folder"))
    expected = {*usual.values(), *files.values(), SCENARIO, INTERVENTIONS}
    for name in folder.names():
        if name.endswith((".csv", ".bib", ".toml", ".tsv", ".xlsx", ".xls", ".ods")) and name not in expected:
            absent = [each for each in expected if each != CORRELATIONS and not folder.has(each)]
            right = suggest(name[:80], absent)
            if right.startswith("did"):
                what = "there is no table of this name, so nothing would read the file"
                problems.append(Problem(name, None, None, what, right))
    return files


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Sort by file and line, and leave out what was found twice."""
    return sorted(dict.fromkeys(problems), key=lambda each: (each.file, each.line or 0))
