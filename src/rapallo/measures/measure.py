"""The decorator that makes a function of a history a measure, and the registry of measures."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from rapallo.errors import RapalloError, UnknownNameError, nearest
from rapallo.measures.result import Result, Shape, as_result
from rapallo.system.history import History

if TYPE_CHECKING:
    from rapallo.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """A function of a history.

    Parameters
    ----------
    name
        The function's name.
    function
        ``function(history)``; gives a number, a yearly series (``rapallo.measures.yearly``) or a
        series by actor (``rapallo.measures.per_actor``), NaN where the answer is not known or
        there is none.
    says
        The function's one sentence.
    detail
        The rest of its docstring: what exactly is counted. May be empty.
    unit
        Unit of the numbers.
    cites
        Key of the work that the definition comes from in ``measures/sources.bib``, or an empty
        string.
    shape
        ``number``, ``yearly`` or ``actor``; an empty string leaves it to the result.
    needs
        Layers, actors and quantities without which it makes no sense.
    """

    name: str
    function: Callable[[History], Any]
    says: str
    detail: str = ""
    unit: str = ""
    cites: str = ""
    shape: Shape | str = ""
    needs: tuple[str, ...] = ()

    def __call__(self, history: History) -> Result:
        """Measure a history.

        Raises
        ------
        RapalloError
            If the history lacks something that the measure needs, or the function gives something
            that is none of the three shapes.
        """
        reason = _missing(self, history.actors, history.layers, history.scenario.quantities)
        if reason:
            raise RapalloError(f"measure {self.name!r} {reason}")
        return as_result(self.name, self.function(history), self.shape)


_MEASURES: dict[str, Measure] = {}


def measure(
    *,
    unit: str = "",
    cites: str = "",
    shape: Shape | str = "",
    needs: str | Sequence[str] = (),
) -> Callable[[Callable[[History], Any]], Measure]:
    """Register a function of a history as a measure.

    Parameters
    ----------
    unit
        Unit of the numbers it gives.
    cites
        Bibliography key of the work that the definition comes from.
    shape
        ``number``, ``yearly`` or ``actor``, where it is to be checked.
    needs
        Name or names of layers, actors and quantities without which it makes no sense.

    Raises
    ------
    RapalloError
        If the function has no docstring, or ``shape`` is not one of the three.

    Examples
    --------
    >>> from rapallo.measures import yearly
    >>> @measure(unit="alliances", needs="alliance")
    ... def alliances(history):
    ...     '''How many alliances stand at each year's end.'''
    ...     return yearly(history, lambda dates: history.count_at("alliance", dates))
    >>> alliances.says
    "How many alliances stand at each year's end."
    """
    if shape and shape not in get_args(Shape):
        raise RapalloError(f"shape={shape!r} is not a shape of a measure" + nearest(shape, get_args(Shape)))

    def register(function: Callable[[History], Any]) -> Measure:
        name = getattr(function, "__name__", "measure")
        says, _, detail = (inspect.getdoc(function) or "").strip().partition("\n\n")
        if not says:
            raise RapalloError(f"measure {name!r} has no docstring; give it one sentence that says what it measures")
        made = Measure(
            name=name,
            function=function,
            says=" ".join(says.split()),
            detail=" ".join(detail.split()),
            unit=unit,
            cites=cites,
            shape=shape,
            needs=(needs,) if isinstance(needs, str) else tuple(needs),
        )
        _MEASURES[name] = made
        return made

    return register


def get_measure(name: str) -> Measure:
    """Give a registered measure by name.

    Raises
    ------
    UnknownNameError
        With the nearest valid name.
    """
    _load_library()
    try:
        return _MEASURES[name]
    except KeyError:
        raise UnknownNameError("measure", name, _MEASURES) from None


def measures() -> Iterator[Measure]:
    """Iterate over every registered measure, by name."""
    _load_library()
    yield from (_MEASURES[name] for name in sorted(_MEASURES))


def apply_measure(history: History, name: str) -> Result:
    """Apply a registered measure to a history.

    Raises
    ------
    UnknownNameError
        If no measure bears the name.
    RapalloError
        If the history lacks something that the measure needs.
    """
    return get_measure(name)(history)


def applies(measure: Measure, scenario: Scenario) -> str:
    """Say why a measure does not apply to a scenario; an empty string where it does."""
    return _missing(measure, scenario.tables.actor_ids, scenario.layers, scenario.quantities)


def taken_of(measure: Measure, scenario: Scenario) -> tuple[str, ...]:
    """Name what a measure is taken of: what it needs, or every layer where it needs nothing by name."""
    return measure.needs or tuple(scenario.layers)


def _missing(measure: Measure, actors: Collection[str], layers: Collection[str], quantities: Collection[str]) -> str:
    absent = [name for name in measure.needs if not (name in layers or name in actors or name in quantities)]
    if not absent:
        return ""
    names = ", ".join(repr(name) for name in absent)
    which = "that name" if len(absent) == 1 else "those names"
    return f"needs {names}: the scenario has no actor, layer or quantity of {which}"


def _load_library() -> None:
    import rapallo.measures.library  # noqa: F401  (importing it registers the measures that ship)
