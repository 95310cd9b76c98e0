"""The folder of a comparison: both worlds, what was asked, and the pairs; written when all is there, opened again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.errors import RapalloError
from rapallo.experiment.manifest import FILE
from rapallo.experiment.work import written_whole

if TYPE_CHECKING:
    from rapallo.experiment.compare import Comparison
    from rapallo.experiment.spread_of_difference import SpreadOfDifference

BASE, CHANGED, OTHER, SPREAD, READINGS = "as-it-was", "changed", "other-luck", "spread", "readings"
"""Names of the folders of the two worlds, of both under the other luck, of the runs that split the spread, and of both
worlds under other readings of the record."""

MEASURES, ACTS = "measures.parquet", "acts.parquet"


def describe_comparison(comparison: Comparison) -> dict[str, Any]:
    """Say what was asked and of which worlds; nothing in it depends on when it was made."""
    made, manifest = comparison.intervention, comparison.base.manifest
    return {
        "rapallo": manifest["rapallo"],
        "intervention": {
            "name": made.name,
            "says": made.says,
            "debate": made.debate,
            "changes": [change.text for change in made.changes],
            "sentences": list(comparison.sentences),
        },
        "scenario": manifest["scenario"],
        "changed": comparison.changed.manifest["scenario"]["fingerprint"],
        **{key: manifest[key] for key in ("seed", "runs", "luck", "span", "rules")},
        "worlds": [BASE, CHANGED],
    }


def write_comparison(comparison: Comparison) -> None:
    """Write the manifest and, as Parquet, every measure's difference and every pair of acts."""
    folder = comparison.folder
    with written_whole(folder / MEASURES) as draft:
        table = comparison.table()
        table["at"] = [at if at == "" else at.date().isoformat() for at in table["at"]]
        table.to_parquet(draft, index=False)
    if comparison.base.manifest["keeps"] == "acts":
        with written_whole(folder / ACTS) as draft:
            comparison.paired_acts().to_parquet(draft, index=False)
    with written_whole(folder / FILE) as draft:
        text = json.dumps(describe_comparison(comparison), indent=2, ensure_ascii=False, allow_nan=False)
        draft.write_text(text + "\n", "utf-8")


def is_comparison(folder: Path) -> bool:
    """Tell whether a folder holds a comparison that is complete."""
    try:
        return "worlds" in json.loads((folder / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return False


def open_comparison(folder: str | Path) -> Comparison:
    """Open the folder of a comparison that is complete.

    Raises
    ------
    RapalloError
        If the folder holds none, or not all of it yet.
    """
    from rapallo.experiment.compare import Comparison
    from rapallo.experiment.ensemble import open_ensemble
    from rapallo.scenario.change import read_change
    from rapallo.scenario.intervention import Intervention

    home = Path(folder)
    try:
        stated = json.loads((home / FILE).read_text("utf-8"))["intervention"]
    except (OSError, ValueError, KeyError):
        raise RapalloError(
            f"{str(home)!r} holds no comparison; make one with 'rapallo compare … --out {home}', or go on with --resume"
        ) from None
    changes = tuple(read_change(text) for text in stated["changes"])
    made = Intervention(stated["name"], changes, stated["says"], stated["debate"])
    other, spread = home / OTHER, home / SPREAD
    return Comparison(
        made,
        tuple(stated["sentences"]),
        open_ensemble(home / BASE),
        open_ensemble(home / CHANGED),
        home,
        other=open_comparison(other) if (other / FILE).exists() else None,
        spread=_open_spread(spread) if (spread / CHANGED / FILE).exists() else None,
    )


def _open_spread(folder: Path) -> SpreadOfDifference:
    from rapallo.experiment.draws import read_draws
    from rapallo.experiment.ensemble import open_ensemble
    from rapallo.experiment.spread_of_difference import SpreadOfDifference
    from rapallo.experiment.uncertainty import Uncertainty

    base, changed = (open_ensemble(folder / name) for name in (BASE, CHANGED))
    names = read_draws(base.manifest["uncertain"], crossed=True).names
    return SpreadOfDifference(Uncertainty(base, names), Uncertainty(changed, names))
