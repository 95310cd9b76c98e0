"""The report of a folder of runs: one file that opens offline."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapallo.report.references import References, references
from rapallo.report.verbs import verbs

if TYPE_CHECKING:
    from rapallo.experiment.ensemble import Ensemble
    from rapallo.report.picture import Picture

FILE = "report.html"


def write_report(folder: str | Path) -> Path:
    """Write ``report.html`` into a folder of finished runs.

    The file holds its pictures and its style; it loads nothing. Made again of the same runs it has
    the same bytes.

    Parameters
    ----------
    folder
        The folder of the runs.

    Returns
    -------
    Path
        Of the file.

    Raises
    ------
    RapalloError
        If the folder holds no runs, not all of them yet, or the scenario has been changed since.
    """
    from rapallo.experiment.ensemble import open_ensemble
    from rapallo.experiment.work import written_whole

    path = Path(folder) / FILE
    text = render(open_ensemble(folder))
    with written_whole(path) as draft:
        draft.write_text(text, "utf-8", newline="\n")
    return path


def render(ensemble: Ensemble) -> str:
    """Give the report of an ensemble as HTML."""
    from rapallo.report import tables
    from rapallo.report.pictures import pictures

    scenario, manifest = ensemble.scenario, ensemble.manifest
    drawings = pictures(ensemble)
    sentences = tables.claims_table(ensemble)
    parameters = tables.parameters_table(scenario)
    return filled(
        "template.html",
        warrant=ensemble.warrant(),
        title=scenario.title,
        says=scenario.says,
        runs=len(ensemble),
        span=manifest["span"],
        numbers=tables.numbers_in_words(scenario),
        record_rests=tables.record_in_words(scenario),
        pictures=drawings,
        table=tables.measures_table(ensemble),
        tuned_on=tables.tuned_on(scenario),
        rests=tables.rests_table(ensemble),
        invented=any(row.basis == "invented" for row in scenario.tables.acts),
        claims=sentences,
        impossible=tables.impossible_table(ensemble),
        warnings=scenario.warnings,
        parameters=parameters,
        command=tables.command(manifest),
        python=tables.python(manifest),
        again=tables.again(manifest),
        bibliography=_bibliography(scenario, drawings, sentences, parameters),
    )


def filled(template: str, **what: Any) -> str:
    """Fill a template of the report, with its style and the three verbs."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    sheet = files("rapallo.report")

    def text(name: str) -> str:
        return (sheet / name).read_text("utf-8")

    environment = Environment(
        loader=FunctionLoader(text), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["linked"] = _linked
    environment.filters["led"] = _led
    environment.filters["upper_first"] = lambda text: text[:1].upper() + text[1:]
    environment.filters["lower_first"] = lambda text: text[:1].lower() + text[1:]
    return environment.get_template(template).render(css=text("style.css"), verbs=verbs(), **what)


def _bibliography(
    scenario: Any,
    drawings: Iterable[Picture],
    sentences: Iterable[dict[str, Any]],
    parameters: Iterable[dict[str, Any]],
) -> References:
    """Give every work that the report names, once."""
    named: list[References] = [picture.references for picture in drawings]
    named += [each["works"] for each in parameters]
    for claim in sentences:
        for fact in claim["facts"]:
            named += [fact["works"], *(rival["works"] for rival in fact["rivals"])]

    class Row:
        source = tuple({each.key for works in named for each in works.cited})
        look_up = tuple({each.key for works in named for each in works.look_up})

    return references(scenario, [Row])


def _led(text: str) -> Any:
    """Set off what comes before the colon of a sentence that has one among its first words."""
    from markupsafe import Markup, escape

    head, colon, rest = text.partition(": ")
    return Markup("<b>{}:</b> {}").format(head, rest) if colon and len(head) < 40 else escape(text)


_ADDRESS = re.compile(r"\s*\|?\s*(https?://[^\s|]+)")


def _linked(text: str) -> Any:
    """Make the addresses within a text links."""
    from markupsafe import Markup

    def link(found: re.Match[str]) -> str:
        address = html.unescape(found.group(1))
        host = address.split("/")[2].removeprefix("www.")
        return f' <a href="{html.escape(address)}" rel="noreferrer">{html.escape(host)}</a>'

    return Markup(_ADDRESS.sub(link, html.escape(text)))
