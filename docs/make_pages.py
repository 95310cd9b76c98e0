"""Make the pages that follow from code and data: ``python docs/make_pages.py``, or with ``--check``.

Writes ``systems.md``, ``effects.md``, ``measures.md``, ``data.md`` and ``interventions.md`` beside itself, the parts of
``README.md``, ``claims.md`` and ``scenario-format.md`` between marks, ``datapackage.json`` of the interwar order, and
the copy of ``claims.md`` that stands in every report.
With ``--check`` nothing is written: it names what is out of date and ends with 1.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import beside_the_record
import table_of_estimates
from pages_of_interventions import interventions_page
from tables_of_facts import data_page, shares

import rapallo as rp
from rapallo.effects import Effect, effects
from rapallo.measures import Measure, measures
from rapallo.record.columns import TABLES
from rapallo.scenario.describe import FILE as DATAPACKAGE
from rapallo.scenario.describe import describe_text
from rapallo.scenario.load import BUILT_IN
from rapallo.scenario.scenario import Scenario

DOCS = Path(__file__).parent
ROOT = DOCS.parent
TEMPLATE = BUILT_IN / "template"
MADE = "<!-- made by docs/make_pages.py; change the code or the data, then run it -->\n\n"
LIBRARY = "src/rapallo"
INTERWAR = f"{LIBRARY}/scenarios/interwar"


def pages() -> dict[Path, str]:
    """Give every page made from code and data, by its place."""
    scenario = rp.load("interwar")
    systems = Systems(scenario)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    readme = _between(readme, "systems", systems.table())
    readme = _between(readme, "shares", shares(scenario))
    claims = claims_page()
    return {
        DOCS / "systems.md": MADE + systems.page(),
        DOCS / "effects.md": MADE + effects_page(scenario),
        DOCS / "measures.md": MADE + measures_page(systems),
        DOCS / "data.md": MADE + data_page(scenario),
        DOCS / "interventions.md": MADE + interventions_page(scenario),
        DOCS / "claims.md": claims,
        ROOT / LIBRARY / "report" / "claims_page.html": claims_in_reports(claims),
        DOCS / "scenario-format.md": scenario_format(),
        DOCS / "estimates.md": estimates(scenario),
        ROOT / "README.md": readme,
        scenario.folder / DATAPACKAGE: describe_text(scenario),
    }


def claims_page() -> str:
    """Give the page of claims, with the three verbs as the reports have them."""
    from rapallo.report.verbs import verbs

    told = verbs()
    lines = ["| verb | what kind of claim it makes | what it assumes |", "|---|---|---|"]
    for kind in told["kinds"]:
        lines.append(f"| `{kind['name']}` | {kind['claim']} | {'; '.join(kind['assumes'])} |")
    lines += ["", *(f"{paragraph}\n" for paragraph in told["question"])]
    return _between((DOCS / "claims.md").read_text(encoding="utf-8"), "verbs", "\n".join(lines))


def claims_in_reports(page: str) -> str:
    """Give the page of claims as a section of a report, which opens offline and where the verbs stand above."""
    from markdown_it import MarkdownIt

    text = re.sub(r"<!-- verbs.*?<!-- /verbs -->\n", "They stand [above](#verbs).\n", page, flags=re.DOTALL)
    text = re.sub(r"\[([^]]+)\]\(([\w-]+\.md)[^)]*\)", r"\1 (`docs/\2`)", text)
    title, _, rest = text.removeprefix("# ").partition("\n")
    body = MarkdownIt("commonmark").enable("table").render(rest.replace("\n## ", "\n### "))
    body = body.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")
    return f'<section id="what-is-claimed">\n<h2>{title}</h2>\n{body}</section>\n'


def scenario_format() -> str:
    """Give the page of the scenario format, with the columns there are and the template as it is."""
    page = (DOCS / "scenario-format.md").read_text(encoding="utf-8")
    lines = []
    for table in TABLES.values():
        lines += [f"### {table.file}", "", table.says, "", "| column | holds | kind | needed |", "|---|---|---|---|"]
        for column in table.columns:
            choices = f": {', '.join(column.choices)}" if column.choices else ""
            lines.append(f"| `{column.name}` | {column.says} | {column.kind}{choices} | {NEEDED[column.needed]} |")
        lines.append("")
    page = _between(page, "columns", "\n".join(lines[:-1]) + "\n")
    template = (TEMPLATE / "scenario.toml").read_text(encoding="utf-8")
    return _between(page, "template", f"```toml\n{template}```\n")


def estimates(scenario: Scenario) -> str:
    """Give the page of estimates, with the tables and what the scripts printed."""
    page = (DOCS / "estimates.md").read_text(encoding="utf-8")
    made = {
        "counts": table_of_estimates.counts(scenario),
        "table": table_of_estimates.table(scenario),
        "reasons": table_of_estimates.reasons(scenario),
        "trade": table_of_estimates.trade(),
    }
    scripts = {
        "periods": "recognise_periods",
        "contagion": "recognise_contagion",
        "more": "recognise_more",
        "simulated": "before_and_after",
    }
    for mark, text in (made | {mark: table_of_estimates.printed(name) for mark, name in scripts.items()}).items():
        page = _between(page, mark, text)
    return page


NEEDED = {"": "", "column": "the column", "cell": "every cell"}


class Systems:
    """The twelve systems: what of the scenario and of the code each of them is."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        text = (DOCS / "systems.toml").read_text(encoding="utf-8")
        self.told = {int(number): told for number, told in tomllib.loads(text).items()}
        self.decisions: dict[str, Any] = {**scenario.processes, **scenario.yearly}
        self.motives = {motive.parameter: motive for motive in _motives(scenario)}
        if set(self.told) != set(scenario.systems):
            raise ValueError("systems.toml and scenario.toml do not name the same systems")

    def members(self, number: int) -> list[str]:
        """Name the processes, flows and stocks of a system."""
        return [name for name, each in self.decisions.items() if number in each.system]

    def parameters(self, number: int) -> list[str]:
        """Name the parameters that are a system; every pattern must find one."""
        found: list[str] = []
        for pattern in self.told[number]["motives"]:
            names = [name for name in self.scenario.parameters if fnmatch(name, pattern)]
            if not names:
                raise ValueError(f"system {number}: no parameter is called {pattern}")
            found += [name for name in names if name not in found]
        return found

    def unmoved(self, number: int) -> list[str]:
        """Name members that none of the system's parameters enters, though they decide something."""
        moved = {name.split(".")[0] for name in self.parameters(number)}
        return [
            name
            for name in self.members(number)
            if name not in moved and not getattr(self.decisions[name], "given", False)
        ]

    def measured_by(self, name: str) -> list[int]:
        """Give the numbers of the systems that a measure is of."""
        return [number for number, told in self.told.items() if name in told["measures"]]

    def table(self) -> str:
        """Give the README's table."""
        lines = ["| # | system | what may happen | what moves it | measured by |", "|---|---|---|---|---|"]
        for number, title in self.scenario.systems.items():
            told = self.told[number]
            moving = {self.motives[name].effect for name in self.parameters(number) if name in self.motives}
            if not moving.issuperset(told["effects"]):
                raise ValueError(f"system {number}: {sorted({*told['effects']} - moving)} do not enter it")
            members = [*self.members(number), *told.get("institutions", ())]
            effects = (f"[`{name}`]({LIBRARY}/effects/library/{name}.py)" for name in told["effects"])
            measures = (f"[`{name}`]({LIBRARY}/measures/library/{name}.py)" for name in told["measures"])
            cells = [f"[{number}](docs/systems.md#{_anchor(number, title)})", title, _code(members)]
            lines.append(f"| {' | '.join([*cells, ', '.join(effects), ', '.join(measures)])} |")
        return "\n".join(lines) + "\n"

    def page(self) -> str:
        """Give the page of all systems."""
        lines = [
            "# The twelve systems of the interwar order",
            "",
            f"What each system is in [`scenario.toml`](../{INTERWAR}/scenario.toml), which numbers of "
            f"[`parameters.toml`](../{INTERWAR}/parameters.toml) weigh it, which code computes it, and what measures "
            "it. A number without an effect's name is a level or a spread. `X` acts towards `Y`.",
            "",
        ]
        for number, title in self.scenario.systems.items():
            lines += self._system(number, title)
        return "\n".join(lines)

    def _system(self, number: int, title: str) -> Iterator[str]:
        told = self.told[number]
        yield from (f"## {number}. {title}", "", told["is"], "", "What may happen:", "")
        for name in self.members(number):
            each = self.decisions[name]
            says = each.says.replace("{sender}", "X").replace("{receiver}", "Y")
            kind = getattr(each, "kind", "process")
            note = ", carried out as recorded" if getattr(each, "given", False) else ""
            yield f"- `{name}` ({kind}{note}): {says}"
        for name in told.get("institutions", ()):
            institution = self.scenario.institutions[name]
            rules = ", ".join(f"`{rule.name}`{'' if rule.active else ' (off)'}" for rule in institution.rules)
            yield f"- `{name}` (institution): {institution.says}" + (f" Rules: {rules}." if rules else "")
        members = {*self.members(number), *told.get("institutions", ())}
        others = _code(sorted({name.split(".")[0] for name in self.parameters(number)} - members))
        if others:
            yield from ("", f"Its motives also enter {others}.")
        yield from ("", "What it reads:", "")
        for name in told["reads"]:
            yield f"- `{name}`: {self._read(name)}"
        yield from (
            "",
            "What weighs it:",
            "",
            "| parameter | effect | value | range | origin |",
            "|---|---|---|---|---|",
        )
        for name in self.parameters(number):
            parameter = self.scenario.parameters[name]
            motive = self.motives.get(name)
            effect = f"[`{motive.effect}`](effects.md#{motive.effect})" if motive else ""
            span = f"{parameter.low:g} to {parameter.high:g}"
            yield f"| `{name}` | {effect} | {parameter.value:g} | {span} | {parameter.origin} |"
        links = ", ".join(f"[`{name}`](measures.md#{name})" for name in told["measures"])
        yield from ("", f"Measured by {links}.", "")

    def _read(self, name: str) -> str:
        scenario = self.scenario
        if name in scenario.quantities:
            quantity = scenario.quantities[name]
            return f"{quantity.says} ({quantity.unit})"
        if name in scenario.memories:
            memory = scenario.memories[name]
            return f"what acts of {memory.layer} ({memory.change}) leave behind, by {memory.by}"
        if name in scenario.layers:
            says = scenario.layers[name].says
            return says.replace("{sender}", "X").replace("{receiver}", "Y")
        raise ValueError(f"systems.toml reads {name!r}, which the scenario does not have")


def effects_page(scenario: Scenario) -> str:
    """Give a section for each effect that ships."""
    from rapallo.record.folder import Folder
    from rapallo.record.sources import read_sources

    sources = read_sources(Folder.at(ROOT / "src" / "rapallo" / "effects"), []) or {}
    used: dict[str, list[str]] = {}
    for motive in _motives(scenario):
        used.setdefault(motive.effect, []).append(motive.parameter)
    shipped: list[Effect] = [each for each in effects() if _ships(each.function)]
    lines = [
        "# Effects",
        "",
        f"An effect is one motive: a statistic of (sender, receiver, view). {len(shipped)} come with Rapallo; "
        "`rapallo effects` lists them, and `rapallo.effect` makes one of your own.",
        "",
    ]
    for each in shipped:
        lines += [f"## {each.name}", "", each.says, ""]
        lines += [f"- Unit: {each.unit or 'none'}", f"- Reads: {_code(each.reads) or 'nothing'}"]
        changes = each.changes if isinstance(each.changes, str) else "; ".join(f"{k}: {v}" for k, v in each.changes)
        lines += [f"- A change of what it reads may change: {changes}"]
        if each.settings:
            lines += ["- Settings: " + ", ".join(f"`{name}` = {value:g}" for name, value in each.settings)]
        if each.aliases:
            lines += [f"- Elsewhere called: {_code(each.aliases)}"]
        if each.cites:
            lines += [f"- After: {sources[each.cites].citation}: {sources[each.cites].why}"]
        lines += [f"- Code: [`{each.name}.py`](../src/rapallo/effects/library/{_file(each.function)})"]
        lines += [f"- In the interwar order: {_code(used.get(each.name, ())) or 'not used'}", ""]
    return "\n".join(lines)


def measures_page(systems: Systems) -> str:
    """Give a section for each measure that ships."""
    from rapallo.record.folder import Folder
    from rapallo.record.sources import read_sources

    sources = read_sources(Folder.at(ROOT / "src" / "rapallo" / "measures"), []) or {}
    beside = beside_the_record.read()
    shipped: list[Measure] = [each for each in measures() if _ships(each.function)]
    lines = [
        "# Measures",
        "",
        f"A measure is a function of a history, the record's or a run's. {len(shipped)} come with Rapallo; "
        "`rapallo measures` lists them, and `rapallo.measure` makes one of your own.",
        "",
        "Of the yearly ones that `rapallo run interwar` reports, it is said in how many years the record lies within "
        "the middle nine tenths of its 200 runs, and what is behind it where the two part, as far as that was looked "
        "for. Nine in ten is what to expect of a model that is right. Several numbers of the model were chosen or "
        "estimated with an eye on the same figures: lying within is no evidence.",
        "",
    ]
    shapes = {"number": "one number", "yearly": "a number for each year", "actor": "a number for each actor"}
    for each in shipped:
        lines += [f"## {each.name}", "", each.says + (f" {each.detail}" if each.detail else ""), ""]
        lines += [f"- Gives: {shapes.get(each.shape, 'any shape')}; unit: {each.unit or 'none'}"]
        lines += [f"- Needs: {_code(each.needs) or 'nothing'}"]
        if each.cites:
            lines += [f"- After: {sources[each.cites].citation}: {sources[each.cites].why}"]
        lines += [f"- Code: [`{each.name}.py`](../src/rapallo/measures/library/{_file(each.function)})"]
        of = [f"[{n}](systems.md#{_anchor(n, systems.scenario.systems[n])})" for n in systems.measured_by(each.name)]
        lines += [f"- Of systems: {', '.join(of) or 'none'}", ""]
        if each.name in beside:
            says, why = (beside[each.name][column] for column in ("says", "why"))
            lines += [f"In 200 runs of the interwar order: {says[0].lower()}{says[1:]}{why and ' '}{why}", ""]
    return "\n".join(lines)


def _motives(scenario: Scenario) -> Iterator[Any]:
    for process in scenario.processes.values():
        yield from (*process.motives, *process.rate, *process.consent)
    for update in scenario.yearly.values():
        yield from update.motives
    for motives in scenario.votes.values():
        yield from motives


def _ships(function: Any) -> bool:
    return function.__module__.startswith(("rapallo.effects.library.", "rapallo.measures.library."))


def _file(function: Any) -> str:
    return function.__module__.rsplit(".", 1)[1] + ".py"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" if " " not in name else name for name in names)


def _anchor(number: int, title: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", f"{number} {title}".lower()).replace(" ", "-")


def _between(text: str, mark: str, inside: str) -> str:
    begin, end = f"<!-- {mark}: made by docs/make_pages.py -->\n", f"<!-- /{mark} -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"the page must hold the marks {begin!r} and {end!r} once each")
    head, rest = text.split(begin)
    return head + begin + "\n" + inside + "\n" + end + rest.split(end)[1]


def main(arguments: list[str]) -> int:
    """Write the pages, or name those that are out of date."""
    check = "--check" in arguments
    made = pages()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{'out of date' if check else 'written'}: {os.path.relpath(path, ROOT)}")
        if not check:
            path.write_text(made[path], encoding="utf-8")
    return 1 if stale and check else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
