"""A named change to a scenario, which prints as a sentence."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapallo.errors import Problem, RapalloError, ScenarioError, UnknownNameError
from rapallo.scenario.change import Change, read_change
from rapallo.scenario.scenario import Scenario

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
        """Say each change in words."""
        return tuple(change.sentence(scenario) for change in self.changes)

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the changed scenario; its name and fingerprint tell it from the one it was made of."""
        made = scenario
        for change in self.changes:
            made = change.apply(made)
        text = "; ".join(change.text for change in self.changes)
        stamp = hashlib.blake2b(f"{scenario.fingerprint}|{text}".encode(), digest_size=16).hexdigest()
        return replace(made, name=f"{scenario.name}+{self.name}", fingerprint=stamp, _kept={})


def interventions(scenario: Scenario) -> dict[str, Intervention]:
    """Give the interventions that a scenario's folder names.

    Raises
    ------
    ScenarioError
        With every line of ``interventions.toml`` that cannot be read.
    """
    path = scenario.folder / FILE
    if not path.exists():
        return {}
    problems: list[Problem] = []
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError([Problem(FILE, None, None, str(error))], str(scenario.folder)) from None
    found = {}
    for name, table in data.items():
        changes = []
        for text in table.get("changes", ()) if isinstance(table, dict) else ():
            try:
                changes.append(read_change(text))
            except RapalloError as error:
                problems.append(Problem(FILE, None, name, str(error)))
        if not changes:
            problems.append(Problem(FILE, None, name, "changes nothing", 'write changes = ["…"]'))
            continue
        found[name] = Intervention(name, tuple(changes), table.get("says", ""), table.get("debate", ""))
    if problems:
        raise ScenarioError(problems, str(scenario.folder))
    return found


def read_intervention(scenario: Scenario, texts: str | Sequence[str]) -> Intervention:
    """Read an intervention: names of the scenario's own and changes in words, separated by ``;``.

    Raises
    ------
    RapalloError
        If a part is neither; a misspelt name gets the nearest.
    """
    shipped = interventions(scenario)
    parts = [part.strip() for text in ([texts] if isinstance(texts, str) else texts) for part in text.split(";")]
    changes: list[Change] = []
    names: list[str] = []
    says: list[str] = []
    debate: list[str] = []
    for part in filter(None, parts):
        if part in shipped:
            changes += shipped[part].changes
            names.append(part)
            says += [shipped[part].says] if shipped[part].says else []
            debate += [shipped[part].debate] if shipped[part].debate else []
        elif " " not in part:
            raise UnknownNameError("intervention", part, shipped)
        else:
            change = read_change(part)
            changes.append(change)
            names.append(change.text)
    if not changes:
        raise RapalloError("an intervention changes something; give a name, or a change in words")
    made = Intervention("; ".join(names), tuple(changes), " ".join(says), " ".join(debate))
    made.apply(scenario)  # what cannot be done is said now, not when half of it has run
    return made
