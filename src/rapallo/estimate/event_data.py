"""Dated acts as other programs keep them: nodes, networks, and the changes of both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import DateError, RapalloError, UnknownNameError
from rapallo.estimate.table import Frame, read_numbers, read_table, read_times, read_yes_or_no
from rapallo.record.edtf import read_date
from rapallo.scenario.resolution import DATE_RULES, Resolution

if TYPE_CHECKING:
    import pandas as pd

_EXACT = re.compile(r"\d{4}-\d{2}-\d{2}($|[T ]\d{2}:)")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")

SPANS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0}
SPANS |= {"month": 2629800.0, "year": 31557600.0}
"""Seconds in a unit of time; a month and a year are those of 365.25 days."""


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Dated changes of one network or attribute, in the order of their table.

    Parameters
    ----------
    time
        In the unit of the data.
    first, second
        Actor indices: sender and receiver, or node and -1.
    value
        What is added, or what it becomes; NaN where the table has none.
    adds
        True where ``value`` is an increment.
    row
        Row of the table, from 1.
    """

    time: NDArray[np.float64]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    value: NDArray[np.float64]
    adds: NDArray[np.bool_]
    row: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Ties among the actors: how they stand at first, every change, and which modes they lead from and to."""

    name: str
    directed: bool
    initial: NDArray[np.float64]
    changes: Changes
    modes: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """A number of each actor: at first, and every change; ``words`` where the table held text, by their numbers.

    ``modes``: of which modes it says something; the others have no such number.
    """

    name: str
    initial: NDArray[np.float64]
    changes: Changes
    words: tuple[str, ...] = ()
    modes: tuple[int, ...] = (0,)


NO_CHANGES = Changes(
    np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0, bool), np.empty(0, np.int64)
)


class EventData:
    """Actors with attributes and presence, networks, and the dated changes of all of them.

    Parameters
    ----------
    nodes
        Table (DataFrame, path of a CSV file, or mapping of columns) with one row per actor, or a
        sequence of names. A column ``present`` (0 or 1) says who is there at first; every other
        column is an attribute.
    label
        The column with the actors' names; by default ``label``, ``id``, ``name`` or the first.
    unit
        Unit of times given as numbers. Times given as dates are days, and rates then are per year.
    dates
        What becomes of a date that leaves the day open (``1922-07``, ``1926-12-02/1926-12-09``,
        ``[1926-12-02,1926-12-09]``): ``refuse``, or a rule: ``begins`` (an interval at its first
        day, anything else at its middle), ``earliest``, ``latest``, ``midpoint``, ``draw``.

    Raises
    ------
    RapalloError
        If there are no actors, or two bear one name.

    Examples
    --------
    >>> calls = {"time": [1, 2, 3], "sender": ["a", "b", "a"], "receiver": ["b", "a", "c"], "increment": [1, 1, 1]}
    >>> EventData(["a", "b", "c"]).with_network("call", changes=calls)
    <EventData: 3 actors; networks: call (3 changes)>
    """

    def __init__(
        self, nodes: Frame | Sequence[str], *, label: str | None = None, unit: str = "second", dates: str = "refuse"
    ) -> None:
        if unit not in SPANS:
            raise UnknownNameError("unit of time", unit, SPANS)
        if dates != "refuse" and dates not in DATE_RULES:
            raise UnknownNameError("rule for dates", dates, ("refuse", *DATE_RULES))
        self.unit, self.dates = unit, dates
        self._rules = Resolution(dates)
        self._recipe: tuple[tuple[str, tuple[Any, ...], dict[str, Any]], ...] = ()
        self._bare = self
        self.undated = 0
        self._times_are: str = ""
        self.networks: dict[str, Network] = {}
        self.attributes: dict[str, Attribute] = {}
        self.presence: Changes = NO_CHANGES
        if isinstance(nodes, (list, tuple)):
            if any(each is None or each != each for each in nodes):
                raise RapalloError("an actor has no name; give each of them one")
            names = [str(name) for name in nodes]
            table: Any = None
        else:
            table = read_table(nodes)
            if not len(table):
                raise RapalloError("the table of actors has no rows")
            key = label or next((each for each in ("label", "id", "name") if each in table), table.columns[0])
            if key not in table:
                raise UnknownNameError("column of the table of actors", key, table.columns)
            nameless = np.flatnonzero(table[key].isna())
            if len(nameless):
                raise RapalloError(f"the table of actors, row {nameless[0] + 1}: the actor has no name; give it one")
            names = [str(name) for name in table[key]]
        self.actors: tuple[str, ...] = tuple(names)
        self._index = {name: place for place, name in enumerate(names)}
        if len(self._index) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise RapalloError(f"two actors are called {twice!r}; each needs a name of its own")
        if not names:
            raise RapalloError("there are no actors")
        self.modes: tuple[str, ...] = ("actor",)
        self.mode: NDArray[np.int64] = np.zeros(len(names), dtype=np.int64)
        self.present: NDArray[np.bool_] = np.ones(len(names), dtype=bool)
        if table is not None:
            for name in table.columns:
                if name == key:
                    continue
                if name == "present":
                    self.present = read_yes_or_no(table[name], "the table of actors", "present")
                else:
                    self.attributes[str(name)] = _attribute(str(name), table[name])

    def __repr__(self) -> str:
        networks = ", ".join(f"{each.name} ({len(each.changes)} changes)" for each in self.networks.values())
        attributes = f"; attributes: {', '.join(self.attributes)}" if self.attributes else ""
        counts = ", ".join(f"{int((self.mode == k).sum())} {each}s" for k, each in enumerate(self.modes))
        return f"<EventData: {counts}{attributes}" + (f"; networks: {networks}>" if networks else ">")

    def with_mode(self, name: str, nodes: Frame | Sequence[str], *, label: str | None = None) -> EventData:
        """Add nodes of another mode, such as organisations that actors join or events that they attend.

        Parameters
        ----------
        name
            What each of them is; those given at first are of the mode ``actor``.
        nodes, label
            As for :class:`EventData`. No name may be that of an actor.

        Raises
        ------
        RapalloError
            If networks are there already, or a name is taken.

        Examples
        --------
        >>> joined = {"time": [1, 2], "sender": ["a", "b"], "receiver": ["League", "League"]}
        >>> data = EventData(["a", "b"]).with_mode("organisation", ["League", "Entente"])
        >>> data.with_network("member", changes=joined, modes=("actor", "organisation"))
        <EventData: 2 actors, 2 organisations; networks: member (2 changes)>
        """
        if self.networks:
            raise RapalloError("add every mode before the first network: networks have a place for each node")
        if name in self.modes:
            raise RapalloError(f"there is a mode {name!r} already")
        more = EventData(nodes, label=label, unit=self.unit)
        twice = [each for each in more.actors if each in self._index]
        if twice:
            raise RapalloError(f"{twice[0]!r} is the name of a node already; each needs a name of its own")
        made = self._copy("with_mode", (name, nodes), {"label": label})
        before, count = len(self.actors), len(more.actors)
        made.actors = (*self.actors, *more.actors)
        made._index = {each: place for place, each in enumerate(made.actors)}
        made.modes = (*self.modes, name)
        made.mode = np.concatenate([self.mode, np.full(count, len(self.modes))])
        made.present = np.concatenate([self.present, more.present])
        for each in self.attributes.values():
            values = np.concatenate([each.initial, np.full(count, np.nan)])
            made.attributes[each.name] = replace(each, initial=values)
        for each in more.attributes.values():
            known = made.attributes.get(each.name)
            if known is not None and (known.words or each.words):
                raise RapalloError(f"{each.name!r} holds words, which two modes cannot share; give it another name")
            before_it = np.full(before, np.nan) if known is None else known.initial[:before]
            modes = (len(self.modes),) if known is None else (*known.modes, len(self.modes))
            values = np.concatenate([before_it, each.initial])
            made.attributes[each.name] = replace(each, initial=values, modes=modes)
        return made

    def with_network(
        self,
        name: str,
        *,
        changes: Frame | None = None,
        initial: Frame | None = None,
        directed: bool = True,
        modes: tuple[str, str] = ("actor", "actor"),
    ) -> EventData:
        """Add a network.

        Parameters
        ----------
        name
            Its name, as formulas use it.
        changes
            Table with ``time``, ``sender``, ``receiver`` and ``increment`` or ``replace``.
        initial
            How it stands at first: a matrix with a row for each node that ties lead from and a column for each
            that they lead to, in the order of the nodes, or a table with ``sender``, ``receiver`` and ``value``
            (1 where there is no such column). A matrix's diagonal is not read: nobody is tied to itself.
        directed
            Where false, each change holds in both directions.
        modes
            The modes that ties lead from and to (see :meth:`with_mode`). Only such pairs can act where the acts
            are of this network.

        Raises
        ------
        RapalloError
            With every row that names an unknown actor, ties an actor to itself, leads from or to a node of another
            mode, or has no time.
        """
        self._new(name)
        told = {"changes": changes, "initial": initial, "directed": directed, "modes": modes}
        if isinstance(modes, str) or len(modes) != 2:
            raise RapalloError(f"modes={modes!r} of {name!r}: give two, ('actor', 'organisation')")
        for mode in modes:
            if mode not in self.modes:
                raise UnknownNameError("mode", mode, self.modes)
        numbers = self.modes.index(modes[0]), self.modes.index(modes[1])
        if not isinstance(directed, (bool, np.bool_)):
            raise RapalloError(f"directed={directed!r} of {name!r}: give True or False")
        if not directed and numbers[0] != numbers[1]:
            raise RapalloError(f"{name!r} leads from one mode to another; leave directed=True")
        n = len(self.actors)
        matrix = np.zeros((n, n))
        if initial is not None and hasattr(initial, "shape") and not hasattr(initial, "columns"):
            matrix = np.array(initial, dtype=float)
            sides = [np.flatnonzero(self.mode == number) for number in numbers]
            if matrix.shape == (len(sides[0]), len(sides[1])):
                whole = np.zeros((n, n))
                whole[np.ix_(*sides)] = matrix
                matrix = whole
            if matrix.shape != (n, n):
                raise RapalloError(f"the initial matrix of {name!r} is {matrix.shape}; it must be ({n}, {n})")
        elif initial is not None:
            table = read_table(initial)
            rows = self._ties(table, f"initial ties of {name!r}")
            self._of_modes(*rows, numbers, f"initial ties of {name!r}")
            twice = np.flatnonzero(table.duplicated(["sender", "receiver"]))
            if len(twice):
                who = f"{self.actors[rows[0][twice[0]]]} → {self.actors[rows[1][twice[0]]]}"
                raise RapalloError(f"initial ties of {name!r}, row {twice[0] + 1}: {who} is told twice; tell it once")
            values = read_numbers(table["value"], f"initial ties of {name!r}", "value") if "value" in table else 1.0
            matrix[rows[0], rows[1]] = values
        np.fill_diagonal(matrix, 0.0)
        if not directed and not _same_both_ways(matrix):
            if np.any((matrix != 0) & (matrix.T != 0) & (matrix != matrix.T)):
                first, second = np.argwhere((matrix != 0) & (matrix.T != 0) & (matrix != matrix.T))[0]
                raise RapalloError(
                    f"{name!r} is not directed, but {self.actors[first]} → {self.actors[second]} stands at "
                    f"{matrix[first, second]:g} and the reverse at {matrix[second, first]:g}"
                )
            matrix = np.where(matrix != 0, matrix, matrix.T)
        made = self._copy("with_network", (name,), told)
        found = NO_CHANGES if changes is None else made._changes(read_table(changes), f"changes of {name!r}", True)
        self._of_modes(found.first, found.second, numbers, f"changes of {name!r}")
        made.networks[name] = Network(name, directed, matrix, found, numbers)
        return made

    def _of_modes(self, first: NDArray[np.int64], second: NDArray[np.int64], modes: tuple[int, int], what: str) -> None:
        """Refuse rows that lead from or to a node of another mode."""
        for side, nodes, mode in (("sender", first, modes[0]), ("receiver", second, modes[1])):
            bad = np.flatnonzero(self.mode[nodes] != mode)
            if len(bad):
                who = self.actors[nodes[bad[0]]]
                raise RapalloError(
                    f"{what}, row {bad[0] + 1}: the {side} {who} is no {self.modes[mode]} but of the mode "
                    f"{self.modes[self.mode[nodes[bad[0]]]]!r} ({len(bad)} such rows); say modes=…"
                )

    def with_attribute(self, name: str, values: Mapping[str, float] | Sequence[float]) -> EventData:
        """Add a number of each actor, by name or in the order of the actors; NaN where unknown."""
        self._new(name)
        if isinstance(values, Mapping):
            for actor in values:
                self._actor(actor)
            column = [values.get(actor, np.nan) for actor in self.actors]
        else:
            column = list(values)
        if len(column) != len(self.actors):
            raise RapalloError(f"attribute {name!r} has {len(column)} values for {len(self.actors)} actors")
        made = self._copy("with_attribute", (name, values), {})
        found = _attribute(name, column)
        told = self.mode[~np.isnan(found.initial)]
        made.attributes[name] = replace(found, modes=tuple(int(each) for each in np.unique(told)) or (0,))
        return made

    def with_attribute_changes(self, name: str, changes: Frame) -> EventData:
        """Add dated changes of an attribute: a table with ``time``, ``node`` and ``replace`` or ``increment``.

        The name ``present`` means who is there: 1 lets an actor enter, 0 leave. Where the attribute holds words,
        ``replace`` does too: those that actors had at first, or new ones.

        Raises
        ------
        UnknownNameError
            If there is no such attribute.
        RapalloError
            With a row that names no actor, has no time, or holds a number for a word or a word for a number.

        Examples
        --------
        >>> data = EventData({"label": ["GBR", "FRA"], "government": ["Tory", "Bloc"]})
        >>> data = data.with_attribute_changes(
        ...     "government", {"time": ["1924-01-22"], "node": ["GBR"], "replace": ["Labour"]}
        ... )
        >>> data.attributes["government"].words
        ('Tory', 'Bloc', 'Labour')
        """
        if name != "present" and name not in self.attributes:
            raise UnknownNameError("attribute", name, [*self.attributes, "present"])
        made = self._copy("with_attribute_changes", (name, changes), {})
        table = read_table(changes)
        if name != "present" and self.attributes[name].words:
            words, table = _worded(self.attributes[name], table)
            made.attributes[name] = replace(self.attributes[name], words=words)
        found = made._changes(table, f"changes of {name!r}", False)
        if name == "present":
            odd = np.flatnonzero(~np.isin(found.value, (0.0, 1.0)))
            if len(odd):
                raise RapalloError(
                    f"changes of 'present', row {odd[0] + 1}: {found.value[odd[0]]:g} is neither 0 nor 1"
                )
            made.presence = found
        else:
            made.attributes[name] = replace(made.attributes[name], changes=found)
        return made

    def with_presence(self, spells: Frame) -> EventData:
        """Say who is there when: a table with ``label``, ``begin`` and ``end``; empty means open on that side."""
        table = read_table(spells)
        for column in ("label", "begin", "end"):
            if column not in table:
                raise UnknownNameError("column of the table of presence", column, table.columns)
        made = self._copy("with_presence", (spells,), {})
        who_is = [str(each) for each in table["label"]]
        begins, ends = made._read_times(table["begin"], who_is), made._read_times(table["end"], who_is)
        if (ends < begins).any():
            row = int(np.flatnonzero(ends < begins)[0])
            raise RapalloError(f"the table of presence, row {row + 1}: {who_is[row]} leaves before it enters")
        who = np.array([self._actor(name) for name in table["label"]], dtype=np.int64)
        made.present = np.ones(len(self.actors), dtype=bool)
        made.present[who] = False
        made.present[who[np.isnan(begins)]] = True
        enters, leaves = np.flatnonzero(~np.isnan(begins)), np.flatnonzero(~np.isnan(ends))
        rows = np.concatenate([enters, leaves])
        made.presence = Changes(
            np.concatenate([begins[enters], ends[leaves]]),
            who[rows],
            np.full(len(rows), -1, dtype=np.int64),
            np.concatenate([np.ones(len(enters)), np.zeros(len(leaves))]),
            np.zeros(len(rows), dtype=bool),
            rows + 1,
        )
        return made

    def acts(self, table: Frame, what: str = "acts") -> Changes:
        """Read a table of acts: ``time``, ``sender``, ``receiver``, and ``increment`` where there is one."""
        return self._changes(read_table(table), what, True)

    def span(self, window: float | str) -> float:
        """Give a stretch of time, a number or text such as ``3 days``, in the unit of the data."""
        if isinstance(window, (int, float)):
            return float(window)
        words = str(window).split()
        name = words[1].rstrip("s") if len(words) == 2 else ""
        if name not in SPANS:
            raise RapalloError(f"{window!r} is no stretch of time; write a number, or '3 days'")
        return float(words[0]) * SPANS[name] / SPANS["day" if self.dated else self.unit]

    def moment(self, when: float | str | None) -> float | None:
        """Give a moment in the unit of the data; text is a date."""
        if not isinstance(when, str):
            return None if when is None else float(when)
        if not self.dated:
            raise RapalloError(f"the times of these data are numbers; {when!r} is a date")
        return float(read_times(read_table({"time": [when]})["time"])[0][0])

    @property
    def dated(self) -> bool:
        """Whether times are dates (and then days), not numbers."""
        return self._times_are == "dates"

    def _read_times(self, column: Any, names: Sequence[str] | None = None, what: str = "times") -> NDArray[np.float64]:
        """Read times, which must be numbers in every table or dates in every table; ``names`` name their draws."""
        whole, opens = self._settled(column, names, what)
        times, dated = read_times(whole)
        times = np.where(np.isnan(opens), times, opens)
        kind = "dates" if dated else "numbers"
        if not np.isnan(times).all():
            if self._times_are not in ("", kind):
                raise RapalloError(
                    f"times are {self._times_are} in one table and {kind} in another; use one of the two"
                )
            self._times_are = kind
        return times

    def drawn(self, seed: int, number: int) -> EventData:
        """Give the same data with every date that leaves the day open drawn anew, by a named draw."""
        made: EventData = self._bare._copy()
        made.dates, made._rules, made._bare = "draw", Resolution("draw", seed=seed, number=number), made
        for verb, words, told in self._recipe:
            made = getattr(made, verb)(*words, **told)
        return made

    def _copy(self, verb: str = "", words: tuple[Any, ...] = (), told: Mapping[str, Any] | None = None) -> EventData:
        made = object.__new__(EventData)
        made.__dict__.update(self.__dict__)
        made.networks, made.attributes = dict(self.networks), dict(self.attributes)
        if verb:
            made._recipe = (*self._recipe, (verb, words, dict(told or {})))
        return made

    def _settled(self, column: Any, names: Sequence[str] | None, what: str) -> tuple[Any, NDArray[np.float64]]:
        """Part the times that say their day from those that leave it open, and settle these by the rule."""
        import pandas as pd

        opens = np.full(len(column), np.nan)
        if pd.api.types.is_numeric_dtype(column):
            return column, opens
        texts = [each.strip() if isinstance(each, str) else "" for each in column]
        places = [k for k, text in enumerate(texts) if text and not _EXACT.match(text) and not _NUMBER.fullmatch(text)]
        for k in places:
            try:
                when = read_date(texts[k])
            except DateError as error:
                raise RapalloError(f"{what}, row {k + 1}: {error}") from None
            if self.dates == "refuse":
                raise RapalloError(
                    f"{what}, row {k + 1}: the date {texts[k]!r} leaves the day open ({len(places)} such rows); choose "
                    f"a rule, EventData(…, dates='begins') or one of {', '.join(DATE_RULES[1:])}, or impute in the fit"
                )
            opens[k] = self._rules.day(names[k] if names else "", when)
        self.undated += len(places)
        if not places:
            return column, opens
        left = pd.Series(column).astype(object).reset_index(drop=True).copy()
        left.iloc[places] = "1900-01-01"
        return left, opens

    def _new(self, name: str) -> None:
        if name in self.networks or name in self.attributes:
            raise RapalloError(f"the data have something called {name!r} already")

    def _actor(self, name: Any) -> int:
        try:
            return self._index[str(name)]
        except KeyError:
            raise UnknownNameError("actor", str(name), self.actors) from None

    def _codes(self, column: Any, what: str) -> NDArray[np.int64]:
        """Turn names into indices."""
        import pandas as pd

        codes, names = pd.factorize(column)
        wanted = np.array([self._index.get(str(name), -1) for name in names] or [0], dtype=np.int64)
        found = np.where(codes < 0, -1, wanted[codes])
        if (found < 0).any():
            bad = np.flatnonzero(found < 0)
            shown = "; ".join(f"row {row + 1}: {column.iloc[row]!r}" for row in bad[:5])
            first = str(column.iloc[bad[0]])
            hint = str(UnknownNameError("actor", first, self.actors))
            raise RapalloError(f"{what}: {len(bad)} rows name no actor of the data ({shown}); {hint}")
        return found.astype(np.int64)

    def _ties(self, table: pd.DataFrame, what: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        for column in ("sender", "receiver"):
            if column not in table:
                raise UnknownNameError(f"column of the {what}", column, table.columns)
        first, second = self._codes(table["sender"], what), self._codes(table["receiver"], what)
        if (first == second).any():
            row = int(np.flatnonzero(first == second)[0])
            raise RapalloError(f"{what}, row {row + 1}: {self.actors[first[row]]} is tied to itself")
        return first, second

    def _changes(self, table: pd.DataFrame, what: str, pairs: bool) -> Changes:
        if "time" not in table:
            raise UnknownNameError(f"column of the {what}", "time", table.columns)
        time = self._read_times(table["time"], _names_of(table), what)
        if not np.isfinite(time).all():
            raise RapalloError(f"{what}, row {int(np.flatnonzero(~np.isfinite(time))[0]) + 1}: there is no time")
        if pairs:
            first, second = self._ties(table, what)
        else:
            key = next((each for each in ("node", "label", "actor") if each in table), "node")
            if key not in table:
                raise UnknownNameError(f"column of the {what}", key, table.columns)
            first, second = self._codes(table[key], what), np.full(len(table), -1, dtype=np.int64)
        adds = "increment" in table
        column = "increment" if adds else "replace" if "replace" in table else None
        value = np.ones(len(table)) if column is None else read_numbers(table[column], what, column)
        if np.isinf(value).any():
            raise RapalloError(f"{what}, row {int(np.flatnonzero(np.isinf(value))[0]) + 1}: the value is infinite")
        adding = np.full(len(table), adds or column is None)
        return Changes(time, first, second, value, adding, np.arange(1, len(table) + 1))


def _names_of(table: pd.DataFrame) -> list[str] | None:
    """Name the draw of each row's date: by its fact where it has an id, else by its parties."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(table["time"]):
        return None
    for column in ("id", "occasion"):
        if column in table:
            return [str(each) for each in table[column]]
    known = [column for column in ("sender", "receiver", "node", "label", "actor") if column in table]
    return [" ".join(str(each) for each in row) for row in zip(*(table[column] for column in known), strict=True)]


def _attribute(name: str, column: Any) -> Attribute:
    import pandas as pd

    values = pd.Series(column)
    if pd.api.types.is_complex_dtype(values):
        raise RapalloError(f"attribute {name!r} holds complex numbers; give real ones")
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        endless = np.flatnonzero(np.isinf(np.asarray(values, dtype=float)))
        if len(endless):
            raise RapalloError(f"attribute {name!r}, row {endless[0] + 1}: the value is infinite; give a finite number")
        return Attribute(name, np.asarray(values, dtype=float), NO_CHANGES)
    try:
        codes, words = pd.factorize(values)
    except TypeError:
        raise RapalloError(
            f"attribute {name!r} holds neither numbers nor words; give one of them for each actor"
        ) from None
    return Attribute(name, np.where(codes < 0, np.nan, codes).astype(float), NO_CHANGES, tuple(str(w) for w in words))


def _worded(attribute: Attribute, table: pd.DataFrame) -> tuple[tuple[str, ...], pd.DataFrame]:
    """Put the numbers of words in their place in a table of changes; gives all words, those of the changes last."""
    import pandas as pd

    what, some = f"changes of {attribute.name!r}", ", ".join(attribute.words[:3])
    if "increment" in table or "replace" not in table:
        raise RapalloError(f"{what}: it holds words ({some}, …); give them in a column 'replace', nothing can be added")
    column = table["replace"]
    told = column.notna().to_numpy()
    if pd.api.types.is_numeric_dtype(column) and told.any():
        row = int(np.flatnonzero(told)[0])
        raise RapalloError(f"{what}, row {row + 1}: {column.iloc[row]!s} is a number, and it holds words ({some}, …)")
    said = [str(word) for word in column[told]]
    words = attribute.words + tuple(dict.fromkeys(word for word in said if word not in attribute.words))
    values = np.full(len(table), np.nan)
    values[told] = [words.index(word) for word in said]
    return words, table.assign(replace=values)


def _same_both_ways(matrix: NDArray[np.float64]) -> bool:
    return bool(np.array_equal(matrix, matrix.T, equal_nan=True))
