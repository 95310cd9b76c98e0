"""A named change to a scenario, which prints as a sentence."""

from __future__ import annotations

import functools
import hashlib
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rapallo.errors import Problem, RapalloError, ScenarioError, UnknownNameError, nearest
from rapallo.record.folder import Folder
from rapallo.scenario.change import Change, Contest, read_change
from rapallo.scenario.change_facts import DATED_FACT, facts_of
from rapallo.scenario.scenario import Scenario
from rapallo.scenario.toml_file import TomlFile, read_toml

FILE = "interventions.toml"


@dataclass(frozen=True, slots=True)
class Intervention:
    """One or more changes, made together.

    Parameters
    ----------
    name
        Its id.
    changes
        What it changes, in order.
    says
        One sentence, where the scenario gives it; else the changes' own.
    debate
        What literature debates the question, where the scenario says so.
    """

    name: str
    changes: tuple[Change, ...]
    says: str = ""
    debate: str = ""

    def sentences(self, scenario: Scenario) -> tuple[str, ...]:
        """Say each change in words, as it meets the scenario that those before it have made."""
        worlds = self._worlds(scenario)
        return tuple(change.sentence(world) for change, world in zip(self.changes, worlds, strict=False))

    def begins(self, scenario: Scenario) -> str:
        """Give the first day on which it changes anything: the start, where a change has no date."""
        return min(max(change.begins(scenario), scenario.start) for change in self.changes)

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario; its name and fingerprint tell it from the one it was made of."""
        made = self._worlds(scenario)[-1]
        text = "; ".join(change.stamp(scenario) for change in self.changes)
        stamp = hashlib.blake2b(f"{scenario.fingerprint}|{text}".encode(), digest_size=16).hexdigest()
        done = (*scenario.changes, *(change.text for change in self.changes))
        return replace(made, name=f"{scenario.name}+{self.name}", fingerprint=stamp, changes=done, _kept={})

    def _worlds(self, scenario: Scenario) -> list[Scenario]:
        """Give the scenario, and what each change has made of it in turn."""
        worlds = [scenario]
        for change in self.changes:
            try:
                worlds.append(change.apply(worlds[-1]))
            except UnknownNameError as error:
                raise self._taken_along(error, worlds) or error from None
        return worlds

    def _taken_along(self, error: UnknownNameError, worlds: Sequence[Scenario]) -> RapalloError | None:
        """Say of a fact that is no longer there which of the changes before has taken it along."""
        if error.kind != DATED_FACT:
            return None
        for change, before, after in zip(self.changes, worlds, worlds[1:], strict=False):
            if error.name in facts_of(before) and error.name not in facts_of(after):
                return RapalloError(
                    f"{error.name} is gone already: {change.text!r} takes it along, as the same event or as what "
                    f"depends on it; leave this change out, or write '{change.text} alone', which keeps what only "
                    "depends on it"
                )
        return None

    def __add__(self, other: Intervention) -> Intervention:
        """Make both, one after the other."""
        return Intervention(
            f"{self.name}; {other.name}",
            (*self.changes, *other.changes),
            " ".join(filter(None, (self.says, other.says))),
            " ".join(filter(None, (self.debate, other.debate))),
        )


def interventions(scenario: Scenario) -> dict[str, Intervention]:
    """Give the interventions that a scenario's folder names.

    Raises
    ------
    ScenarioError
        With every line of ``interventions.toml`` that cannot be read.
    """
    path = scenario.folder / FILE
    return read_interventions(path) if path.exists() else {}


def read_interventions(path: Path) -> dict[str, Intervention]:
    """Read a file of interventions: a table each, with ``changes`` and, if you like, ``says`` and ``debate``.

    Raises
    ------
    ScenarioError
        With every line that cannot be read.
    """
    problems: list[Problem] = []
    if not path.is_file():
        raise RapalloError(f"there is no file {str(path)!r}")
    file = read_toml(Folder.at(path.parent), path.name, problems)
    if file is None:
        raise ScenarioError(problems, str(path.parent))
    found = {}
    for name, table in file.data.items():
        wrong = list(_not_right(file, name, table))
        problems += wrong
        if wrong:
            continue
        changes = []
        for each in table["changes"]:
            try:
                changes.append(read_change(str(each)))
            except RapalloError as error:
                problems.append(file.problem((name, "changes"), str(error)))
        found[name] = Intervention(name, tuple(changes), str(table.get("says", "")), str(table.get("debate", "")))
    if problems:
        raise ScenarioError(problems, str(path.parent))
    return found


_KEYS = ("changes", "says", "debate")


def _not_right(file: TomlFile, name: str, table: object) -> Iterator[Problem]:
    if not isinstance(table, dict):
        yield file.problem((name,), "is no table", f"write [{name}] and below it changes = […]")
        return
    for key in table:
        if key not in _KEYS:
            yield file.problem((name, key), "is no key of an intervention", nearest(key, _KEYS).removeprefix("; "))
    if not isinstance(table.get("changes"), list) or not table["changes"]:
        yield file.problem((name,), "changes nothing", 'write changes = ["…"]')


def read_intervention(scenario: Scenario, texts: str | Sequence[str]) -> Intervention:
    """Read an intervention: names of the scenario's own, changes in words and files, separated by ``;``.

    Of a file (``my.toml``) all interventions are made, one after the other; ``my.toml#name`` means one of them.

    Raises
    ------
    RapalloError
        If a part is neither; a misspelt name gets the nearest.
    """
    shipped = interventions(scenario)
    parts = [part.strip() for text in ([texts] if isinstance(texts, str) else texts) for part in text.split(";")]
    found: list[Intervention] = []
    for part in filter(None, parts):
        path, _, name = part.partition("#")
        if part in shipped:
            found.append(shipped[part])
        elif path.endswith(".toml") and not path.startswith("contest "):
            own = read_interventions(Path(path))
            if name and name not in own:
                raise UnknownNameError(f"intervention of {path}", name, own)
            found += [own[name]] if name else own.values()
        elif " " not in part and not shipped:
            raise RapalloError(
                f"no intervention is called {part!r}, for this scenario names none; say a change in words: "
                "'off PROCESS'"
            )
        elif " " not in part:
            raise UnknownNameError("intervention", part, shipped)
        else:
            change = read_change(part)
            # a file has one name, from wherever it is given
            name = f"contest {Path(change.parts['file']).name}" if isinstance(change, Contest) else change.text
            found.append(Intervention(name, (change,)))
    if not found:
        raise RapalloError("an intervention changes something; give a name, or a change in words")
    made = functools.reduce(operator.add, found)
    changes = tuple(each.in_place(scenario) if isinstance(each, Contest) else each for each in made.changes)
    made = replace(made, changes=changes)
    made.apply(scenario)  # what cannot be done is said now, not when half of it has run
    return made
