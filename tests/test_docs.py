"""The pages: the tutorial runs and prints what it says, made pages are up to date, links lead somewhere."""

from __future__ import annotations

import contextlib
import io
import linecache
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from rapallo.scenario.load import load

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def blocks(page: Path) -> list[tuple[int, str, str]]:
    """Give line, language and text of every block of a page."""
    text = page.read_text(encoding="utf-8")
    return [(text.count("\n", 0, found.start()) + 2, found[1], found[2]) for found in BLOCK.finditer(text)]


def run_page(page: Path, folder: Path) -> int:
    """Run a page's Python in one go, from block to block; compare what a block prints where the page shows it."""
    names: dict[str, object] = {"__name__": page.stem.replace("-", "_")}
    parts = blocks(page)
    ran = 0
    with contextlib.chdir(folder):
        for number, (line, language, text) in enumerate(parts):
            if language != "python":
                continue
            place = f"<{page.name}:{line}>"
            linecache.cache[place] = (len(text), None, text.splitlines(keepends=True), place)
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(text, place, "exec"), names)
            ran += 1
            if parts[number + 1 : number + 2] and parts[number + 1][1] == "text":
                assert printed.getvalue() == parts[number + 1][2], place
            else:
                assert printed.getvalue() == "", f"{place} prints what the page does not show"
    return ran


def test_first_steps_run_and_print_what_they_show(tmp_path):
    assert run_page(DOCS / "first-steps.md", tmp_path) >= 9


def test_the_example_of_the_readme_runs(tmp_path, monkeypatch):
    """As it stands, but for fewer and shorter histories."""
    text = next(text for _, language, text in blocks(ROOT / "README.md") if language == "python")
    assert "rp.ensemble(interwar, runs=500)" in text
    text = text.replace("runs=500", 'runs=3, start="1924-01-01", end="1926-01-01"')
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(text, "<README.md>", "exec"), {"__name__": "readme"})
    assert "What may happen, and what moves it" in printed.getvalue()


def test_a_page_that_prints_something_else_is_seen(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1)\n```\n\n```text\n2\n```\n")
    with pytest.raises(AssertionError):
        run_page(page, tmp_path)


def test_made_pages_are_up_to_date():
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, str(DOCS / "make_pages.py"), "--check"],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, ""), f"run docs/make_pages.py\n{done.stdout}{done.stderr[-2000:]}"


def test_every_part_of_a_system_is_moved_by_one_of_its_motives():
    """No process names a system whose motives do not enter it, unless it is carried out as recorded."""
    made = runpy.run_path(str(DOCS / "make_pages.py"))
    scenario = load("interwar")
    systems = made["Systems"](scenario)
    assert list(scenario.systems) == list(range(1, 13))
    assert {number: systems.unmoved(number) for number in scenario.systems} == {
        number: [] for number in scenario.systems
    }
    measures = {name for told in systems.told.values() for name in told["measures"]}
    assert set(scenario.measures) <= measures


def anchors(page: Path) -> set[str]:
    """Give the names under which a page's headings can be linked to."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    wrong = []
    for link in LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    assert wrong == []


def test_every_page_is_reached_from_the_index():
    named = set(LINK.findall((DOCS / "index.md").read_text(encoding="utf-8")))
    assert {page.name for page in DOCS.glob("*.md")} - {"index.md"} <= {name.split("#")[0] for name in named}


def commands() -> list[str]:
    return [line for _, language, text in blocks(ROOT / "README.md") if language == "sh" for line in text.splitlines()]


def test_the_readme_begins_with_its_two_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    run, test = commands()
    assert max(text.index(run), text.index(test)) < text.index("\n## ")
    assert run.startswith("python3 -m venv ") and run.endswith("/rapallo run interwar")
    assert test.startswith("python3 -m venv ") and "/pytest" in test
    assert all("shared" not in each and "../" not in each for each in (run, test))


@pytest.mark.skipif(not (ROOT / ".ci" / "run").is_file(), reason="a copy without .ci")
def test_ci_runs_the_readmes_commands_as_they_stand():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    found = re.search(r"^command_with\(\).*$", script, re.MULTILINE)
    assert found
    for word, command in zip(("rapallo run interwar", "pytest"), commands(), strict=True):
        asked = f"{found[0]}\ncommand_with '{word}'"
        done = subprocess.run(["bash", "-c", asked], cwd=ROOT, capture_output=True, text=True)
        assert done.stdout == command + "\n"
    assert re.search(r'^step tests "\$test_command"$', script, re.MULTILINE)
    assert re.search(r'^step "main job" "\$run_command"$', script, re.MULTILINE)
