"""The warrant card: what an answer rests on, what it assumes, and what would turn it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any

from rapallo.errors import RapalloError
from rapallo.experiment.fates import GIVEN
from rapallo.experiment.grid import AS_IT_IS
from rapallo.report.provenance import made_of, provenance
from rapallo.report.rests_on import RestsOn, rests_on
from rapallo.report.verbs import ASSUMES, CLAIMS
from rapallo.scenario.parameter import ORIGINS

if TYPE_CHECKING:
    import pandas as pd

    from rapallo.experiment.compare import Comparison
    from rapallo.experiment.counterfactual import Counterfactual
    from rapallo.experiment.ensemble import Ensemble
    from rapallo.experiment.sensitivity import Sensitivity
    from rapallo.experiment.sweep import Sweep
    from rapallo.scenario.intervention import Intervention
    from rapallo.scenario.scenario import Scenario

PAGE = "docs/claims.md, which stands in every report.html too"
"""Where it is said in full what each kind of claim assumes."""

TURNS = "Readings of the record that may turn it"

SHOWN = 8
"""Lines on readings of the record on screen; the report has all."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the answer about one measure rests on.

    Parameters
    ----------
    measure
        Its name.
    numbers
        How many estimated, published and assumed parameters move it, at any remove.
    direct
        The same of those that move it directly.
    rows
        The rows of the record behind it.
    """

    measure: str
    numbers: dict[str, int]
    direct: dict[str, int]
    rows: RestsOn


@dataclass(frozen=True, slots=True)
class Rival:
    """A fact with rival readings that what was asked reads.

    Parameters
    ----------
    fact, title
        Its id and what it is.
    taken, others
        Labels of the reading that counts and of the others.
    """

    fact: str
    title: str
    taken: str
    others: tuple[str, ...]

    @property
    def way(self) -> str:
        """The change that takes the first of the others."""
        return f"read {self.fact} as {self.others[0]}"


@dataclass(frozen=True, slots=True)
class Warrant:
    """What goes with an answer.

    Parameters
    ----------
    verb
        ``simulate``, ``compare`` or ``counterfactual``.
    asked
        What was asked, in sentences.
    grounds
        What each measure rests on.
    whole
        What all of them together rest on.
    luck
        Under which luck it was found, and what the other would say.
    held
        Luck diagnostics: how far the worlds hold together.
    vacancies
        What stands in the place of what was dropped.
    seen
        Whether anything like the changes was ever in the data.
    beyond
        How many of the changes leave the data.
    rivals
        Rival readings of what the answer reads.
    tried
        Which readings of the record, rival ones and doubtful facts, were taken the other way, and what came of it.
    """

    verb: str
    asked: tuple[str, ...]
    grounds: tuple[Ground, ...]
    whole: Ground
    luck: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    vacancies: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    beyond: int = 0
    rivals: tuple[Rival, ...] = field(default=())
    tried: tuple[str, ...] = ()

    @property
    def claim(self) -> str:
        """What kind of claim the answer is."""
        return CLAIMS[self.verb]

    @property
    def assumes(self) -> tuple[str, ...]:
        """What it assumes."""
        return ASSUMES[self.verb]

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins of numbers, those that none has left out unless they are usual."""
        return tuple(each for each in ORIGINS if each in _USUAL or self.whole.numbers.get(each))

    @property
    def rests(self) -> tuple[str, ...]:
        """On which numbers and rows it rests, in sentences."""
        return (_numbers(self.whole, self.origins), f"Of the record it reads {self.whole.rows}.")

    def parts(self) -> list[tuple[str, tuple[str, ...]]]:
        """Give the card's headings, each with its sentences; what has nothing to say is left out."""
        found = [
            ("What kind of claim this is", (self.claim,)),
            ("It assumes", self.assumes),
            ("It rests on", self.rests),
            ("Was anything like this ever in the data?", self.seen),
            ("What stands in the place of what was dropped", self.vacancies),
            ("Luck", (*self.luck, *self.held)),
            (TURNS, self.tried or self._untried()),
        ]
        return [(head, said) for head, said in found if said]

    def _untried(self) -> tuple[str, ...]:
        if not self.rivals:
            return ("None of the facts that it reads is read otherwise by another source in the tables.",)
        return (
            f"{len(self.rivals)} facts that it reads are read otherwise by somebody; none was tried. "
            f"Try one with --if '{self.rivals[0].way}'.",
            *(
                f"{each.title} ({each.fact}): taken as {each.taken!r}, also read as "
                f"{', '.join(repr(label) for label in each.others)}."
                for each in self.rivals
            ),
        )

    def __str__(self) -> str:
        lines = ["Warrant"]
        for head, said in self.parts():
            shown = said[:SHOWN] if head == TURNS else said
            lines += [f"  {head}", *(f"    · {each}" for each in shown)]
            if len(said) > len(shown):
                lines.append(f"    · … and {len(said) - len(shown)} more")
        return "\n".join([*lines, f"  In full: {PAGE}"])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        shown = []
        for head, said in self.parts():
            items = "".join(f"<li>{escape(each)}</li>" for each in said)
            shown.append(f"<p><b>{escape(head)}</b></p><ul>{items}</ul>")
        return "".join(shown)

    def frame(self) -> pd.DataFrame:
        """Give what each measure rests on as a table."""
        import pandas as pd

        rows = []
        for ground in (*self.grounds, self.whole):
            rows.append(
                {
                    "measure": ground.measure,
                    **{f"{origin} numbers": ground.numbers.get(origin, 0) for origin in ORIGINS},
                    "read": ground.rows.read,
                    "dataset": ground.rows.dataset,
                    "background": ground.rows.background,
                    "invented": ground.rows.invented,
                }
            )
        return pd.DataFrame(rows)


def ensemble_warrant(ensemble: Ensemble) -> Warrant:
    """Give the warrant of many runs of one scenario."""
    scenario = ensemble.scenario
    grounds, whole = _grounds(scenario, ensemble.measures, ensemble.manifest["span"]["to"])
    luck = ensemble.manifest["luck"]
    seen, beyond, vacancies = _changes_of(ensemble)
    return Warrant(
        verb="compare" if ensemble.manifest["scenario"].get("changes") else "simulate",
        asked=(f"What does this model, with these numbers, make of {scenario.title}?",),
        grounds=grounds,
        whole=whole,
        luck=(f"Fresh {luck} luck, seed {ensemble.manifest['seed']}; the other luck gives the same distribution.",),
        vacancies=vacancies,
        seen=(*_out_of_span(scenario, ensemble.manifest), *seen),
        beyond=beyond,
        rivals=rival_readings(scenario, ensemble.measures),
    )


def _out_of_span(scenario: Scenario, manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Say of a span that leaves the scenario's own what the world is made of there; nothing of another."""
    from rapallo.record.time import to_day

    span = manifest["span"]
    if to_day(span["from"]) >= to_day(scenario.start) and to_day(span["to"]) <= to_day(scenario.end):
        return ()
    return (
        f"The span asked for, {span['from']} to {span['to']}, leaves the scenario's own, {scenario.start} to "
        f"{scenario.end}: there only such governments, wars and numbers come from outside as the tables happen to "
        "hold, and what they end with stands still.",
    )


def _changes_of(ensemble: Ensemble) -> tuple[tuple[str, ...], int, tuple[str, ...]]:
    """Say what :func:`_of_change` says of the changes that made the world of some runs; nothing of one as it is."""
    from rapallo.scenario.load import load

    stated = ensemble.manifest["scenario"]
    return _of_change(load(stated["folder"]), stated["changes"]) if stated.get("changes") else ((), 0, ())


def comparison_warrant(comparison: Comparison) -> Warrant:
    """Give the warrant of two worlds under one luck."""
    from rapallo.scenario.positivity import positivity

    base, made = comparison.base, comparison.intervention
    scenario = base.scenario
    grounds, whole = _grounds(scenario, base.measures, base.manifest["span"]["to"])
    found = positivity(scenario, made)
    return Warrant(
        verb="compare",
        asked=(*((made.says,) if made.says else ()), *comparison.sentences),
        grounds=grounds,
        whole=whole,
        luck=_both_lucks(comparison, comparison.other),
        held=_held(comparison, scenario),
        vacancies=_vacancies(scenario, made),
        seen=(*_out_of_span(scenario, base.manifest), *(str(each) for each in found)),
        beyond=sum(each.beyond for each in found),
        rivals=rival_readings(scenario, base.measures),
        tried=comparison.tried.sentences() if comparison.tried is not None else (),
    )


def sweep_warrant(made: Sweep, scenario: Scenario) -> Warrant:
    """Give the warrant of many settings under one luck; ``scenario`` is that of the first world."""
    from rapallo.scenario.change import read_change
    from rapallo.scenario.positivity import seen

    rows = made.settings
    numbers = [name for name in rows.columns if name in scenario.parameters]
    ends = [(name, value) for name in numbers for value in sorted({rows[name].min(), rows[name].max()})]
    said = [each for name, value in ends for each in seen(read_change(f"set {name} = {value}"), scenario)]
    words = [f"{name} from {rows[name].min():g} to {rows[name].max():g}" for name in numbers]
    words += [f"{rows['if'].nunique()} worlds"] if "if" in rows else []
    asked = f"What becomes of {_listed(made.measures)} in {len(rows)} settings of {_listed(words)}?"
    changed = [_of_change(scenario, name) for name in rows["if"].unique() if name != AS_IT_IS] if "if" in rows else []
    card = _worlds_warrant(made, scenario, asked, tuple(text for text, _ in said), sum(beyond for _, beyond in said))
    return replace(
        card,
        seen=(*card.seen, *(text for each in changed for text in each[0])),
        beyond=card.beyond + sum(each[1] for each in changed),
        vacancies=tuple(text for each in changed for text in each[2]),
    )


def _of_change(scenario: Scenario, texts: str | Sequence[str]) -> tuple[tuple[str, ...], int, tuple[str, ...]]:
    """Say whether anything like a change was ever in the data, how often not, and what stands for what it drops.

    Nothing is said of a change that is no longer found by its name: one of a file of the user's own.
    """
    from rapallo.scenario.intervention import read_intervention
    from rapallo.scenario.positivity import positivity

    try:
        made = read_intervention(scenario, texts)
    except RapalloError:
        name = texts if isinstance(texts, str) else "; ".join(texts)
        return (f"{name}: not looked up, for the scenario names no such change.",), 0, ()
    found = positivity(scenario, made)
    return tuple(str(each) for each in found), sum(each.beyond for each in found), _vacancies(scenario, made)


def sensitivity_warrant(found: Sensitivity, scenario: Scenario) -> Warrant:
    """Give the warrant of what an answer hangs on; ``scenario`` is that of the first world."""
    what = "reading or doubtful fact" if found.method == "facts" else "number"
    at = "" if found.at == "value" else f" at {found.at}"
    asked = f"Which single {what} does {found.measure.replace('_', ' ')}{at} hang on?"
    card = _worlds_warrant(found.sweep, scenario, asked)
    if found.method != "facts":
        return card
    told = int((found.table["rank"] > 0).sum())
    tried = f"Tried, one at a time: {len(found.table)}, of which {told} are told from noise; no run reads "
    return replace(card, tried=(f"{tried}{len(found.passed_over)} more.",))


def _worlds_warrant(
    made: Sweep, scenario: Scenario, asked: str, said: tuple[str, ...] = (), beyond: int = 0
) -> Warrant:
    manifest = made.manifest
    grounds, whole = _grounds(scenario, made.measures, manifest["span"]["to"])
    luck = f"All {len(made)} settings share {manifest['luck']} luck, seed {manifest['seed']}; the other was not run."
    return Warrant(
        verb="compare",
        asked=(asked,),
        grounds=grounds,
        whole=whole,
        luck=(luck,),
        seen=(*_out_of_span(scenario, manifest), *said),
        beyond=beyond,
        rivals=rival_readings(scenario, made.measures),
    )


def _listed(words: Sequence[str]) -> str:
    return ", ".join(each.replace("_", " ") for each in words) or "all acts"


def counterfactual_warrant(found: Counterfactual) -> Warrant:
    """Give the warrant of a counterfactual of the record."""
    from rapallo.scenario.positivity import positivity

    scenario, made = found.scenario, found.intervention
    measures = tuple(each["name"] for each in found.manifest["measures"])
    grounds, whole = _grounds(scenario, measures, found.manifest["span"]["to"])
    seen = positivity(scenario, made)
    acts = found.acts()
    acts = acts[acts["role"] != GIVEN]
    open_ = int((~acts["verdict"].isin(["kept", "moved", "lost"])).sum())
    lucks = " and ".join(found.tables.lucks)
    luck = [f"Read off the record, and run under {lucks} luck; {len(found)} draws of what the record leaves open."]
    luck += found.tables.left_out()
    if len(found.tables.lucks) > 1:
        luck.append(
            f"Of {len(acts)} acts that the calendar does not give {open_} are not determined: the two lucks have other "
            "fates for them."
        )
    else:
        luck.append("The other luck was not run; --luck both does, and says where the two disagree.")
    bad = found.luck[found.luck["verdict"] == "misfitted"]["process"]
    held = (
        "The record comes back under its own luck, act by act.",
        f"The luck read off does not look like luck in {len(bad)} of {len(found.luck)} processes"
        + (f": {', '.join(name.replace('_', ' ') for name in bad)}." if len(bad) else "."),
        f"{len(found.impossible)} acts of the record have weight zero in the model, and are carried out as they stand.",
    )
    return Warrant(
        verb="counterfactual",
        asked=(*((made.says,) if made.says else ()), *found.sentences),
        grounds=grounds,
        whole=whole,
        luck=tuple(luck),
        held=held,
        vacancies=_vacancies(scenario, made),
        seen=(*_out_of_span(scenario, found.manifest), *(str(each) for each in seen)),
        beyond=sum(each.beyond for each in seen),
        rivals=rival_readings(scenario, measures, decided=True),
        tried=found.tried.sentences() if found.tried is not None else (),
    )


def rival_readings(scenario: Scenario, measures: Iterable[str], decided: bool = False) -> tuple[Rival, ...]:
    """Give the facts with rival readings that the processes behind some measures read, or that open their runs.

    Parameters
    ----------
    decided
        Also acts that the model decides: what is asked of the record reads them, a simulation does not.
    """
    from rapallo.record.readings import choose
    from rapallo.record.time import to_day
    from rapallo.scenario.resolution import resolve

    reads = _read_at_any_remove(scenario, measures)
    start, tables = to_day(scenario.start), scenario.tables
    found = []
    groups: dict[str, list[Any]] = {}
    for row in tables.acts:
        process = scenario.processes.get(row.process)
        given = process is not None and process.given
        if row.layer in reads and (decided or given or resolve(row.date, "begins") < start):
            groups.setdefault(row.id, []).append(row)
    numbers: list[Any] = [*tables.attributes, *tables.dyads]
    for number in numbers:
        if number.attribute in reads and not scenario.quantities[number.attribute].written:
            groups.setdefault(number.id, []).append(number)
    for fact, rows in groups.items():
        labels = list(dict.fromkeys(row.reading for row in rows if row.reading))
        if len(labels) > 1:
            taken = choose(rows).row
            others = tuple(label for label in labels if label != taken.reading)
            title = getattr(taken, "title", "") or getattr(taken, "attribute", "") or taken.note
            found.append(Rival(fact, title, taken.reading, others))
    return tuple(found)


def _read_at_any_remove(scenario: Scenario, measures: Iterable[str]) -> set[str]:
    """Name the layers and quantities that measures are taken of, and that what moves them reads."""
    needs = _taken_of(scenario, measures)
    origin = provenance(scenario, made_of(scenario, needs))
    return {*needs, *origin.reads, *origin.inputs}


def _taken_of(scenario: Scenario, measures: Iterable[str]) -> tuple[str, ...]:
    """Name what measures are taken of; where there are none the answer is of acts, and of every layer."""
    from rapallo.measures import get_measure, taken_of

    needs = dict.fromkeys(each for name in measures for each in taken_of(get_measure(name), scenario))
    return tuple(needs or scenario.layers)


def _grounds(scenario: Scenario, measures: Sequence[str], last: str) -> tuple[tuple[Ground, ...], Ground]:
    from rapallo.report.pictures import rows_about, rows_of_measures

    grounds = []
    for name in measures:
        origin = provenance(scenario, made_of(scenario, _taken_of(scenario, [name])))
        direct = Counter(dict(origin.origins))
        rows = rests_on(rows_of_measures(scenario, [name], last))
        grounds.append(Ground(name, dict(direct + Counter(dict(origin.other_origins))), dict(direct), rows))
    needs = _taken_of(scenario, measures)
    origin = provenance(scenario, made_of(scenario, needs))
    direct = Counter(dict(origin.origins))
    found = rows_of_measures(scenario, measures, last) if measures else rows_about(scenario, [needs], last)
    rows = rests_on(found)
    whole = Ground("all together", dict(direct + Counter(dict(origin.other_origins))), dict(direct), rows)
    return tuple(grounds), whole


_USUAL = ("estimated", "published", "assumed")


def _numbers(ground: Ground, origins: Sequence[str]) -> str:
    total = sum(ground.numbers.values())
    if not total:
        return "No number of the model moves it."
    shares = "; ".join(
        f"{ground.numbers.get(each, 0)} ({100 * ground.numbers.get(each, 0) / total:.0f} %) {each}" for each in origins
    )
    return f"Of the {total} numbers of the model that move it, directly or at any remove: {shares}."


def _vacancies(scenario: Scenario, made: Intervention) -> tuple[str, ...]:
    from rapallo.scenario.change import Drop

    return tuple(
        str(each) for change in made.changes if isinstance(change, Drop) for each in change.vacancies(scenario)
    )


def _held(comparison: Comparison, scenario: Scenario) -> tuple[str, ...]:
    """Say how far the luck holds the two worlds together."""
    from rapallo.experiment.coupling import coupling_table, parting
    from rapallo.record.time import to_day

    said: list[str] = []
    if comparison.base.manifest["keeps"] == "acts":
        said += parting(comparison, to_day(comparison.intervention.begins(scenario))).sentences()
    table = coupling_table(comparison)
    moved = table[table["unmoved"] < 1.0]
    if len(moved):
        ratios = moved["coupling"]
        worst = moved.loc[ratios.idxmin()]
        said.append(
            f"The variance of the paired difference is {ratios.median():.1f} times smaller than that of independent "
            f"runs (the median of the {len(moved)} measures that move, at the end); least for "
            f"{worst['measure'].replace('_', ' ')}, {worst['coupling']:.1f} times."
        )
    else:
        said.append("No measure differs in any pair of runs.")
    return tuple(said)


def _both_lucks(comparison: Comparison, other: Comparison | None) -> tuple[str, ...]:
    luck = comparison.base.manifest["luck"]
    rival = {"date": "clock", "clock": "date"}[luck]
    how = {
        "date": "an opportunity comes when it comes, and a lower rate lets an act stay or vanish",
        "clock": "readiness builds up, and a lower rate lets an act come later",
    }
    said = [
        f"Found under {luck} luck: {how[luck]}. Under {rival} luck {how[rival]}. Means and bands of either world are "
        "the same under both; what happens to a single act (kept, later, never) need not be."
    ]
    if other is None:
        said.append(f"Not run under {rival} luck; --luck both does.")
        return tuple(said)
    shares = []
    for each in (comparison, other):
        counts = each.paired_acts()["fate"].value_counts()
        gone = counts.get("moved", 0) + counts.get("lost", 0)
        shares.append(counts.get("lost", 0) / gone if gone else float("nan"))
    said.append(
        f"Of the acts that do not recur, {100 * shares[0]:.0f} % never come under {luck} luck and "
        f"{100 * shares[1]:.0f} % under {rival} luck: "
        + ("the model alone does not settle it." if abs(shares[0] - shares[1]) > 0.1 else "the two agree on that.")
    )
    return tuple(said)
