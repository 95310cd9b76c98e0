"""The shape of the project: which part imports which, how long files are, what they are called and say."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import rapallo

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "rapallo"
MODULES = sorted(SOURCE.rglob("*.py"))
FLOW = [
    {"errors", "scenarios"},
    {"record"},
    {"system"},
    {"effects"},
    {"scenario"},
    {"measures"},
    {"engine"},
    {"estimate"},
    {"experiment"},
    {"report"},
    {"cli"},
]
"""Imports run from later rows to earlier ones, never back; parts of one row do not import each other. ``scenarios``
holds data and no code."""

BOUND_LATE = {
    ("system/history.py", "rapallo.measures.measure"),
    ("system/history.py", "rapallo.engine.why"),
    # a result shows itself: what draws it and what writes it out come later in the flow, asked for at the call
    ("experiment/measure_of_runs.py", "rapallo.report.plots"),
    ("experiment/ensemble.py", "rapallo.report.html"),
    ("experiment/counterfactual.py", "rapallo.report.plots"),
    ("estimate/residuals.py", "rapallo.report.plots"),
    ("estimate/goodness.py", "rapallo.report.plots"),
    ("experiment/uncertainty.py", "rapallo.report.plots"),
    ("experiment/sweep.py", "rapallo.report.plots"),
    ("experiment/spread_of_difference.py", "rapallo.report.plots"),
    ("experiment/ensemble.py", "rapallo.report.warrant"),
    ("experiment/compare.py", "rapallo.report.warrant"),
    ("experiment/sensitivity.py", "rapallo.report.warrant"),
    ("experiment/sweep.py", "rapallo.report.warrant"),
    ("experiment/counterfactual.py", "rapallo.report.warrant"),
    ("experiment/counterfactual.py", "rapallo.report.counterfactual_html"),
    ("experiment/compare.py", "rapallo.report.comparison_html"),
    ("experiment/backtest_result.py", "rapallo.report.plots"),
    ("experiment/backtest_result.py", "rapallo.report.backtest_page"),
    ("experiment/sensitivity.py", "rapallo.report.plots"),
}
"""The verbs of a history and of runs that later parts carry out; each is resolved when it is first asked for."""

ANYONE = {"rapallo", "rapallo.errors"}
LONGEST = 600
FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|misc)(_|$)|^common$")
TEXT = {".py", ".md", ".toml", ".csv", ".bib", ".json", ".html", ".css", ".js", ".txt", ".cfg", ".yml", ".yaml", ""}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project, as git knows them, or as they lie there where there is no git."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        files = [ROOT / os.fsdecode(name) for name in listed.split(b"\0") if name]
    except (OSError, subprocess.CalledProcessError):
        files = [path for path in ROOT.rglob("*") if not any(part.startswith(".") for part in path.parts)]
    return tuple(path for path in files if path.is_file() and path.suffix in TEXT)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def part(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Give every module of the project that a file names: in an import at any depth, or as text to import later."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.split(".")[0] == "rapallo")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write imports in full"
            if node.module == "rapallo":
                names = [alias.name for alias in node.names]
                found = [f"rapallo.{name}" if (SOURCE / name).exists() else "rapallo" for name in names]
                yield from ((node.lineno, module) for module in found)
            elif node.module and node.module.startswith("rapallo."):
                yield node.lineno, node.module
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"rapallo(\.[a-z_]+)+(:\w+)?", node.value):
                yield node.lineno, node.value.split(":")[0]


def only_for_types(path: Path) -> set[int]:
    """Give the lines under ``if TYPE_CHECKING``: they import nothing when the program runs."""
    lines: set[int] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for inner in node.body:
                lines.update(range(inner.lineno, (inner.end_lineno or inner.lineno) + 1))
    return lines


def against_the_flow(path: Path, name: str) -> Iterator[str]:
    place = {each: row for row, parts in enumerate(FLOW) for each in parts}
    own = name.split("/")[0].removesuffix(".py")
    typed = only_for_types(path)
    for line, module in imports(path):
        other = part(module)
        if module in ANYONE or other == own or (name, module) in BOUND_LATE:
            continue
        if module.startswith("rapallo.report.plots") and line in typed:
            continue
        if place[other] >= place[own]:
            yield f"{name}:{line} imports {module}"


def test_imports_run_one_way():
    wrong = []
    for path in MODULES:
        name = path.relative_to(SOURCE).as_posix()
        if name != "__init__.py":
            wrong += against_the_flow(path, name)
    assert not wrong, "\n".join(wrong)


def test_every_part_has_its_place_in_the_flow():
    parts = {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in MODULES} - {"__init__"}
    assert parts == set().union(*FLOW)


def test_a_wrong_import_would_be_seen(tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        'def late():\n    from rapallo.engine.why import why\n\n\nVERBS = {"x": "rapallo.cli.main:main"}\n'
    )
    found = sorted(against_the_flow(wrong, "record/wrong.py"))
    assert found == ["record/wrong.py:2 imports rapallo.engine.why", "record/wrong.py:5 imports rapallo.cli.main"]
    assert list(against_the_flow(wrong, "cli/wrong.py")) == []


def test_every_late_verb_is_still_there():
    for name, module in BOUND_LATE:
        assert module in {found for _, found in imports(SOURCE / name)}, f"{name} no longer names {module}"


def test_no_file_is_too_long():
    files = [path for path in tracked() if path.suffix == ".py"]
    long = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}


def test_files_are_named_for_what_they_hold():
    names = {part for path in tracked() for part in path.relative_to(ROOT).parts}
    assert [name for name in sorted(names) if FORBIDDEN_NAMES.search(name.split(".")[0])] == []


def test_pairs_are_sender_and_receiver():
    """No function of the package takes the two sides of a pair as ``i`` and ``j``."""
    wrong = []
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.Lambda):
                names = {argument.arg for argument in node.args.args}
                if {"i", "j"} <= names:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_words_that_must_not_appear():
    """No path of one machine, no open end without an open matter, nothing about who typed it."""
    words = [
        r"(?<![\w.])/(work|opt|root)/",
        r"(?<![\w.])/" + r"tmp/(?!\w*\{)",
        r"\bTO" + r"DO\b",
        r"\bFIX" + r"ME\b",
        r"\bXX" + r"X\b",
        r"(?i)\bcl" + r"aude\b",
        r"(?i)\banth" + r"ropic\b",
        r"(?i)\bopen" + r"ai\b",
        r"(?i)\bchat" + r"gpt\b",
        r"(?i)\bco" + r"pilot\b",
        r"(?i)\blanguage " + r"model",
        r"(?i)\bgenerated (by|with) (an? )?" + r"(ai|assistant)\b",
    ]
    wrong = []
    for path in tracked():
        if path == Path(__file__).resolve():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for word in words:
            for found in re.finditer(word, text):
                line = text.count("\n", 0, found.start()) + 1
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {found.group()!r}")
    assert not wrong, "\n".join(wrong)


def test_the_public_surface_is_small_and_whole():
    names = [name for name in rapallo.__all__ if not name.startswith("_")]
    assert 20 <= len(names) <= 30
    assert len(set(names)) == len(names)
    for name in names:
        getattr(rapallo, name)
    for name in names:
        # asked again: importing a part hides a public name that is the part's own
        found = getattr(rapallo, name)
        assert not isinstance(found, ModuleType), f"rapallo.{name} is hidden by the part of that name"
        assert found.__doc__ and found.__doc__.strip(), f"rapallo.{name} says nothing of itself"


def test_importing_loads_nothing_heavy():
    heavy = ["numpy", "numba", "pandas", "pyarrow", "matplotlib", "typer", "rich", "jinja2", "scipy", "bibtexparser"]
    program = f"import sys, rapallo; print(*[name for name in {heavy!r} if name in sys.modules])"
    path = os.pathsep.join([str(SOURCE.parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
    )
    assert (done.stdout.strip(), done.returncode) == ("", 0), done.stderr


@pytest.mark.parametrize("module", sorted({path.parent for path in MODULES}), ids=lambda path: path.name)
def test_every_folder_is_a_package_that_says_what_it_is(module):
    init = module / "__init__.py"
    assert init.is_file()
    if module.parent.name != "scenarios" and module.name != "scenarios":
        name = ".".join(("rapallo", *module.relative_to(SOURCE).parts))
        assert importlib.import_module(name).__doc__, f"{name} has no docstring"
