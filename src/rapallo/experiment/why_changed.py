"""Why an act comes, or does not come, in a changed world: which terms of which weight are other than they were."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from rapallo.engine.reference import Reference
from rapallo.engine.why import refusal, terms_of, weights_of
from rapallo.system.calendar import replay
from rapallo.system.history import History, to_iso

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class WhyChanged:
    """One act, weighed at one instant in two worlds.

    Parameters
    ----------
    sentence
        Which act, when.
    terms
        Table of ``part``, ``motive``, ``effect``, ``before`` and ``after`` (what each term adds to the weight, on the
        log scale, in the record's world and in the other), and ``difference``; largest difference first.
    before, after
        The act's weight in either, in acts per year; zero where it is not allowed.
    refused_before, refused_after
        Why it is not allowed; empty where it is.
    note
        In which luck and draw.
    """

    sentence: str
    terms: pd.DataFrame
    before: float
    after: float
    refused_before: str
    refused_after: str
    note: str = ""

    def __str__(self) -> str:
        lines = [self.sentence]
        if self.note:
            lines.append(self.note)
        for world, weight, reason in (
            ("in the record's world", self.before, self.refused_before),
            ("in the changed world", self.after, self.refused_after),
        ):
            lines.append(f"  {world}: " + (f"not possible: {reason}" if reason else f"{weight:.4g} acts a year"))
        moved = self.terms[self.terms["difference"].abs() > 0]
        if len(moved):
            lines += [
                "  what differs (on the log scale of the weight):",
                moved.to_string(index=False, float_format="%.3g"),
            ]
        elif not (self.refused_before or self.refused_after) and self.before == self.after:
            lines.append(
                "  nothing differs at this instant: where its fate does, it is by the luck that was used up before"
            )
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        moved = self.terms[self.terms["difference"].abs() > 0]
        head = escape(str(self).split("\n  what differs")[0]).replace("\n", "<br>")
        return f"<p>{head}</p>{moved.to_html(index=False)}"


def why_changed(before: History, after: History, kind: tuple[str, ...], time: float, note: str = "") -> WhyChanged:
    """Weigh an act at an instant in two worlds.

    Parameters
    ----------
    before, after
        The record as it was lived through, and a history of the changed world.
    kind
        Process, layer, change, sender and receiver of the act.
    time
        The instant just before which it is weighed.
    note
        Said beside it.
    """
    import pandas as pd

    process, layer, change, sender, receiver = kind
    says = f"{sender} → {receiver}: {layer}, {change}"
    model = before.scenario.processes.get(process)
    if model is not None:
        says = model.says.format(sender=sender, receiver=receiver)
    sentence = f"{to_iso(time)}: {says}"
    if model is None or model.given or not receiver:
        none = pd.DataFrame(columns=["part", "motive", "effect", "before", "after", "difference"])
        more = "No clock of the model decides this: it comes from outside, or follows from a rule."
        return WhyChanged(sentence, none, math.nan, math.nan, "", "", f"{note} {more}".strip())
    first, second = (before.actors.index(each) for each in (sender, receiver))
    sides = [_weighed(world, process, first, second, time) for world in (before, after)]
    terms = _both(*(side[0] for side in sides))
    return WhyChanged(sentence, terms, sides[0][1], sides[1][1], sides[0][2], sides[1][2], note)


def _weighed(history: History, name: str, sender: int, receiver: int, time: float) -> tuple[Any, float, str]:
    twin = Reference.__new__(Reference)
    twin.scenario, twin.actors = history.scenario, history.actors
    twin.world = replay(history, math.nextafter(time, -math.inf))
    twin.numbers = history.calendar.numbers_at(tuple(history.scenario.parameters), time)
    process = history.scenario.processes[name]
    reason = refusal(twin, process, sender, receiver)
    weight = weights_of(twin, process, sender, receiver).get((sender, receiver), 0.0)
    return terms_of(twin, process, sender, receiver), weight, reason


def _both(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    keys = ["part", "motive", "effect"]
    kept = [*keys, "contribution"]
    both = before[kept].merge(after[kept], on=keys, how="outer", suffixes=("_before", "_after")).fillna(0.0)
    both = both.rename(columns={"contribution_before": "before", "contribution_after": "after"})
    both["difference"] = both["after"] - both["before"]
    order = both["difference"].abs().sort_values(ascending=False, kind="stable").index
    return both.loc[order].reset_index(drop=True)
