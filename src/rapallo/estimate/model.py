"""Which form of the primitive a fit takes, under our names and those of other programs."""

from __future__ import annotations

from typing import Literal

from rapallo.errors import UnknownNameError
from rapallo.estimate import places as at

Model = Literal["choice", "rate", "coordination", "intensity", "consent", "joint"]

MODELS: dict[str, str] = {
    "choice": "whom the sender of each act chose",
    "rate": "who acted, and when",
    "coordination": "which pair tied itself, both choosing",
    "intensity": "which pair acted, and when (relational event model)",
    "consent": "whether the receiver agreed",
    "joint": "who acted, whom it chose, and whether that one agreed, together",
}
_ALSO = {"choice_coordination": "coordination", "REM": "intensity", "rem": "intensity", "DyNAM": "choice"}

DOMAINS = {
    "choice": at.BY_ROW,
    "rate": at.BY_ACTOR,
    "coordination": at.BY_COORDINATION,
    "intensity": at.BY_PAIR,
    "consent": at.BY_ROW,
    "joint": at.BY_SENDER,
}


def model_named(name: str) -> str:
    """Give a model by its name or another program's.

    Raises
    ------
    UnknownNameError
        With the nearest valid name.
    """
    found = _ALSO.get(name, name)
    if found not in MODELS:
        raise UnknownNameError("model", name, [*MODELS, *_ALSO])
    return found
