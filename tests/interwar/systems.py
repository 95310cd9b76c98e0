"""The twelve systems of the interwar order: how each is switched off, what it then cannot move, and what it moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from typing import Any

import numpy as np

COMINTERN = ("subvert", "instigate_rising")


@dataclass(frozen=True)
class System:
    """One row of the design's table.

    Parameters
    ----------
    scaled
        Patterns of the parameters that are the system; nothing, one and two times them are compared.
    measure
        What they move, history to number.
    sign
        1 where more of them gives more of it, -1 where less.
    span
        First and last day of the runs of that comparison.
    silent
        Processes, flows and stocks without which the system is off; where none, its parameters at zero.
    rules
        Rules of institutions without which it is off.
    """

    title: str
    scaled: tuple[str, ...]
    measure: Callable[[Any], float]
    sign: int
    span: tuple[str, str]
    silent: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def mean_of(name: str) -> Callable[[Any], float]:
    """Give the mean over the years of a registered measure, years without an answer left out."""

    def value(history: Any) -> float:
        return float(np.nanmean(np.asarray(history.measure(name), dtype=float)))

    value.__name__ = name
    return value


def scaled_by(scenario: Any, system: System, factor: float) -> Any:
    """Give the scenario with a system's parameters multiplied."""
    return scenario.with_parameters(
        {name: factor * scenario.parameters[name].value for name in parameters_of(scenario, system)}
    )


def parameters_of(scenario: Any, system: System) -> list[str]:
    """Name the parameters that are the system; every pattern must find one."""
    found = []
    for pattern in system.scaled:
        names = [name for name in scenario.parameters if fnmatch(name, pattern) and "article_16_text" not in name]
        assert names, f"no parameter is called {pattern}"
        found += names
    return found


def without(scenario: Any, system: System) -> Any:
    """Give the scenario with a system switched off."""
    if not system.silent and not system.rules:
        return scaled_by(scenario, system, 0.0)

    def hushed(table: dict[str, Any]) -> dict[str, Any]:
        return {name: replace(each, senders=()) if name in system.silent else each for name, each in table.items()}

    institutions = {
        name: replace(
            each,
            rules=tuple(replace(rule, active=rule.active and rule.name not in system.rules) for rule in each.rules),
        )
        for name, each in scenario.institutions.items()
    }
    return replace(
        scenario,
        processes=hushed(scenario.processes),
        yearly=hushed(scenario.yearly),
        institutions=institutions,
        _kept={},
    )


def entered(scenario: Any, system: System, off: bool) -> set[str]:
    """Name the processes whose weights a system enters: directly, or through a flow or stock that it moves.

    An institution's findings have no process: they go by the name of their layer. ``off`` asks for what
    switching the system off enters, else for what its parameters enter.
    """
    moved = set()
    if off:
        moved |= set(system.silent)
    if not off or not (system.silent or system.rules):
        moved |= {name.split(".")[0] for name in parameters_of(scenario, system)}
    found = {name for name in moved if name in scenario.processes}
    written = {scenario.yearly[name].writes for name in moved if name in scenario.yearly}
    for institution in scenario.institutions.values():
        for rule in institution.rules:
            asked = {name for motive in scenario.votes[f"{institution.name}.{rule.name}"] for _, name in motive.reads}
            if (off and rule.name in system.rules) or institution.name in moved or asked & written:
                found.add(rule.layer)
    for name, process in scenario.processes.items():
        if written & set(_read(process)):
            found.add(name)
    return found


def _read(process: Any) -> list[str]:
    from rapallo.effects import get_effect

    names = []
    for motive in (*process.motives, *process.rate, *process.consent):
        bound = dict(motive.reads)
        names += [bound.get(slot, slot) for slot in get_effect(motive.effect).reads]
    return names


_TWENTIES = ("1921-01-01", "1930-12-31")
SYSTEMS = {
    1: System(
        "Two tracks: what the second does, exposed, costs the first recognition",
        ("*.exposure_at_home", "*.exposure_elsewhere", "break_relations.rising_at_home"),
        mean_of("recognised_by"),
        -1,
        _TWENTIES,
        silent=COMINTERN,
    ),
    2: System("Manoeuvre against the main enemy", ("*.rivals_rival",), mean_of("manoeuvre"), 1, _TWENTIES),
    3: System("Continental system", ("*.common_adversary",), mean_of("continental_bloc"), 1, _TWENTIES),
    4: System(
        "League of Nations and Article 16",
        ("sanction.obligation",),
        lambda history: history.measure("sanctioners"),
        1,
        ("1931-01-01", "1937-12-31"),
        rules=("article_16",),
    ),
    5: System(
        "Elections",
        ("*.government",),
        lambda history: history.measure("recognition_by_government"),
        1,
        _TWENTIES,
    ),
    6: System(
        "Wave of recognition",
        ("recognise.wave", "recognise.lead_of_powers"),
        mean_of("recognised_by"),
        1,
        ("1924-01-01", "1924-12-31"),
    ),
    7: System(
        "Confiscated property and repudiated debts",
        ("*.claims", "*.claims_held", "*.claims_faced"),
        mean_of("recognised_by"),
        -1,
        _TWENTIES,
    ),
    8: System(
        "Trade, moved by recognition, agreements and treaties",
        ("soviet_*.recognition", "soviet_*.agreement", "soviet_*.treaty"),
        mean_of("soviet_trade"),
        1,
        _TWENTIES,
        silent=("soviet_exports", "soviet_imports"),
    ),
    9: System(
        "Contradictions between Germany and the victors",
        ("*.payers_and_outsiders", "*.payers_and_payees", "*.vanquished_both", "*.distress"),
        mean_of("treaties_of_the_vanquished"),
        1,
        _TWENTIES,
    ),
    10: System(
        "Secret military cooperation",
        ("cooperate_secretly.evasion",),
        mean_of("hidden_rearmament"),
        1,
        _TWENTIES,
        silent=(
            "cooperate_secretly",
            "build_facility",
            "expose_cooperation",
            "discover_cooperation",
            "hidden_capability",
        ),
    ),
    11: System(
        "Exchange of officers",
        ("exchange_officers.officers", "exchange_officers.facilities"),
        mean_of("officers_exchanged"),
        1,
        _TWENTIES,
        silent=("exchange_officers", "skill"),
    ),
    12: System(
        "Consequences for European security: disputes between great powers",
        ("enter_dispute.great_powers", "enter_dispute.arming"),
        mean_of("dispute_risk"),
        1,
        ("1931-01-01", "1938-12-31"),
    ),
}
