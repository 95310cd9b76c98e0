"""The tables of a counterfactual, read from its folder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rapallo.errors import UnknownNameError
from rapallo.experiment.counterfactual_work import FAILED, FAILURES, RECORD_WORLD
from rapallo.experiment.fates import GIVEN, HELD, kind_in_words, roles
from rapallo.measures import get_measure
from rapallo.record.edtf import read_date
from rapallo.system.history import to_iso

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.engine.changed_world import ChangedWorld
    from rapallo.engine.recorded_world import RecordedWorld
    from rapallo.scenario.intervention import Intervention

KEPT, MOVED, LOST, GAINED = "kept", "moved", "lost", "gained"

OPEN = "not determined by the record"

TOLD = 0.25
"""Share of draws from which on a new act is told in a sentence."""

HALF = 0.5
"""Share of draws from which on a new act is said to happen."""

TOLERANCES = (0.0, 7.0, 30.0, 90.0, 365.0)
"""Days within which a shift may be called no move."""

KIND = ("process", "layer", "change", "sender", "receiver")


class CounterfactualTables:
    """What the draws of a counterfactual come to.

    Parameters
    ----------
    folder
        Where they are kept.
    scenario
        The model.
    record, changed
        The record's world and the changed one.
    intervention
        What was changed.
    lucks, draws
        Kinds of luck, and how many of the draws to look at, from the first.
    within
        Days beyond its own date within which an act counts as kept.
    """

    def __init__(
        self,
        folder: Path,
        scenario: Any,
        record: RecordedWorld,
        changed: ChangedWorld,
        intervention: Intervention,
        lucks: tuple[str, ...],
        draws: int,
        within: float = 0.0,
    ) -> None:
        self.folder, self.scenario, self.intervention = folder, scenario, intervention
        self.world, self.changed = record, changed
        self.record = record.record
        self.lucks, self.draws, self.within = lucks, draws, within

    @cached_property
    def times(self) -> dict[str, NDArray[np.float64]]:
        """For each luck, draws × acts of the record: when each happens; ``nan`` where it does not."""
        import pyarrow.parquet

        table = pyarrow.parquet.read_table(self.folder / "fates.parquet")
        luck = np.asarray(table["luck"].cast("string").to_pylist(), dtype=object)
        draw, act, time = (table[name].to_numpy() for name in ("draw", "act", "time"))
        found = {}
        for kind in self.lucks:
            mine = (luck == kind) & (draw < self.draws)
            values = np.full((self.draws, len(self.record)), np.nan)
            values[draw[mine], act[mine]] = time[mine]
            found[kind] = values
        return found

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """For each draw its share of the posterior: one whose open flows explain the acts better counts for more.

        A draw that failed counts for nothing.
        """
        import pandas as pd

        rows = pd.read_parquet(self.folder / "densities.parquet").set_index("draw")
        density = rows["log_density"].reindex(range(self.draws), fill_value=-np.inf).to_numpy(float)
        weights: NDArray[np.float64] = np.exp(density - density.max())
        found: NDArray[np.float64] = weights / weights.sum()
        return found

    @property
    def effective_draws(self) -> float:
        """As many draws of equal weight would say as much."""
        return float(1.0 / (self.weights**2).sum())

    @cached_property
    def failures(self) -> pd.DataFrame:
        """The draws that failed: draw, seed, stage and message."""
        import pandas as pd

        path = self.folder / f"{FAILURES}.parquet"
        found = pd.read_parquet(path) if path.exists() else FAILED.empty_table().to_pandas()
        return found[found["draw"] < self.draws]

    @property
    def first_draw(self) -> int:
        """The first draw that did not fail."""
        failed = set(self.failures["draw"])
        return next(draw for draw in range(self.draws) if draw not in failed)

    @cached_property
    def new(self) -> pd.DataFrame:
        """Every act of every draw that the record has not."""
        import pandas as pd

        found = pd.read_parquet(self.folder / "gained.parquet")
        found = found[found["draw"] < self.draws].copy()
        for name in ("luck", *KIND):
            found[name] = found[name].astype(str)
        return found

    @cached_property
    def roles(self) -> dict[int, str]:
        """How each act of the record comes about, by position, in order of time."""
        return dict(sorted(roles(self.world).items()))

    @cached_property
    def bounds(self) -> dict[int, tuple[float, float]]:
        """The first and the last day that the record's own date of an act leaves open, by position."""
        texts = self.record.extra.get("date_text")
        found = {}
        for act in self.roles:
            day = float(np.floor(self.record.time[act]))
            first = last = day
            if texts is not None and texts[act]:
                date = read_date(str(texts[act]))
                first = min(day, date.earliest if date.earliest is not None else day)
                last = max(day, date.latest if date.latest is not None else day)
            found[act] = first, last
        return found

    def position(self, act: int | str) -> int:
        """Give the position of an act by its id, or check the one given."""
        if isinstance(act, (int, np.integer)):
            if int(act) in self.roles:
                return int(act)
            raise UnknownNameError("act of the record within the span", str(act), [str(each) for each in self.roles])
        return self.positions(act)[0]

    def positions(self, fact: str) -> list[int]:
        """Give the positions of all acts of a fact.

        Raises
        ------
        UnknownNameError
            With the nearest id.
        """
        ids = {} if self.record.ids is None else {act: str(self.record.ids[act]) for act in self.roles}
        found = [act for act, each in ids.items() if each == fact]
        if not found:
            raise UnknownNameError("dated act of the record within the span", fact, set(ids.values()))
        return found

    def fate_of(self, act: int, times: NDArray[np.float64], within: float | None = None) -> NDArray[np.int64]:
        """Say what befalls an act in each draw: -1 sooner, 0 kept, 1 later, 2 lost.

        It is kept where it comes on a day that its recorded date leaves open, or so many days ``within`` those.
        """
        first, last = self.bounds[act]
        slack = self.within if within is None else within
        day = np.floor(times)
        found = np.where(day < first - slack, -1, np.where(day > last + slack, 1, 0))
        return np.where(np.isnan(times), 2, found)

    @cached_property
    def by_tolerance(self) -> pd.DataFrame:
        """Verdicts as a shift of more and more days is called no move, counted.

        One row a tolerance: ``days``, and how many of the acts that the calendar does not give are ``kept``, ``moved``,
        ``lost``, open as to ``when`` and open as to ``whether``.
        """
        import pandas as pd

        rows = []
        for days in sorted({*TOLERANCES, self.within}):
            counts = dict.fromkeys((KEPT, MOVED, LOST, "when", "whether"), 0)
            for act, role in self.roles.items():
                if role != GIVEN:
                    fates = [self._likeliest(self.fate_of(act, self.times[luck][:, act], days)) for luck in self.lucks]
                    counts[verdict(fates).removeprefix(f"{OPEN}: ")] += 1
            rows.append({"days": days, **counts})
        return pd.DataFrame(rows)

    def _likeliest(self, fate: NDArray[np.int64]) -> str:
        shares = ((_share(self.weights, fate == 0), KEPT), (_share(self.weights, np.abs(fate) == 1), MOVED))
        return max((*shares, (_share(self.weights, fate == 2), LOST)), key=lambda each: each[0])[1]

    def typical_draw(self, act: int, luck: str) -> int:
        """Give the first draw in which an act's likeliest fate befalls it."""
        fate = self.fate_of(act, self.times[luck][:, act])
        made = np.ones(self.draws, dtype=bool)
        made[self.failures["draw"].to_numpy(int)] = False
        counts = {KEPT: made & (fate == 0), MOVED: made & (np.abs(fate) == 1), LOST: made & (fate == 2)}
        name = max(counts, key=lambda each: counts[each].sum())
        return int(np.flatnonzero(counts[name])[0])

    def fate_in(self, act: int, luck: str, draw: int) -> str:
        """Say what befalls an act in one draw."""
        time = float(self.times[luck][draw, act])
        fate = int(self.fate_of(act, np.array([time]))[0])
        if fate == 2:
            return "it does not happen"
        return "it stays" if fate == 0 else f"it comes on {to_iso(time)}"

    def first_gain(self, kind: tuple[Any, ...], luck: str) -> tuple[int, float]:
        """Give the first draw in which an act comes that the record has not, and when."""
        mine = self._gains(kind, luck)
        if not len(mine):
            raise UnknownNameError(f"act gained under {luck} luck", " ".join(kind), [])
        row = mine.sort_values(["draw", "time"]).iloc[0]
        return int(row["draw"]), float(row["time"])

    def _gains(self, kind: tuple[Any, ...], luck: str) -> pd.DataFrame:
        """Give the rows of acts of one kind between two that one luck has and the record has not."""
        mine = self.new[self.new["luck"] == luck]
        for name, value in zip(KIND, kind, strict=True):
            mine = mine[mine[name] == value]
        return mine

    @cached_property
    def touched(self) -> set[int]:
        """Positions of the acts that the intervention itself drops or moves."""
        found = {act for k, (act, _) in enumerate(self.world.firings) if self.changed.flags[k]}
        still = set(self.changed.forced)
        found |= {act for act, _ in self.world.forced if act not in still}
        votes = [act for case in self.world.cases for act, _, _ in case.votes]
        return found | {act for act, gone in zip(votes, self.changed.votes_dropped, strict=True) if gone}

    @cached_property
    def acts(self) -> pd.DataFrame:
        """What becomes of each act of the record."""
        import pandas as pd

        record, extra = self.record, self.record.extra
        rows = []
        for act, role in self.roles.items():
            kind = kind_in_words(record, act)
            row: dict[str, Any] = {
                "act": act,
                "id": "" if record.ids is None else str(record.ids[act]),
                "date": to_iso(float(record.time[act])),
                **dict(zip(KIND, kind, strict=True)),
                "says": self.words(kind, str(extra["title"][act]) if "title" in extra else ""),
                "certainty": str(extra["certainty"][act]) if "certainty" in extra else "",
                "role": role,
                "touched": act in self.touched,
            }
            fate = {}
            for luck in self.lucks:
                made = self._shares(act, self.times[luck][:, act])
                fate[luck] = made["fate"]
                row |= {f"{luck}_{name}": value for name, value in made.items()}
            rows.append({**row, "verdict": verdict(list(fate.values()))})
        return pd.DataFrame(rows)

    def _shares(self, act: int, times: NDArray[np.float64]) -> dict[str, Any]:
        fate = self.fate_of(act, times)
        shares = {
            name: _share(self.weights, fate == code)
            for name, code in ((KEPT, 0), ("sooner", -1), ("later", 1), (LOST, 2))
        }
        elsewhere = np.abs(fate) == 1
        return {**shares, **_three(times[elsewhere], self.weights[elsewhere]), "fate": self._likeliest(fate)}

    def gained(self, least: float = 0.05) -> pd.DataFrame:
        """Give the acts that the record has not."""
        import pandas as pd

        columns = [*KIND, "says"]
        rows = []
        for kind, mine in self.new.groupby(list(KIND), sort=False):
            row: dict[str, Any] = {**dict(zip(KIND, kind, strict=True)), "says": self.words(kind)}
            fate = []
            for luck in self.lucks:
                first, weights = self._first(mine[mine["luck"] == luck])
                share = round(float(weights.sum()), 12)
                row |= {f"{luck}_share": share} | {
                    f"{luck}_{name}": day for name, day in _three(first, weights).items()
                }
                fate.append("happens" if share >= HALF else "does not happen")
            if max(row[f"{luck}_share"] for luck in self.lucks) >= least:
                rows.append({**row, "verdict": fate[0] if len(set(fate)) == 1 else f"{OPEN}: whether"})
        found = pd.DataFrame(rows, columns=[*columns, *(self._columns("share")), "verdict"])
        if not len(found):
            return found
        most = found[[f"{luck}_share" for luck in self.lucks]].max(axis=1)
        return found.loc[most.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)

    def _first(self, rows: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give, for each draw that has any of these acts, when the first comes, and the draw's weight."""
        first = rows.groupby("draw")["time"].min()
        return first.to_numpy(float), self.weights[first.index.to_numpy(int)]

    def _columns(self, first: str) -> list[str]:
        return [f"{luck}_{name}" for luck in self.lucks for name in (first, "median", "low", "high")]

    @cached_property
    def measured(self) -> pd.DataFrame:
        """Every measure of every draw and world."""
        import pandas as pd

        found = pd.read_parquet(self.folder / "measures.parquet")
        for name in ("world", "measure"):
            found[name] = found[name].astype(str)
        return found

    def values(self, measure: str, world: str) -> pd.DataFrame:
        """Give a measure of every draw in one world (``record``, or a kind of luck), draws × keys."""
        rows = self.measured
        mine = rows[(rows["measure"] == measure) & (rows["world"] == world)]
        if not len(mine) and measure not in set(rows["measure"]):
            raise UnknownNameError("measure that was taken", measure, sorted(set(rows["measure"])))
        return mine.pivot(index="draw", columns="key", values="value").reindex(range(self.draws))

    def table(self, measures: Sequence[str] | None = None) -> pd.DataFrame:
        """Give the effect on every measure."""
        import pandas as pd

        rows = []
        for name in measures if measures is not None else dict.fromkeys(self.measured["measure"]):
            about = get_measure(name)
            if about.shape == "actor":
                continue
            base = self.values(name, RECORD_WORLD)
            for luck in self.lucks:
                changed = self.values(name, luck).reindex(columns=base.columns)
                for key in _keys(base, changed):
                    first, second = base[key].to_numpy(float), changed[key].to_numpy(float)
                    known = np.isfinite(second - first)
                    paired = (second - first)[known]
                    if not len(paired):
                        continue
                    weights = self.weights[known] / self.weights[known].sum()
                    mean = float(weights @ paired)
                    rows.append(
                        {
                            "measure": name,
                            "at": key,
                            "unit": about.unit,
                            "luck": luck,
                            "record": _days(first, self.weights)[0],
                            "changed": _days(second, self.weights)[0],
                            "difference": mean,
                            "low": _days(paired, weights)[1],
                            "high": _days(paired, weights)[2],
                            "same_sign": _share(weights, np.sign(paired) == np.sign(mean)) if mean else 0.0,
                            "no_change": _share(weights, paired == 0),
                        }
                    )
        return pd.DataFrame(rows)

    def timeline(self) -> pd.DataFrame:
        """Give what a time line of both worlds shows."""
        import pandas as pd

        columns = ["luck", "fate", "share", "recorded", "median", "low", "high", "process", "label", "id", "verdict"]
        rows = []
        for row in self.acts.to_dict("records"):
            if row["role"] == GIVEN and row["verdict"] == KEPT:
                continue
            act = int(row["act"])
            for luck in self.lucks:
                times = self.times[luck][:, act]
                fate = str(row[f"{luck}_fate"])
                share = row[f"{luck}_sooner"] + row[f"{luck}_later"] if fate == MOVED else row[f"{luck}_{fate}"]
                days = _days(times, self.weights)
                label = f"{row['sender']} {row['receiver']}".strip()
                rows.append(
                    (
                        luck,
                        fate,
                        share,
                        float(self.record.time[act]),
                        *days,
                        row["process"],
                        label,
                        row["id"],
                        row["verdict"],
                    )
                )
        for row in self.gained().to_dict("records"):
            kind = tuple(row[name] for name in KIND)
            for luck in self.lucks:
                share = row[f"{luck}_share"]
                if share > 0.0:
                    mine = self._gains(kind, luck)
                    days = _days(*self._first(mine))
                    label = f"{row['sender']} {row['receiver']}".strip()
                    rows.append((luck, GAINED, share, np.nan, *days, row["process"], label, "", row["verdict"]))
        return pd.DataFrame(rows, columns=columns)

    def says(self, limit: int | None = None) -> list[str]:
        """Say in sentences what does not stay as it was, and what is new."""
        acts = self.acts
        decided = acts[acts["role"] != GIVEN]
        counts = {name: int((decided["verdict"] == name).sum()) for name in (KEPT, MOVED, LOST)}
        first = f"Of {len(decided)} acts of the record in the span that the calendar does not give"
        first += f", {counts[KEPT]} stay as they were"
        first += f", {counts[MOVED]} come at another time, {counts[LOST]} do not come"
        if len(self.lucks) > 1:
            first += f", and {len(decided) - sum(counts.values())} are not determined by the record"
        lines = [f"{first}. {self.precision}"]
        lines += self.left_out()
        other = acts[acts["verdict"] != KEPT]
        rank = {f"{OPEN}: when": 2, MOVED: 1}
        order = other["verdict"].map(lambda each: rank.get(each, 0)).sort_values(kind="stable").index
        lines += [self._sentence(row) for row in other.loc[order].to_dict("records")]
        lines += [self._new_sentence(row) for row in self.gained(TOLD).to_dict("records")]
        return lines if limit is None or len(lines) <= limit else [*lines[:limit], f"… and {len(lines) - limit} more"]

    def left_out(self) -> list[str]:
        """Say how many draws failed and what was wrong with the first; nothing where none did."""
        if not len(self.failures):
            return []
        first = self.failures.iloc[0]
        return [
            f"{len(self.failures)} of {self.draws} draws failed and are left out (failures.parquet); the first, draw "
            f"{first['draw']}, while {first['stage']}: {first['message']}"
        ]

    @property
    def precision(self) -> str:
        """Say within what an act counts as kept, and what more days would make of the count."""
        said = "An act stays where it comes within the record's own precision of date"
        said += f", or within {self.within:g} days of it" if self.within else ""
        more = [row for row in self.by_tolerance.to_dict("records") if row["days"] > self.within]
        if not more:
            return f"{said}."
        counts = ", ".join(f"{row[KEPT]} within {row['days']:g} days" for row in more)
        return f"{said}; of more tolerance (--within DAYS) {counts} would stay."

    def _sentence(self, row: dict[str, Any]) -> str:
        who = f"{row['date']} {row['says']}" + (f" ({row['id']})" if row["id"] else "")
        if row["touched"]:
            who += ", changed by the intervention itself"
        if row["role"] in (HELD, GIVEN):
            return f"{who}: {row['verdict']}; no clock of the model decides it."
        told = "; ".join(f"under {luck} luck {self._fate_in_words(row, luck)}" for luck in self.lucks)
        return f"{who}: {told}. Verdict: {row['verdict']}."

    def _fate_in_words(self, row: dict[str, Any], luck: str) -> str:
        kept, sooner, later, lost = (row[f"{luck}_{name}"] for name in (KEPT, "sooner", "later", LOST))
        when = _when(row, luck)
        parts = []
        if kept > 0:
            parts.append(f"it stays in {kept:.0%}")
        if sooner + later > 0:
            way = "sooner" if later == 0 else "later" if sooner == 0 else "at another time"
            parts.append(f"it comes {way} in {sooner + later:.0%} ({when})")
        if lost > 0:
            parts.append(f"it does not come in {lost:.0%}")
        return ", ".join(parts) + " of the draws"

    def _new_sentence(self, row: dict[str, Any]) -> str:
        told = "; ".join(
            f"under {luck} luck in {row[f'{luck}_share']:.0%} of the draws"
            + (
                f", first at {row[f'{luck}_median']} ({row[f'{luck}_low']} to {row[f'{luck}_high']})"
                if row[f"{luck}_share"]
                else ""
            )
            for luck in self.lucks
        )
        return f"New: {row['says']}: {told}. Verdict: {row['verdict']}."

    def name(self, actor: str) -> str:
        """Give an actor's English name, of its last spell; its id where it has none."""
        spells = self.scenario.tables.spells.get(actor, ())
        return next((str(row.name_en) for row in reversed(spells) if row.name_en), actor)

    def words(self, kind: tuple[Any, ...], title: str = "") -> str:
        """Say an act in words: its process's sentence, or its title, or its layer's."""
        process, layer, change, *who = kind
        sender, receiver = (self.name(each) for each in who)
        model = self.scenario.processes.get(process)
        if model is not None:
            said: str = model.says.format(sender=sender, receiver=receiver)
            return said
        if title:
            return f"{title} ({sender}{' – ' if receiver else ''}{receiver})"
        form: str = self.scenario.layers[layer].says
        said = form.format(sender=sender, receiver=receiver)
        return said if change == "form" else f"it ends that {said}" if change == "end" else f"{layer}, {change}: {said}"


def _when(row: dict[str, Any], luck: str) -> str:
    """Say a median date with its band; one date where they are the same."""
    low, median, high = (row[f"{luck}_{name}"] for name in ("low", "median", "high"))
    return median if low == high else f"{median}, 9 of 10 from {low} to {high}"


def verdict(fates: Sequence[str]) -> str:
    """Give the fate on which both lucks agree; else say that the record does not determine it, and what is open.

    Examples
    --------
    >>> verdict(["kept", "moved"]), verdict(["moved", "lost"]), verdict(["lost", "lost"])
    ('not determined by the record: when', 'not determined by the record: whether', 'lost')
    """
    if len(set(fates)) == 1:
        return fates[0]
    return f"{OPEN}: {'whether' if LOST in fates else 'when'}"


def _share(weights: NDArray[np.float64], which: NDArray[np.bool_]) -> float:
    return round(float(weights[which].sum()), 12)


def _days(values: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float, float]:
    """Give the weighted median, 5 and 95 % quantile of what is known."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return np.nan, np.nan, np.nan
    order = known[np.argsort(values[known], kind="stable")]
    risen = np.cumsum(weights[order])
    places = np.searchsorted(risen, np.array([0.5, 0.05, 0.95]) * risen[-1] * (1.0 - 1e-12))
    median, low, high = values[order[np.minimum(places, len(order) - 1)]].tolist()
    return median, low, high


def _three(times: NDArray[np.float64], weights: NDArray[np.float64]) -> dict[str, str]:
    days = _days(times, weights)
    return {
        name: "" if np.isnan(day) else to_iso(day) for name, day in zip(("median", "low", "high"), days, strict=True)
    }


def _keys(base: pd.DataFrame, changed: pd.DataFrame) -> list[Any]:
    """Give the keys worth a row: the only one, or the last and the one at which the worlds are farthest apart."""
    keys = list(base.columns)
    if len(keys) <= 1:
        return keys
    paired = (changed - base).to_numpy(float)
    known = np.isfinite(paired).all(axis=0)
    if not known.any():
        return keys[-1:]
    clear = np.where(known, np.abs(np.where(known, paired, 0.0).mean(axis=0)), -1.0)
    best = int(np.argmax(clear))
    return [keys[best], keys[-1]] if best != len(keys) - 1 and clear[best] > 0 else keys[-1:]
