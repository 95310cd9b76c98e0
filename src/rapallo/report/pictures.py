"""The pictures of a report: the subjects that fit the runs, and every other measure in a small panel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rapallo.report.inside import inside
from rapallo.report.picture import Picture, drawn
from rapallo.report.provenance import made_of, provenance
from rapallo.report.references import References, references, rows_of_acts, rows_of_numbers
from rapallo.report.rests_on import rests_on
from rapallo.report.subjects import SUBJECTS, Subject

if TYPE_CHECKING:
    from rapallo.experiment.ensemble import Ensemble
    from rapallo.scenario.scenario import Scenario

OTHERS = "measures"
HOW = (
    "Half of the runs lie in the darker band, nine of ten in the paler one; blocks count runs; the record is black "
    "and breaks off where it is silent."
)


def pictures(ensemble: Ensemble) -> list[Picture]:
    """Draw everything that fits the runs, in the order of the report."""
    fitting = [subject for subject in SUBJECTS if subject.fits(ensemble)]
    found = [_of_subject(ensemble, subject) for subject in fitting]
    shown = {name for subject in fitting for name in subject.measures}
    rest = [name for name in ensemble.measures if name not in shown]
    found += _of_measures(ensemble, rest)
    return found or _of_acts(ensemble)


def _of_subject(ensemble: Ensemble, subject: Subject) -> Picture:
    data = subject.data(ensemble)
    wide, narrow = drawn(subject.draw, data)
    rows = subject.rows(ensemble, data)
    return Picture(
        name=subject.plot.replace("_", "-"),
        title=subject.title,
        shows=subject.shows(data),
        how=subject.how,
        inside=_inside(ensemble, subject.measures),
        origin=origin_of(ensemble.scenario, rows, subject.about),
        references=references(ensemble.scenario, rows),
        covers=_covers(ensemble.scenario, subject.about, subject.actors),
        keys=subject.keys(data),
        wide=wide,
        narrow=narrow,
    )


def _of_measures(ensemble: Ensemble, names: Sequence[str]) -> list[Picture]:
    """Draw what no subject shows: one picture for the small panels, one for each measure by actor."""
    from rapallo.report.plots.measure import measure_data, plot_measure
    from rapallo.report.plots.small_measures import draw_small_measures, small_measures_data

    found = []
    small = [name for name in names if ensemble.measure(name).shape != "actor"]
    if small:
        wide, narrow = drawn(draw_small_measures, small_measures_data(ensemble, small))
        keys = tuple(("", _title(name), ensemble.measure(name).says) for name in small)
        title = "Other measures" if len(small) < len(ensemble.measures) else "The measures"
        shows = "Each remaining measure of the runs, with its band, beside the record."
        found.append(_picture(ensemble, OTHERS, title, shows, small, keys, (wide, narrow)))
    for name in names:
        if name not in small and measure_data(ensemble.measure(name)).keys:
            drawing = drawn(lambda measure, width: plot_measure(measure, width=width), ensemble.measure(name))
            says = ensemble.measure(name).says
            found.append(_picture(ensemble, name.replace("_", "-"), _title(name), says, [name], (), drawing))
    return found


def _of_acts(ensemble: Ensemble) -> list[Picture]:
    """Draw, where no measure was taken, how many acts there are."""
    from rapallo.report.plots.acts_a_year import acts_a_year_data, draw_acts_a_year

    scenario, record = ensemble.scenario, ensemble.record
    data = acts_a_year_data(ensemble) if ensemble.manifest["keeps"] == "acts" else None
    if data is None or not data.panels:
        return []
    wide, narrow = drawn(draw_acts_a_year, data)
    layers = [panel.name for panel in data.panels]
    rows = rows_of_acts(record, [act for layer in layers for act in record.select(layer=layer).tolist()])
    return [
        Picture(
            name="acts",
            title="Acts, year by year",
            shows="How many ties are formed and events happen, layer by layer and year by year, in runs and record.",
            how=HOW,
            origin=origin_of(scenario, rows, layers),
            references=references(scenario, rows),
            covers=_covers(scenario, layers, ()),
            keys=(),
            wide=wide,
            narrow=narrow,
        )
    ]


def _picture(
    ensemble: Ensemble,
    name: str,
    title: str,
    shows: str,
    measures: Sequence[str],
    keys: tuple[tuple[str, str, str], ...],
    drawing: tuple[str, str],
) -> Picture:
    from rapallo.measures import get_measure, taken_of

    scenario = ensemble.scenario
    about = tuple(dict.fromkeys(each for name in measures for each in taken_of(get_measure(name), scenario)))
    about = tuple(each for each in about if each in scenario.layers or each in scenario.quantities)
    rows = rows_of_measures(scenario, measures, ensemble.manifest["span"]["to"])
    return Picture(
        name=name,
        title=title,
        shows=shows,
        how=HOW,
        inside=_inside(ensemble, measures) if len(measures) == 1 else (),
        origin=origin_of(scenario, rows, about),
        references=references(scenario, rows) if rows else References(),
        covers=(),
        keys=keys,
        wide=drawing[0],
        narrow=drawing[1],
    )


def origin_of(scenario: Scenario, rows: Sequence[Any], about: Iterable[str]) -> tuple[str, ...]:
    """Say what is recorded in a picture, and by what the simulated part of it is moved."""
    recorded = f"Recorded: {rests_on(rows)}." if rows else "Recorded: nothing; the record states no figures of this."
    return (recorded, *provenance(scenario, made_of(scenario, about)).sentences())


def rows_of_measures(scenario: Scenario, names: Iterable[str], last: str) -> list[Any]:
    """Give the rows of the record that measures are taken of, up to a last day: of what each needs, and of whom."""
    from rapallo.measures import get_measure, taken_of

    return rows_about(scenario, [taken_of(get_measure(name), scenario) for name in names], last)


def rows_about(scenario: Scenario, groups: Iterable[Sequence[str]], last: str) -> list[Any]:
    """Give the rows of the record up to a last day of some layers and quantities, of the actors beside each alone."""
    from rapallo.record.time import to_day

    record = scenario.record
    until = to_day(last) + 1.0
    acts: list[int] = []
    numbers: list[Any] = []
    for needs in groups:
        actors = [each for each in needs if each in scenario.tables.spells]
        for each in needs:
            if each in scenario.layers:
                positions = record.select(layer=each, until=until)
                codes = [record.code("actor", actor) for actor in actors]
                acts += [
                    int(act)
                    for act in positions
                    if not codes or record.sender[act] in codes or record.receiver[act] in codes
                ]
            elif each in scenario.quantities:
                numbers += rows_of_numbers(scenario, [each], actors)
    return [*rows_of_acts(record, sorted(set(acts))), *dict.fromkeys(numbers)]


def _inside(ensemble: Ensemble, names: Sequence[str]) -> tuple[str, ...]:
    """Say of each yearly measure how often the record lies within the runs, by name where there are several."""
    said = [(name, inside(ensemble.measure(name))) for name in names]
    return tuple(text if len(said) == 1 else f"{_title(name).capitalize()}: {text}" for name, text in said if text)


def _covers(scenario: Scenario, about: Sequence[str], actors: Sequence[str]) -> tuple[str, ...]:
    """Quote what the coverage table says of layers and quantities."""
    said = []
    for row in scenario.tables.coverage:
        concerned = not actors or not row.actors or set(actors) & set(row.actors)
        if row.about in about and concerned:
            span = f"{row.begins or '..'} to {row.ends or '..'}"
            whom = f" ({', '.join(row.actors)})" if row.actors else ""
            said.append(f"{_title(row.about)}{whom}, {span}: {row.source or 'no single source'}. {row.note}".strip())
    return tuple(said)


def _title(name: str) -> str:
    return name.replace("_", " ")
