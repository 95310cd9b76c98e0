"""The decorator that makes a function an effect, and the registry of effects."""

from __future__ import annotations

import dis
import inspect
import keyword
import linecache
import math
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from rapallo.errors import RapalloError, UnknownNameError

Changes = Literal["pair", "row", "column", "row and column", "two-paths", "everything"]


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """One motive: a statistic of (sender, receiver, view).

    Parameters
    ----------
    name
        The function's name.
    function
        ``function(view, sender, receiver)``, plain Python that Numba can compile; ``view`` has
        ``actors`` (their number), ``now`` (days), one array for each name in ``reads`` (a layer,
        a pair quantity or a pair memory: indexed ``[sender, receiver]``; an attribute or another
        memory: indexed ``[actor]``) and one number for each name in ``settings``.
    says
        The function's one sentence.
    reads
        Names of the slots it reads.
    changes
        Which pairs' statistic may change when a tie or a pair's value changes at
        (sender, receiver): ``pair`` that pair and its reverse; ``row`` all pairs with that
        sender first; ``column`` all with that receiver second; ``row and column`` all pairs that
        contain either; ``two-paths`` those that a path of two
        standing entries of the same array joins, the changed one being one of the two;
        ``everything``. When an attribute of one actor changes: ``row`` the pairs it is first
        in, ``column`` those it is second in, ``everything``, or else all that contain it.
        Where slots differ, a pattern for each: slot to pattern, in the order of ``reads``.
    unit
        Unit of the statistic.
    cites
        Key of the work it comes from in ``effects/sources.bib``, or an empty string.
    settings
        Numbers that a scenario may set, with their defaults.
    aliases
        Other programs' names for it.
    source
        The function's source text, or ``None`` where there is none to be had.
    """

    name: str
    function: Callable[[Any, int, int], float]
    says: str
    reads: tuple[str, ...]
    changes: Changes | tuple[tuple[str, Changes], ...]
    unit: str = ""
    cites: str = ""
    settings: tuple[tuple[str, float], ...] = ()
    aliases: tuple[str, ...] = ()
    source: str | None = field(default=None, repr=False)

    def pattern(self, slot: str) -> Changes:
        """Give the pattern of pairs that change when what a slot is bound to changes."""
        return self.changes if isinstance(self.changes, str) else dict(self.changes)[slot]

    def asks_for(self, place: int) -> bool:
        """Say whether the function's text uses one of its arguments: 1 the sender, 2 the receiver."""
        code = self.function.__code__
        name = code.co_varnames[place]
        used = (each.argval for each in dis.get_instructions(code) if "FAST" in each.opname or "DEREF" in each.opname)
        return name in code.co_cellvars or any(name in (each if isinstance(each, tuple) else (each,)) for each in used)

    def __call__(self, view: Any, sender: int, receiver: int) -> float:
        """Give the statistic, in plain Python."""
        return self.function(view, sender, receiver)


_EFFECTS: dict[str, Effect] = {}
_ALIASES: dict[str, str] = {}


def effect(
    *,
    reads: str | Sequence[str] = (),
    changes: Changes | Mapping[str, Changes] = "everything",
    unit: str = "",
    cites: str = "",
    settings: Mapping[str, float] | None = None,
    aliases: Sequence[str] = (),
) -> Callable[[Callable[[Any, int, int], float]], Effect]:
    """Register a function of (view, sender, receiver) as an effect.

    Parameters
    ----------
    reads
        Name or names of what it reads from the view.
    changes
        Which pairs change when what it reads changes; see :class:`Effect`. ``everything`` is
        always right and slow. A mapping gives each slot its own.
    unit
        Unit of the statistic.
    cites
        Bibliography key of the work the effect comes from.
    settings
        Numbers that a scenario may set, with defaults.
    aliases
        Other programs' names for it.

    Raises
    ------
    RapalloError
        If the function has no docstring, ``changes`` is not one of the patterns, or a name of what it
        reads or of a setting is taken or no name.

    Examples
    --------
    >>> @effect(reads="alliance", changes="pair", unit="tie")
    ... def allied(view, sender, receiver):
    ...     '''An ally is treated otherwise than a stranger.'''
    ...     return view.alliance[sender, receiver]
    >>> allied.says
    'An ally is treated otherwise than a stranger.'
    """
    slots = (reads,) if isinstance(reads, str) else tuple(reads)
    for pattern in (changes,) if isinstance(changes, str) else changes.values():
        if pattern not in get_args(Changes):
            raise RapalloError(f"changes={pattern!r} is not a pattern; valid: {', '.join(get_args(Changes))}")
    if not isinstance(changes, str) and set(changes) != set(slots):
        raise RapalloError(f"changes names {sorted(changes)}, but the effect reads {sorted(slots)}; give one for each")
    names = ["actors", "now", *slots, *(settings or {})]
    for name in names:
        if names.count(name) > 1 or not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
            raise RapalloError(
                f"an effect cannot read or set {name!r}: each name is used once, is a plain word of letters, digits "
                "and underscores, and is neither 'actors' nor 'now', which every view has"
            )

    def register(function: Callable[[Any, int, int], float]) -> Effect:
        says = (inspect.getdoc(function) or "").strip().split("\n\n")[0].replace("\n", " ")
        name = getattr(function, "__name__", "effect")
        if not says:
            raise RapalloError(f"effect {name!r} has no docstring; give it one sentence that states the motive")
        made = Effect(
            name=name,
            function=function,
            says=says,
            reads=slots,
            changes=changes if isinstance(changes, str) else tuple(changes.items()),
            unit=unit,
            cites=cites,
            settings=tuple((settings or {}).items()),
            aliases=tuple(aliases),
            source=_source(function),
        )
        for key, value in made.settings:
            if not math.isfinite(value):
                raise RapalloError(f"effect {name!r}: setting {key!r} is {value!r}; it must be a finite number")
        _EFFECTS[name] = made
        for alias in made.aliases:
            _ALIASES[alias] = name
        return made

    return register


def get_effect(name: str) -> Effect:
    """Give a registered effect by name or alias.

    Raises
    ------
    UnknownNameError
        With the nearest valid name.
    """
    _load_library()
    try:
        return _EFFECTS[_ALIASES.get(name, name)]
    except KeyError:
        raise UnknownNameError("effect", name, [*_EFFECTS, *_ALIASES]) from None


def effects() -> Iterator[Effect]:
    """Iterate over every registered effect, by name."""
    _load_library()
    yield from (_EFFECTS[name] for name in sorted(_EFFECTS))


def _load_library() -> None:
    import rapallo.effects.library  # noqa: F401  (importing it registers the effects that ship)


def _source(function: Callable[..., Any]) -> str | None:
    """Capture the source at decoration, before a notebook cell or a file can change under it."""
    try:
        linecache.checkcache(function.__code__.co_filename)
        text = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return None
    lines = text.splitlines()
    start = next((k for k, line in enumerate(lines) if line.startswith("def ")), None)
    return None if start is None else "\n".join(lines[start:]) + "\n"
