"""Plans of one scenario in many versions: laid out once for each calendar, re-weighed for each set of parameters."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rapallo.experiment.drawn_parameters import drawn_parameters

if TYPE_CHECKING:
    from rapallo.engine.plan import Plan
    from rapallo.scenario.intervention import Intervention
    from rapallo.scenario.scenario import Scenario

RULES = {"dates": "begins", "readings": "most certain"}
"""How dates become days, and rival readings one: the rules of ``scenario.record``."""

DRAWN = {"dates": "draw", "readings": "by certainty"}
"""The rules where sources are drawn."""

HELD = 2
"""Plans of each kind that are kept: runs that share one follow each other."""


@dataclass(slots=True)
class Plans:
    """The plans of one scenario in which an intervention is made, parameters are set, and draws are made.

    Parameters
    ----------
    scenario
        Before the intervention.
    change
        The intervention, or ``None``.
    start, end
        First day, and the day after the last, as days since 1900-01-01.
    luck
        ``clock`` or ``date``.
    seed
        Names the draws.
    say
        Called with a word where compiling takes time.
    """

    scenario: Scenario
    change: Intervention | None
    start: float
    end: float
    luck: str = "clock"
    seed: int = 0
    say: Callable[[str], None] = field(default=lambda word: None)
    _laid: OrderedDict[int | None, Plan] = field(default_factory=OrderedDict)
    _weighed: OrderedDict[Any, Plan] = field(default_factory=OrderedDict)
    _made: Scenario | None = None

    def plan(
        self, values: Mapping[str, float] | None = None, parameters: int | None = None, sources: int | None = None
    ) -> Plan:
        """Give a plan whose opening is weighed.

        Parameters
        ----------
        values
            Parameters that are set; the intervention comes after them.
        parameters, sources
            Numbers of the draws of either, or ``None`` to take the values as they stand. A
            parameter that is set is not drawn.
        """
        from rapallo.engine.simulate import prepared

        key = (tuple(sorted((values or {}).items())), parameters, sources)
        if key in self._weighed:
            self._weighed.move_to_end(key)
            return self._weighed[key]
        laid = self._laid_out(sources)
        changed = self._changed(values or {})
        drawn = {} if parameters is None else drawn_parameters(changed, self.seed, parameters)
        drawn = {name: value for name, value in drawn.items() if name not in (values or {})}
        made = prepared(laid.with_parameters({name: each.value for name, each in changed.parameters.items()} | drawn))
        _hold(self._weighed, key, made)
        return made

    def _laid_out(self, sources: int | None) -> Plan:
        """Give the plan of one calendar, its opening not yet weighed."""
        from rapallo.engine.plan import make_plan
        from rapallo.scenario.timeline import timeline

        if sources in self._laid:
            self._laid.move_to_end(sources)
            return self._laid[sources]
        model = self._changed({})
        rules = RULES if sources is None else {**DRAWN, "seed": self.seed, "draw": sources}
        calendar = timeline(model, self.start, self.end - 1.0, **rules)
        made = make_plan(replace(model, _kept={}), calendar, self.say).with_switches(self.luck)
        _hold(self._laid, sources, made)
        return made

    def _changed(self, values: Mapping[str, float]) -> Scenario:
        """Give the scenario as the intervention leaves it where some parameters are set before."""
        if self.change is None:
            return self.scenario.with_parameters(dict(values))
        if not values:
            if self._made is None:
                self._made = self.change.apply(self.scenario)
            return self._made
        return self.change.apply(self.scenario.with_parameters(dict(values)))


def _hold(held: OrderedDict[Any, Plan], key: Any, made: Plan) -> None:
    held[key] = made
    while len(held) > HELD:
        held.popitem(last=False)
