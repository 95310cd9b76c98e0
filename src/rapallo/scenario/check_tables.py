"""Whether every name in the tables means something in the model and in the other tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from rapallo.errors import Problem
from rapallo.record.check_rows import CONTEXT
from rapallo.record.record import Record
from rapallo.record.rows import ActRow, DyadRow
from rapallo.record.suggest import Suggestions
from rapallo.scenario.check_model import MINISTRY
from rapallo.scenario.parse import Model

EVERYBODY = "all"


class CheckTables:
    """The checks of one scenario's tables; :meth:`run` adds to ``problems``.

    Parameters
    ----------
    model, record
        What is checked against what; ``None`` for a model that could not be read.
    problems
        Where problems are added.
    """

    def __init__(self, model: Model | None, record: Record, problems: list[Problem]) -> None:
        self.model, self.record, self.problems = model, record, problems
        self._actors = Suggestions(record.actor_ids)
        self._facts = Suggestions(record.fact_ids)
        self._names: dict[str, Suggestions] = {}
        self._shown: dict[str, str] = {}

    def run(self) -> None:
        """Check everything."""
        self._acts()
        for table in ("attributes", "dyads"):
            self._numbers(table, getattr(self.record, table))
        self._mutual()
        for table in ("persons", "organs"):
            for row in getattr(self.record, table):
                self._actor(table, row, "actor", row.actor)
        self._coverage()
        self._facts_named()

    def _add(self, table: str, row: Any, column: str, what: str, suggestion: str = "") -> None:
        self.problems.append(Problem(self.record.files[table], row.line, column, what, suggestion))

    def _actor(self, table: str, row: Any, column: str, name: str) -> None:
        if not name or name in self.record.spells or "actors" in self.record.unreadable:
            return
        if name not in self._shown:
            meant = self.record.names.get(name.casefold(), ())
            self._shown[name] = f"did you mean {meant[0]!r}?" if len(meant) == 1 else self._actors(name)
        self._add(table, row, column, f"no actor has the id {name!r}", self._shown[name])

    def _named(self, table: str, row: Any, column: str, name: str, kind: str, valid: Mapping[str, Any]) -> bool:
        if name in valid:
            return True
        if name:
            nearest = self._names.setdefault(kind, Suggestions(valid))
            self._add(table, row, column, f"no {kind} is called {name!r}", nearest(name))
        return False

    def _acts(self) -> None:
        model, record = self.model, self.record
        for row in record.acts:
            for column, name in (("sender", row.sender), ("receiver", row.receiver)):
                self._actor("acts", row, column, name)
            for name in row.known_to:
                if name != EVERYBODY:
                    self._actor("acts", row, "known_to", name)
            self._organ(row)
            if model is None or (row.layer == CONTEXT and CONTEXT not in model.layers):
                continue
            if self._named("acts", row, "layer", row.layer, "layer", model.layers):
                layer = model.layers[row.layer]
                if row.change == "end" and not layer.lasting and row.layer != CONTEXT:
                    what = f"the layer {row.layer!r} holds events, which do not end"
                    self._add("acts", row, "change", what, "write form")
                if row.change in ("expose", "discover", "rumour") and not (layer.covert or layer.views):
                    what = f"the layer {row.layer!r} is public: there is nothing to {row.change}"
                    self._add("acts", row, "change", what, "set covert = true or views = true in the layer")
            if self._named("acts", row, "process", row.process, "process", model.processes):
                process = model.processes[row.process]
                for column, here, there in (
                    ("layer", row.layer, process.layer),
                    ("change", row.change, process.change),
                ):
                    if here and there and here != there:
                        what = f"the process {row.process!r} has the {column} {there!r}, the row {here!r}"
                        self._add("acts", row, column, what, f"write {there}, or name another process")
                decides = record.deciding(process.organ, row.sender)
                if row.organ and decides not in (row.organ, MINISTRY):
                    what = f"the process {row.process!r} is decided by {decides!r}, the row by {row.organ!r}"
                    self._add("acts", row, "organ", what, f"write {decides}, or name another process")

    def _organ(self, row: ActRow) -> None:
        if not row.organ or row.organ == MINISTRY or "organs" in self.record.unreadable:
            return
        own = self.record.organ_names.get(row.sender, frozenset())
        if row.organ not in own and row.sender in self.record.spells:
            what = f"{row.sender} has no organ {row.organ!r}"
            nearest = Suggestions({*own, MINISTRY})
            self._add("acts", row, "organ", what, nearest(row.organ))

    def _numbers(self, table: str, rows: Iterable[Any]) -> None:
        shape = "actor" if table == "attributes" else "pair"
        columns = ("actor",) if table == "attributes" else ("sender", "receiver")
        valid = {}
        if self.model is not None:
            valid = {name: each for name, each in self.model.quantities.items() if each.shape == shape}
        kind = "attribute" if shape == "actor" else "pair's quantity"
        spells = self.record.spells
        for row in rows:
            for column in columns:
                name = getattr(row, column)
                if name not in spells:
                    self._actor(table, row, column, name)
            if self.model is None:
                continue
            quantity = valid.get(row.attribute)
            if quantity is None:
                self._named(table, row, "attribute", row.attribute, kind, valid)
            elif row.unit and quantity.unit and row.unit != quantity.unit:
                what = f"the unit is {row.unit!r}, and scenario.toml states {row.attribute} in {quantity.unit!r}"
                self._add(table, row, "unit", what, "convert the number, or mend the unit")

    def _mutual(self) -> None:
        """Compare both directions of values that are declared mutual."""
        if self.model is None:
            return
        mutual = {name for name, each in self.model.quantities.items() if each.mutual}
        stated: dict[tuple[str, ...], DyadRow] = {}
        for row in self.record.dyads if mutual else ():
            if row.attribute in mutual and not math.isnan(row.value):
                key = (row.attribute, *sorted((row.sender, row.receiver)), row.date.text, row.reading)
                other = stated.setdefault(key, row)
                if other.value != row.value and other.sender != row.sender:
                    what = f"{row.attribute} is mutual, but line {other.line} has {other.value:g} the other way"
                    self._add("dyads", row, "value", what, "state it once, or take mutual = true away")

    def _coverage(self) -> None:
        for row in self.record.coverage:
            for name in row.actors:
                self._actor("coverage", row, "actors", name)
            if self.model is not None and row.about:
                model = self.model
                valid = {**model.layers, **model.processes, **model.quantities, CONTEXT: None}
                self._named("coverage", row, "about", row.about, "layer, process or attribute", valid)

    def _facts_named(self) -> None:
        record = self.record
        tables = {"acts", "attributes", "dyads", "organs", "persons"}
        if tables & record.unreadable:
            return
        facts = record.fact_ids | {row.id for row in record.text_claims}
        readings = {
            f"{row.id}:{row.reading}" for table in (record.acts, record.attributes, record.dyads) for row in table
        }
        for table in ("acts", "attributes"):
            for row in getattr(record, table):
                for name in row.depends_on:
                    head, colon, reading = name.partition(":")
                    if head not in facts:
                        self._add(table, row, "depends_on", f"no fact has the id {head!r}", self._facts(head))
                    elif colon and name not in readings:
                        what = f"the fact {head!r} has no reading {reading!r}"
                        own = sorted(each.partition(":")[2] for each in readings if each.startswith(f"{head}:"))
                        shown = ", ".join(repr(each) for each in own if each) or "none that is labelled"
                        self._add(table, row, "depends_on", what, f"its readings: {shown}")
        for row in record.text_claims:
            for name in row.fact_ids:
                if name not in facts:
                    self._add("text_claims", row, "fact_ids", f"no fact has the id {name!r}", self._facts(name))
        for row in record.identity:
            for column, name in (("canonical", row.canonical), ("member", row.member)):
                if name and name not in facts:
                    self._add("identity", row, column, f"no fact has the id {name!r}", self._facts(name))
