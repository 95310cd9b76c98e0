"""``rapallo facts SCENARIO``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rapallo.cli.options import ScenarioName
from rapallo.cli.outcome import told

if TYPE_CHECKING:
    from rapallo.record.facts import Fact
    from rapallo.record.sources import Source


@told
def facts(
    scenario: ScenarioName,
    about: Annotated[
        str | None, typer.Option(help="An actor, organ or person, a fact's id, or a word of a title.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="First date, of any precision: 1922, 1922-04, 1922-04-16.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", help="Last date.")] = None,
    layer: Annotated[str | None, typer.Option(help="A layer or an attribute; 'person' or 'organ'.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print facts and who says so.

    With sources, certainty and rival readings. A background row is a lead, not a source: its works are shown
    under "look up in".
    """
    from rapallo.cli.loading import loaded
    from rapallo.record.facts import facts as find

    record = loaded(scenario).tables
    found = find(record, about, since, until, layer)
    if as_json:
        import json

        print(json.dumps([_data(fact, record.sources) for fact in found], ensure_ascii=False, indent=2))
        return
    for fact in found:
        print("\n".join(fact_lines(fact, record.sources)))
    print(counted(found))


def fact_lines(fact: Fact, sources: Mapping[str, Source]) -> Iterator[str]:
    """Give a fact in lines: what, when, who says so, who says otherwise."""
    yield f"{fact.date}  {fact.says}  [{fact.id}]"
    yield f"    {', '.join(fact.layer)}{_between(fact.parties)}; {fact.basis}, certainty {fact.certainty}"
    if fact.public_from or fact.known_to:
        public = {"": "", "not public": "never public"}.get(fact.public_from, f"public from {fact.public_from}")
        known = f"known to {', '.join(fact.known_to)}" if fact.known_to else ""
        yield "    " + "; ".join(filter(None, (public, known)))
    yield from works(fact.sources, fact.look_up, sources, "    ")
    for rival in fact.rivals:
        label = f" {rival.label!r}" if rival.label else ""
        yield f"    rival reading{label}: {rival.date}  {rival.says} ({rival.basis}, certainty {rival.certainty})"
        yield from works(rival.sources, rival.look_up, sources, "        ")
    for link in fact.links:
        note = f" ({link.note})" if link.note else ""
        way = "to" if link.leads else "from"
        yield f"    {link.relation.replace('_', ' ')}, {way} {link.fact}{note}"
    if fact.depends_on:
        yield f"    depends on {', '.join(fact.depends_on)}"


def works(cited: Sequence[str], look_up: Sequence[str], sources: Mapping[str, Source], indent: str) -> Iterator[str]:
    """Give works in lines: those that were opened as sources, the others as where to look it up."""
    for key in cited:
        yield f"{indent}source: {_citation(key, sources)}"
    for key in look_up:
        yield f"{indent}look up in: {_citation(key, sources)}"


def counted(found: Sequence[Fact]) -> str:
    """Say how many facts there are, and what they rest on."""
    from rapallo.record.facts import by_basis

    told_by = ", ".join(f"{count} {basis.replace('_', ' ')}" for basis, count in by_basis(found).items())
    return f"{len(found)} fact{'s' * (len(found) != 1)}" + (f": {told_by}" if told_by else "")


def _between(parties: Iterable[str]) -> str:
    names = ", ".join(parties)
    return f"; {names}" if names else ""


def _citation(key: str, sources: Mapping[str, Source]) -> str:
    return sources[key].citation if key in sources else key


def _data(fact: Fact, sources: Mapping[str, Source]) -> dict[str, Any]:
    """Give a fact as JSON holds it: works with their citations, open dates as null."""

    def spelt(value: dict[str, Any]) -> dict[str, Any]:
        for key in ("sources", "look_up"):
            value[key] = [{"key": each, "citation": _citation(each, sources)} for each in value[key]]
        return value

    data = spelt(asdict(fact))
    data["rivals"] = [spelt(each) for each in data["rivals"]]
    from rapallo.system.history import to_iso

    for key in ("earliest", "latest"):
        data[key] = to_iso(data[key]) if math.isfinite(data[key]) else None
    return data
