"""What the report draws of an order of states, in its order: which plot, of what, and which rows stand behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rapallo.record.time import to_day
from rapallo.report.references import rows_of_acts, rows_of_numbers

if TYPE_CHECKING:
    from rapallo.experiment.ensemble import Ensemble

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """One plot, and what it is about.

    Parameters
    ----------
    plot
        Name of its module in :mod:`rapallo.report.plots`.
    title
        Heading.
    shows
        From its data, one sentence that says what it shows.
    how
        How to read it.
    about
        Layers and quantities that it shows: their processes are behind it.
    needs
        Layers, actors and quantities without which it makes no sense.
    measures
        Measures that it needs and shows.
    actors
        Of the coverage table, only rows about these are quoted; without any, all.
    acts
        Whether it needs the acts of the runs.
    rows
        From ensemble and data, the rows of the record behind it.
    keys
        From its data, what marks in it stand for.
    """

    plot: str
    title: str
    shows: Callable[[Any], str]
    how: str
    about: tuple[str, ...]
    needs: tuple[str, ...]
    measures: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    acts: bool = True
    rows: Callable[[Any, Any], list[Any]] = lambda ensemble, data: rows_of_acts(ensemble.record, data.acts)
    keys: Callable[[Any], tuple[Key, ...]] = lambda data: ()

    @property
    def data(self) -> Callable[[Any], Any]:
        """The function that takes the data from an ensemble."""
        found: Callable[[Any], Any] = getattr(import_module(f"rapallo.report.plots.{self.plot}"), f"{self.plot}_data")
        return found

    @property
    def draw(self) -> Callable[[Any, float], Any]:
        """The function that draws the data."""
        name = f"draw_{self.plot}"
        found: Callable[[Any, float], Any] = getattr(import_module(f"rapallo.report.plots.{self.plot}"), name)
        return found

    def fits(self, ensemble: Ensemble) -> bool:
        """Tell whether the runs hold what the plot needs."""
        scenario = ensemble.scenario
        there = {*scenario.tables.actor_ids, *scenario.layers, *scenario.quantities}
        kept = not self.acts or ensemble.manifest["keeps"] == "acts"
        return kept and there >= set(self.needs) and set(ensemble.measures) >= set(self.measures)


def _numbers(*names: str, actors: Sequence[str] = ()) -> Callable[[Any, Any], list[Any]]:
    return lambda ensemble, data: rows_of_numbers(ensemble.scenario, names, actors)


def _within(*layers: str) -> Callable[[Any, Any], list[Any]]:
    def rows(ensemble: Any, data: Any) -> list[Any]:
        span, record = ensemble.manifest["span"], ensemble.record
        until = to_day(span["to"]) + 1.0
        return rows_of_acts(
            record, [act for layer in layers for act in record.select(layer=layer, until=until).tolist()]
        )

    return rows


def _marks(data: Any) -> tuple[Key, ...]:
    marks = data.exposure.marks
    return tuple((str(number), mark.date, mark.title or mark.other) for number, mark in enumerate(marks, 1))


SUBJECTS: tuple[Subject, ...] = (
    Subject(
        plot="recognition_curve",
        title="The wave of recognition",
        shows=lambda data: (
            f"How many states had relations de jure with {_the(data.of)} at the end of each month, in the runs and "
            "in the record."
        ),
        how="Half of the runs lie in the darker band, nine of ten in the paler one; points mark great powers.",
        about=("recognition",),
        needs=("recognition", "USSR"),
        measures=("recognised_by",),
        actors=("USSR",),
    ),
    Subject(
        plot="recognition_dates",
        title="When each state recognised",
        shows=lambda data: (
            f"When each state's relations with {_the(data.of)} first began within the span: the dates of "
            f"{data.runs} runs beside the record's."
        ),
        how=(
            "Thick: the middle half of all runs; thin: nine of ten; upright stroke: the middle run. A strip that "
            "leaves on the right stands for runs in which it never came; their share is written there. Black points "
            "are the record, with a line where its date is uncertain; white points are rival readings that lost."
        ),
        about=("recognition",),
        needs=("recognition", "USSR"),
        measures=("recognition_dates",),
        actors=("USSR",),
        keys=lambda data: (("", "Relations when the span opened", ", ".join(data.before)),) if data.before else (),
    ),
    Subject(
        plot="soviet_trade",
        title="Soviet trade by partner",
        shows=lambda data: (
            f"The yearly trade, exports and imports together, of {_the(data.of)} with the {len(data.partners)} "
            f"partners that made up {100 * data.share:.0f}% of what is recorded, in the runs and in the record."
        ),
        how=(
            "Each panel has a scale of its own. Where the black line breaks off the record is silent: unknown, not "
            "nothing. A hollow point is a figure that the record holds for wrong or incomplete."
        ),
        about=("trade",),
        needs=("trade", "USSR"),
        rows=_numbers("trade"),
        actors=("USSR",),
    ),
    Subject(
        plot="german_trade",
        title="Germany's place in Soviet trade",
        shows=lambda data: (
            f"{data.partner}'s share of what {_the(data.of)} bought, in the runs and in the record, and what its main "
            "sellers reported to have sold."
        ),
        how=(
            "Both divide by the partners whose sales the record knows in that year; the black line breaks where they "
            "are not known, or one is held for wrong. Diamonds are shares as works state them, white ones from works "
            "that were not opened."
        ),
        about=("trade",),
        needs=("trade", "USSR", "DEU"),
        measures=("german_trade_share",),
        acts=False,
        rows=_numbers("trade", "trade_share_imports", "trade_reported", actors=("USSR",)),
        actors=("USSR", "DEU"),
    ),
    Subject(
        plot="two_tracks",
        title="The two tracks",
        shows=lambda data: (
            f"What the diplomacy of {_the(data.of)} brought about, year by year, above; what is known of its second "
            "track, below; and between them what was exposed."
        ),
        how=(
            "Each coloured block is one act of the record, in the column of its year; the grey bands are the yearly "
            "number of such acts in the runs. Hatched: the record is silent. An exposure may have been a false one."
        ),
        about=("recognition", "de_facto", "treaty", "trade_agreement", "alliance", "exposure", "subversion", "rising"),
        needs=("recognition", "exposure", "subversion", "rising", "USSR"),
        rows=lambda ensemble, data: rows_of_acts(
            ensemble.record,
            [mark.act for track in (data.diplomacy, data.exposure, data.subversion) for mark in track.marks],
        ),
        keys=_marks,
    ),
    Subject(
        plot="secret_cooperation",
        title="The secret cooperation, and what London could know",
        shows=lambda data: (
            f"When {data.first} and {_the(data.second)} worked together in secret, and when {data.observer} could know "
            "of it, in the record and as a share of the runs."
        ),
        how=(
            "Between the two curves lies the secret that held. To know is to have found it out, or to have it made "
            "public; what ends and begins anew is secret again. Hatched: the record does not cover these years."
        ),
        about=("cooperation",),
        needs=("cooperation", "DEU", "USSR", "GBR"),
        actors=("USSR", "DEU"),
        keys=lambda data: tuple(("", date, title) for _, date, title in data.exposed),
    ),
    Subject(
        plot="sanction_cases",
        title="Article 16, case by case",
        shows=lambda data: (
            "How many states found a breach of the Covenant and how many applied sanctions, for each resort to war, in "
            "the runs and in the record."
        ),
        how=(
            "The wars themselves are given by the record. Thick: the middle half of the runs; thin: nine of ten. A "
            "finding or a sanction counts to a case within a year of the resort to war. Without a black point the "
            "record is silent."
        ),
        about=("finding", "sanction"),
        needs=("war", "finding", "sanction"),
    ),
    Subject(
        plot="rearmament",
        title="Hidden rearmament and the balance",
        shows=lambda data: (
            "What Germany built up in secret, and how strong Germany, Italy, Japan and their allies were beside "
            "Britain, France and theirs."
        ),
        how=(
            "The first is counted in works kept up under the cooperation, added up over the years; the second is a "
            "ratio of shares of world capability, 1 where the two sides are equal."
        ),
        about=("hidden_capability", "alliance"),
        needs=("hidden_capability", "capability", "alliance", "DEU", "ITA", "JPN", "GBR", "FRA"),
        measures=("hidden_rearmament", "capability_balance"),
        acts=False,
        rows=lambda ensemble, data: [
            *_within("alliance")(ensemble, data),
            *rows_of_numbers(ensemble.scenario, ("capability",)),
        ],
    ),
)


def _the(name: str) -> str:
    return f"the {name}" if name == "USSR" else name
