"""Whether every name in ``scenario.toml`` means something, and every effect has its number."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapallo.effects.effect import Effect, effects, get_effect
from rapallo.errors import Problem, UnknownNameError
from rapallo.record.check_rows import CONTEXT
from rapallo.record.record import Record
from rapallo.record.suggest import suggest
from rapallo.scenario.condition import read_condition
from rapallo.scenario.parameter import Parameter
from rapallo.scenario.parse import Model
from rapallo.scenario.toml_file import Path, TomlFile
from rapallo.system.process import Motive, Process

GRAMMAR = (
    "NAME or NAME reversed (a layer, a pair's value, a memory by pair), sender.ATTRIBUTE or receiver.ATTRIBUTE, "
    "or 'not ' and one of these"
)
_SHAPES = ("actor", "pair")
MINISTRY = "ministry"
"""The organ that decides where none is named; every actor has it."""


@dataclass(frozen=True, slots=True)
class CheckModel:
    """The checks of one scenario's model; :meth:`run` adds to ``problems``."""

    model: Model
    parameters: Mapping[str, Parameter] | None
    record: Record
    toml: TomlFile
    numbers: TomlFile | None
    problems: list[Problem]

    def run(self) -> None:
        """Check everything."""
        self._names_apart()
        self._sentences()
        self._counts()
        self._groups()
        self._memories()
        self._processes()
        self._yearly()
        self._institutions()
        self._parameters()

    def _problem(self, path: Path, what: str, suggestion: str = "") -> None:
        self.problems.append(self.toml.problem(path, what, suggestion))

    def _known(self, path: Path, name: str, kind: str, valid: Iterable[str]) -> bool:
        """Check that a name is one of those valid; an empty one is a problem of its own elsewhere."""
        valid = list(valid)
        if name and name not in valid:
            self._problem(path, f"no {kind} is called {name!r}", suggest(name[:80], valid))
        return name in valid

    def _names_apart(self) -> None:
        """Keep apart the names that effects may be bound to, and those that parameters begin with."""
        model = self.model
        shapes = {shape: [name for name, each in model.quantities.items() if each.shape == shape] for shape in _SHAPES}
        kinds = {kind: [name for name, each in model.yearly.items() if each.kind == kind] for kind in ("flow", "stock")}
        spaces: tuple[list[tuple[str, Iterable[str]]], ...] = (
            [
                ("layers", model.layers),
                ("attributes", shapes["actor"]),
                ("dyads", shapes["pair"]),
                ("memories", model.memories),
            ],
            [
                ("processes", model.processes),
                ("flows", kinds["flow"]),
                ("stocks", kinds["stock"]),
                ("institutions", model.institutions),
            ],
        )
        for space in spaces:
            owner: dict[str, str] = {}
            for table, names in space:
                for name in names:
                    if owner.setdefault(name, table) != table:
                        what = f"{name!r} is the name of one of the {owner[name]} already"
                        self._problem((table, name), what, "give one of the two another name")

    def _sentences(self) -> None:
        for table, entries in (("layers", self.model.layers), ("processes", self.model.processes)):
            for name, each in entries.items():
                try:
                    fields = {field for _, field, _, _ in string.Formatter().parse(each.says) if field is not None}
                except ValueError as error:
                    self._problem(
                        (table, name, "says"), f"the sentence cannot be filled in: {error}", "close the braces"
                    )
                    continue
                odd = sorted(fields - {"sender", "receiver"})
                if odd:
                    what = f"the sentence has a place for {odd[0]!r}"
                    self._problem((table, name, "says"), what, "only {sender} and {receiver} can be filled in")

    def _counts(self) -> None:
        kinds = {row.kind for row in self.record.persons if row.kind}
        for name, quantity in self.model.quantities.items():
            if quantity.counts and "persons" not in self.record.unreadable:
                self._known(("attributes", name, "counts"), quantity.counts, "kind of person", kinds)

    def _groups(self) -> None:
        kinds = {row.kind for row in self.record.actors}
        for name, members in self.model.groups.items():
            if name in kinds:
                self._problem(("groups", name), f"{name!r} is a kind of actor already", "give the group another name")
            if "actors" not in self.record.unreadable:
                for member in members:
                    self._known(("groups", name), member, "actor", self.record.actor_ids)

    def _memories(self) -> None:
        for name, memory in self.model.memories.items():
            path = ("memories", name)
            self._known((*path, "layer"), memory.layer, "layer", self.model.layers)
            attributes = [each for each, quantity in self.model.quantities.items() if quantity.shape == "actor"]
            self._known((*path, "weight"), memory.weight, "attribute", attributes)
            if self._known((*path, "process"), memory.process, "process", self.model.processes):
                process = self.model.processes[memory.process]
                if (process.layer, process.change) != (memory.layer, memory.change):
                    acts, kept = f"{process.layer} {process.change}", f"{memory.layer} {memory.change}"
                    what = f"acts of {memory.process!r} are {acts}, not {kept}"
                    self._problem((*path, "process"), what, "mend layer and change, or leave the process out")

    def _processes(self) -> None:
        model = self.model
        organs = {organ for names in self.record.organ_names.values() for organ in names} | {MINISTRY}
        organs |= {role for _, role in self.record.roles}
        for name, process in model.processes.items():
            path = ("processes", name)
            if "organs" not in self.record.unreadable:
                self._known((*path, "organ"), process.organ, "organ", organs)
            if self._known((*path, "layer"), process.layer, "layer", model.layers):
                layer = model.layers[process.layer]
                secret = layer.covert or layer.views
                if process.change == "end" and not layer.lasting:
                    what = f"the layer {process.layer!r} holds events, which do not end"
                    self._problem((*path, "change"), what, "set lasting = true in the layer, or form in the process")
                if process.change in ("expose", "discover") and not secret:
                    what = f"the layer {process.layer!r} is public: there is nothing to {process.change}"
                    self._problem((*path, "change"), what, "set covert = true or views = true in the layer")
            if process.layer == CONTEXT:
                self._problem((*path, "layer"), "no process makes context", "name a layer of the model")
            for side, who in (("senders", process.senders), ("receivers", process.receivers)):
                self._who((*path, side), who)
            self._conditions((*path, "allowed"), process.allowed)
            self._motives((*path, "effects"), process.motives)
            self._motives((*path, "rate"), process.rate)
            self._motives((*path, "consent"), process.consent)
            if process.rate and process.weighting == "intensity":
                what = "an intensity has no rate of its own: its effects are its rate"
                self._problem((*path, "rate"), what, "move them to effects, or choose another weighting")
            if process.weighting == "coordination":
                self._coordinated(path, process)
            self._systems(path, process.system)

    def _coordinated(self, path: tuple[str, ...], process: Process) -> None:
        """Refuse what coordination would pass over: nobody in particular sets its rate, and both sides consent."""
        if process.consent:
            what = "both sides of a coordinated act choose each other already"
            self._problem((*path, "consent"), what, "move them to effects, or choose another weighting")
        for motive in process.rate:
            slots = next((each.reads for each in effects() if each.name == motive.effect), ())
            for name in ({slot: slot for slot in slots} | dict(motive.reads)).values():
                memory = self.model.memories.get(name)
                if memory is None or memory.by != "system":
                    what = f"the rate of a coordinated process is nobody's in particular, and {name!r} is"
                    self._problem((*path, "rate", motive.name), what, "read a memory by system, or move it to effects")

    def _yearly(self) -> None:
        quantities = self.model.quantities
        for name, update in self.model.yearly.items():
            path = (f"{update.kind}s", name)
            shape = "pair" if update.kind == "flow" else "actor"
            valid = [each for each, quantity in quantities.items() if quantity.shape == shape]
            kind = "pair's quantity" if shape == "pair" else "attribute"
            if self._known((*path, "writes"), update.writes, kind, valid) and not quantities[update.writes].written:
                table = "dyads" if shape == "pair" else "attributes"
                what = f"{update.writes!r} is not declared as written by the engine"
                self._problem((*path, "writes"), what, f"set written = true in [{table}.{update.writes}]")
            for side, who in (("senders", update.senders), ("receivers", update.receivers)):
                self._who((*path, side), who)
            self._conditions((*path, "allowed"), update.allowed)
            self._motives((*path, "effects"), update.motives)
            self._systems(path, update.system)

    def _institutions(self) -> None:
        model = self.model
        attributes = [name for name, each in model.quantities.items() if each.shape == "actor"]
        pairs = [name for name, each in model.quantities.items() if each.shape == "pair"]
        for name, institution in model.institutions.items():
            path = ("institutions", name)
            if "actors" not in self.record.unreadable:
                self._known((*path, "actor"), institution.actor, "actor", self.record.actor_ids)
            if self._known((*path, "membership"), institution.membership, "layer", model.layers):
                layer = model.layers[institution.membership]
                if not layer.lasting or layer.mutual:
                    what = f"membership is a lasting tie from member to institution, which {layer.name!r} does not hold"
                    self._problem((*path, "membership"), what, "set lasting = true and mutual = false in the layer")
            self._known((*path, "council"), institution.council, "attribute", attributes)
            self._known((*path, "restricts"), institution.restricts, "attribute", attributes)
            for process in institution.forbids:
                self._known((*path, "forbids"), process, "process", model.processes)
            if institution.forbids and not institution.restricts:
                what = "it forbids processes, but says not to whom"
                self._problem((*path, "forbids"), what, "add restricts = the attribute of the restricted")
            for rule in institution.rules:
                below = (*path, "rules", rule.name)
                trigger = rule.trigger
                if self._known((*below, "trigger", "layer"), trigger.layer, "layer", model.layers):
                    closes = trigger.ends_with == "end" and not model.layers[trigger.layer].lasting
                    if closes and trigger.change != "end":
                        what = f"the layer {trigger.layer!r} holds events, which do not end: no case would close"
                        self._problem((*below, "trigger", "ends_with"), what, 'write ends_with = "" if that is meant')
                self._conditions((*below, "trigger", "when"), trigger.when)
                if (
                    self._known((*below, "layer"), rule.layer, "layer", model.layers)
                    and model.layers[rule.layer].lasting
                ):
                    what = f"findings are events, and the layer {rule.layer!r} is lasting"
                    self._problem((*below, "layer"), what, "set lasting = false in the layer")
                if self._known((*below, "obligation"), rule.obligation, "pair's quantity", pairs):
                    if not model.quantities[rule.obligation].written:
                        what = f"{rule.obligation!r} is not declared as written by the engine"
                        self._problem((*below, "obligation"), what, f"set written = true in [dyads.{rule.obligation}]")
                for needed in ("actor", "membership", *(() if rule.finding == "each member" else ("council",))):
                    if not getattr(institution, needed):
                        self._problem((*path, needed), f"its rule {rule.name!r} needs {needed}", f"add {needed} = …")
                self._motives((*below, "vote"), model.votes[f"{name}.{rule.name}"])

    def _systems(self, path: Path, systems: tuple[int, ...]) -> None:
        for system in systems:
            if self.model.systems and system not in self.model.systems:
                what = f"no system has the number {system}"
                self._problem(
                    (*path, "system"), what, f"those of [systems] are {', '.join(map(str, self.model.systems))}"
                )

    def _who(self, path: Path, who: str | tuple[str, ...]) -> None:
        if "actors" in self.record.unreadable:
            return
        actors = self.record.actor_ids
        if not isinstance(who, str):
            for name in who:
                self._known(path, name, "actor", actors)
            return
        kinds = {row.kind for row in self.record.actors} | set(self.model.groups)
        attributes = {name for name, each in self.model.quantities.items() if each.shape == "actor"}
        meanings = [kind for kind, valid in (("kind", kinds), ("attribute", attributes)) if who in valid]
        if len(meanings) > 1:
            self._problem(path, f"{who!r} is a kind or group of actors and an attribute", "rename one of the two")
        self._known(path, who, "kind of actor, group or attribute", {*kinds, *attributes, *actors})

    def _conditions(self, path: Path, conditions: tuple[str, ...]) -> None:
        model = self.model
        for text in conditions:
            condition = read_condition(text)
            if condition is None:
                self._problem(path, f"{text[:80]!r} is not a condition", f"write {GRAMMAR}")
                continue
            of_pair = condition.side in ("pair", "reversed")
            valid = [name for name, each in model.quantities.items() if each.shape == ("pair" if of_pair else "actor")]
            if of_pair:
                valid += [*model.layers, *(name for name, each in model.memories.items() if each.by == "pair")]
            kind = "layer, pair's quantity or memory by pair" if of_pair else "attribute"
            self._known(path, condition.name, kind, valid)
            if condition.name in model.layers and not model.layers[condition.name].lasting:
                what = f"the layer {condition.name!r} holds events: no tie of it ever stands"
                self._problem(path, what, "use a memory by pair instead")

    def _motives(self, path: Path, motives: tuple[Motive, ...]) -> None:
        for motive in motives:
            place = (*path, motive.name)
            try:
                effect = get_effect(motive.effect)
            except UnknownNameError:
                key = (*place, "effect") if motive.effect != motive.name else place
                what = f"no effect is called {motive.effect!r}"
                self._problem(key, what, suggest(motive.effect[:80], _effect_names()))
                continue
            self._bindings(place, effect, motive)
            for setting, _ in motive.settings:
                self._known(
                    (*place, "settings", setting), setting, f"setting of {effect.name!r}", dict(effect.settings)
                )

    def _bindings(self, place: Path, effect: Effect, motive: Motive) -> None:
        model = self.model
        bound = dict(motive.reads)
        for slot in bound:
            self._known((*place, "reads", slot), slot, f"slot of {effect.name!r}", effect.reads)
        for slot in effect.reads:
            name = bound.get(slot, slot)
            path = (*place, "reads", slot) if slot in bound else place
            valid = {*model.layers, *model.quantities, *model.memories}
            if name and name not in valid:
                what = f"no layer, attribute, pair's quantity or memory is called {name!r}"
                if slot not in bound:
                    what += f", which {effect.name!r} reads"
                    near = suggest(name[:80], valid)
                    bind = f'bind it: reads = {{ {slot} = "…" }}'
                    self._problem(path, what, f"{near} if not, {bind}" if near.startswith("did") else bind)
                else:
                    self._problem(path, what, suggest(name[:80], valid))
                continue
            wanted, shape = slot_shapes(effect).get(slot), self._shape(name)
            if wanted is not None and shape != wanted:
                words = {"pair": "a number for each pair", "actor": "a number for each actor"}
                what = f"{effect.name!r} reads {words[wanted]} in {slot!r}, and {name!r} is {words[shape]}"
                right = [each for each in valid if self._shape(each) == wanted]
                self._problem(path, what, f"bind it to one of: {', '.join(sorted(right)[:12]) or 'none is declared'}")

    def _shape(self, name: str) -> str:
        if name in self.model.quantities:
            return self.model.quantities[name].shape
        if name in self.model.memories:
            return "pair" if self.model.memories[name].by == "pair" else "actor"
        return "pair"

    def _parameters(self) -> None:
        if self.parameters is None:
            return
        wanted = dict(self._wanted())
        for name, path in wanted.items():
            if name not in self.parameters:
                unused = [each for each in self.parameters if each not in wanted]
                right = suggest(name, unused) if unused else ""
                right = right if right.startswith("did") else f"add [{name}] to parameters.toml"
                self._problem(path, f"parameters.toml has no number for {name!r}", right)
        for name, parameter in self.parameters.items():
            place = tuple(name.split("."))
            if self.numbers is None:
                break
            if name not in wanted:
                absent = [each for each in wanted if each not in self.parameters] or list(wanted)
                what = f"no effect in use has the parameter {name!r}"
                self.problems.append(self.numbers.problem(place, what, suggest(name[:120], absent)))
            for key in parameter.cites:
                if "sources" not in self.record.unreadable and key not in self.record.sources:
                    what = f"sources.bib has no entry {key!r}"
                    right = suggest(key[:80], self.record.sources)
                    self.problems.append(self.numbers.problem((*place, "cites"), what, right))

    def _wanted(self) -> Iterator[tuple[str, Path]]:
        for place, motive in all_motives(self.model):
            yield motive.parameter, place
        for name, update in self.model.yearly.items():
            for key in ("noise", "retention"):
                if getattr(update, key):
                    yield getattr(update, key), (f"{update.kind}s", name, key)
        for name, institution in self.model.institutions.items():
            for rule in institution.rules:
                if rule.shock:
                    yield rule.shock, ("institutions", name, "rules", rule.name, "shock")


def all_motives(model: Model) -> Iterator[tuple[Path, Motive]]:
    """Give every effect in use, with its place in ``scenario.toml``."""
    for name, process in model.processes.items():
        for key, motives in (("effects", process.motives), ("rate", process.rate), ("consent", process.consent)):
            for motive in motives:
                yield ("processes", name, key, motive.name), motive
    for name, update in model.yearly.items():
        for motive in update.motives:
            yield (f"{update.kind}s", name, "effects", motive.name), motive
    for name, motives in model.votes.items():
        institution, rule = name.split(".", 1)
        for motive in motives:
            yield ("institutions", institution, "rules", rule, "vote", motive.name), motive


@lru_cache(maxsize=512)
def slot_shapes(effect: Effect) -> dict[str, str]:
    """Tell for each slot whether an effect's function reads it by pair or by actor.

    Slots that the source text does not settle are left out.
    """
    found: dict[str, set[str]] = {}
    if effect.source is None:
        return {}
    tree = ast.parse(effect.source)
    above = {below: node for node in ast.walk(tree) for below in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
            shape = "pair" if isinstance(node.slice, ast.Tuple) else _shape_of_one(node, above)
            found.setdefault(node.value.attr, set()).add(shape)
    return {slot: min(shapes) for slot, shapes in found.items() if len(shapes) == 1 and shapes != {""}}


_OF_NUMBERS = {"abs", "bool", "float", "int", "max", "min", "round"}
"""Functions that are given numbers, as those of ``math`` are; any other may be given a row of them."""


def _shape_of_one(node: ast.AST, above: Mapping[ast.AST, ast.AST]) -> str:
    """Tell by its use what ``view.slot[sender]`` is: a number of one actor, a row of pairs, or empty for either."""
    user = above[node]
    while isinstance(user, ast.UnaryOp) or (isinstance(user, ast.BinOp) and not isinstance(user.op, ast.MatMult)):
        node, user = user, above[user]
    if isinstance(user, ast.Attribute | ast.For | ast.comprehension):
        return "pair"
    if isinstance(user, ast.Subscript):
        return "pair" if user.value is node else "actor"
    if isinstance(user, ast.Call):
        called = user.func
        of_numbers = isinstance(called, ast.Name) and called.id in _OF_NUMBERS
        of_math = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "math"
        return "actor" if of_numbers or of_math else ""
    return "" if isinstance(user, ast.Assign | ast.AnnAssign | ast.BinOp) else "actor"


def _effect_names() -> list[str]:
    return [name for each in effects() for name in (each.name, *each.aliases)]
