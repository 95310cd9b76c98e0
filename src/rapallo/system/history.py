"""A sequence of acts: the record is one, and so is every run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import RapalloError, UnknownNameError
from rapallo.record.time import to_day, to_text

if TYPE_CHECKING:
    import pandas as pd

CHANGES = ("form", "end", "expose", "discover", "refuse", "rumour")
ORIGINS = ("simulated", "given", "record", "lapse")
to_iso = to_text
"""The ISO date of a moment, by the name under which histories give it."""

VERBS = {
    "measure": "rapallo.measures.measure:apply_measure",
    "why": "rapallo.engine.why:why",
    "at": "rapallo.system.moment:moment_of",
}
"""What later parts of the flow add to a history, resolved when first asked for."""


@dataclass(frozen=True, eq=False, slots=True)
class History:
    """A sequence of dated acts, in ascending order of time.

    Parameters
    ----------
    scenario
        The scenario it belongs to.
    actors, layers, processes
        Names behind the codes, in index order.
    time
        Days since 1900-01-01, ascending, shape ``(acts,)``.
    process, layer, change, sender, receiver, occasion, origin
        Integer codes, shape ``(acts,)``: ``process`` -1 where no process of the model is meant,
        ``receiver`` -1 where there is none, ``occasion`` -1 where the act stands alone; acts with
        one occasion are one event. ``change`` indexes ``CHANGES``, ``origin`` ``ORIGINS``: a
        ``lapse`` is a tie that ended because a party ceased to exist.
    start, end
        The span it covers, in days.
    initial
        Layer to ``(actors, actors)`` bool: ties standing at ``start``.
    series
        Yearly flows and stocks: name to a dictionary of equal-length arrays ``year``, ``sender``,
        ``receiver`` (-1 for a stock) and ``value``.
    label
        ``record`` or ``run N``.
    ids
        For the record: the fact id of each act; else ``None``.
    extra
        More columns of the record (date text, title, certainty, basis), by name.
    facts
        How it was made: seed, run, luck, rules of dates and readings.
    calendar
        The dated changes from outside, for reconstructing a moment.
    known_to
        Act by act the codes of those who knew of the secret that it made or ended, beside its parties; ``None`` where
        nobody did anywhere.
    """

    scenario: Any
    actors: tuple[str, ...]
    layers: tuple[str, ...]
    processes: tuple[str, ...]
    time: NDArray[np.float64]
    process: NDArray[np.int16]
    layer: NDArray[np.int16]
    change: NDArray[np.int8]
    sender: NDArray[np.int16]
    receiver: NDArray[np.int16]
    occasion: NDArray[np.int32]
    origin: NDArray[np.int8]
    start: float
    end: float
    initial: Mapping[str, NDArray[np.bool_]]
    series: Mapping[str, Mapping[str, NDArray[Any]]] = field(default_factory=dict)
    label: str = "run"
    ids: NDArray[Any] | None = None
    extra: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    calendar: Any = None
    known_to: NDArray[Any] | None = None

    def __len__(self) -> int:
        return len(self.time)

    def __repr__(self) -> str:
        return f"<History {self.label}: {len(self)} acts, {to_iso(self.start)} to {to_iso(self.end - 1.0)}>"

    def _repr_html_(self) -> str:
        table = self.acts().head(20)
        return f"<p>{escape(repr(self))}</p>{table.to_html(index=False)}"

    def code(self, kind: str, name: str) -> int:
        """Give the index of an actor, layer, process, change or origin by name.

        An actor may go by any of its names and aliases.

        Raises
        ------
        UnknownNameError
            With the nearest valid name.
        """
        names = {
            "actor": self.actors,
            "layer": self.layers,
            "process": self.processes,
            "change": CHANGES,
            "origin": ORIGINS,
        }[kind]
        if kind == "actor" and name not in names:
            name = self.scenario.tables.actor(name)
        try:
            return names.index(name)
        except ValueError:
            raise UnknownNameError(kind, name, names) from None

    def select(
        self,
        *,
        layer: str | None = None,
        process: str | None = None,
        change: str | None = None,
        sender: str | Sequence[str] | None = None,
        receiver: str | Sequence[str] | None = None,
        origin: str | None = None,
        since: float | str | None = None,
        until: float | str | None = None,
    ) -> NDArray[np.intp]:
        """Give the positions of the acts that fit, in order of time.

        ``since`` is inclusive, ``until`` exclusive; both are ISO dates or days.
        """
        keep = np.ones(len(self), dtype=bool)
        for kind, column, name in (
            ("layer", self.layer, layer),
            ("process", self.process, process),
            ("change", self.change, change),
            ("origin", self.origin, origin),
        ):
            if name is not None:
                keep &= column == self.code(kind, name)
        for column, wanted in ((self.sender, sender), (self.receiver, receiver)):
            if wanted is not None:
                names = (wanted,) if isinstance(wanted, str) else wanted
                keep &= np.isin(column, [self.code("actor", name) for name in names])
        if since is not None:
            keep &= self.time >= as_day(since)
        if until is not None:
            keep &= self.time < as_day(until)
        return np.flatnonzero(keep)

    def told(self, act: int) -> tuple[int, ...]:
        """Give the codes of those who knew of the secret that an act made or ended, beside its parties."""
        return () if self.known_to is None else tuple(self.known_to[act])

    @property
    def organ(self) -> NDArray[Any]:
        """Name of the organ that acted, act by act: the one recorded, or the one that decides for the sender."""
        return self._organs(np.arange(len(self)))

    def _organs(self, at: NDArray[np.intp]) -> NDArray[Any]:
        decides = [
            self.scenario.organ_of(self.processes[process], self.actors[sender]) if process >= 0 else ""
            for process, sender in zip(self.process[at], self.sender[at], strict=True)
        ]
        recorded = self.extra["organ"][at] if "organ" in self.extra else np.full(len(at), "", dtype=object)
        return np.where(recorded != "", recorded, np.array(decides, dtype=object))

    def acts(self, **which: Any) -> pd.DataFrame:
        """Give the acts that fit as a table; takes what :meth:`select` takes."""
        import pandas as pd

        at = self.select(**which)

        def named(names: Sequence[str], codes: NDArray[Any]) -> NDArray[Any]:
            return np.array([names[code] if code >= 0 else "" for code in codes[at]], dtype=object)

        columns: dict[str, Any] = {
            "date": np.array([to_iso(time) for time in self.time[at]], dtype=object),
            "process": named(self.processes, self.process),
            "layer": named(self.layers, self.layer),
            "change": named(CHANGES, self.change),
            "organ": self._organs(at),
            "sender": named(self.actors, self.sender),
            "receiver": named(self.actors, self.receiver),
            "occasion": self.occasion[at],
            "origin": named(ORIGINS, self.origin),
            "time": self.time[at],
        }
        if self.ids is not None:
            columns = {"id": self.ids[at], **columns}
        if self.known_to is not None:
            told = [";".join(self.actors[code] for code in codes) for codes in self.known_to[at]]
            columns["known_to"] = np.array(told, dtype=object)
        columns |= {name: values[at] for name, values in self.extra.items() if name not in columns}
        return pd.DataFrame(columns, index=pd.Index(at, name="act"))

    def changes_of(
        self, layer: str, *, sender: str | None = None, receiver: str | None = None
    ) -> tuple[int, NDArray[np.float64], NDArray[np.int64]]:
        """Follow the number of ties standing in a lasting layer.

        Parameters
        ----------
        layer
            The layer; a tie of a mutual layer is counted once.
        sender, receiver
            Only ties from or to one actor; for a mutual layer either means "of this actor".

        Returns
        -------
        tuple
            How many stood at the start, the times of change and the count after each.
        """
        kind = self.scenario.layers[layer]
        matrix = self.initial[layer]
        at = self.select(layer=layer)
        form, end = CHANGES.index("form"), CHANGES.index("end")
        at = at[(self.change[at] == form) | (self.change[at] == end)]
        if kind.mutual:
            who = sender or receiver
            first = int(np.triu(matrix).sum())
            if who is not None:
                code = self.code("actor", who)
                first = int(matrix[code].sum())
                at = at[(self.sender[at] == code) | (self.receiver[at] == code)]
        else:
            rows = slice(None) if sender is None else [self.code("actor", sender)]
            columns = slice(None) if receiver is None else [self.code("actor", receiver)]
            first = int(matrix[rows][:, columns].sum())
            if sender is not None:
                at = at[self.sender[at] == self.code("actor", sender)]
            if receiver is not None:
                at = at[self.receiver[at] == self.code("actor", receiver)]
        steps = np.where(self.change[at] == form, 1, -1)
        return first, self.time[at], first + np.cumsum(steps)

    def count_at(self, layer: str, dates: Sequence[float | str], **whose: Any) -> NDArray[np.int64]:
        """Count the ties standing in a layer at each date; takes what :meth:`changes_of` takes."""
        first, times, counts = self.changes_of(layer, **whose)
        days = np.array([as_day(each) for each in dates])
        position = np.searchsorted(times, days, side="right")
        return np.concatenate([[first], counts])[position].astype(np.int64)

    def at(self, when: float | str) -> Any:
        """Give the state of the system at a date: ties, attributes, who exists.

        Raises
        ------
        RapalloError
            For a day outside the history.
        """
        return self._verb("at")(self, as_day(when))

    def view(self, observer: str) -> Any:
        """Give what one actor could know; ``.at(date)`` gives it for a day."""
        return _ViewOf(self, self.actors[self.code("actor", observer)])

    def measure(self, name: str) -> Any:
        """Apply a registered measure."""
        return self._verb("measure")(self, name)

    def why(self, act: Any) -> Any:
        """Explain one act (its position, or a row of :meth:`acts`): terms, and the alternatives it beat."""
        position = getattr(act, "name", act)
        if not isinstance(position, (int, np.integer)) or not 0 <= position < len(self):
            raise RapalloError(f"{act!r} is not an act of this history; give its position, 0 to {len(self) - 1}")
        return self._verb("why")(self, int(position))

    @staticmethod
    def _verb(name: str) -> Callable[..., Any]:
        module, function = VERBS[name].split(":")
        found: Callable[..., Any] = getattr(import_module(module), function)
        return found


@dataclass(frozen=True, slots=True)
class _ViewOf:
    """One actor's knowledge, waiting for a date."""

    history: History
    observer: str

    def at(self, when: float | str) -> Any:
        """Give what the actor could know on that day; raises what :meth:`History.at` does."""
        return self.history.at(when).seen_by(self.observer)


def as_day(when: float | str) -> float:
    """Give days since 1900-01-01 for an ISO date or days."""
    if isinstance(when, (int, float, np.integer, np.floating)):
        return float(when)
    return to_day(str(when))


def known_to_column(told: Sequence[tuple[int, ...]]) -> NDArray[Any] | None:
    """Give the column ``known_to`` of a history, or nothing where it says nothing."""
    if not any(told):
        return None
    column = np.empty(len(told), dtype=object)
    for act, codes in enumerate(told):  # tuples of one length would be taken for a matrix
        column[act] = codes
    return column
