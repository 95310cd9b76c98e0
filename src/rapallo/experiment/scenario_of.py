"""The scenario of which runs in a folder were made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.errors import RapalloError

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario


def scenario_of(folder: Path, manifest: Mapping[str, Any]) -> Scenario:
    """Give the scenario with the parameters that the runs were made with; the user's own effects are imported.

    Raises
    ------
    RapalloError
        If the scenario's folder is gone or no longer what it was.
    """
    from rapallo.experiment.own_source import FOLDER, import_own
    from rapallo.scenario.intervention import read_intervention
    from rapallo.scenario.load import load

    for name in manifest["own"]:
        import_own(folder / FOLDER / name)
    stated = manifest["scenario"]
    found = load(stated["folder"])
    if stated.get("changes"):
        found = read_intervention(found, stated["changes"]).apply(found)
    if found.fingerprint != stated["fingerprint"]:
        raise RapalloError(f"scenario {stated['name']!r} has been changed since these runs were made; make them anew")
    return found.with_parameters({name: float(each["value"]) for name, each in manifest["parameters"].items()})
