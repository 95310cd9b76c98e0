"""The commands of the page for those who come from goldfish run as they stand, and print what it shows."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "goldfish.md"


def test_the_page_does_what_it_says(shared, monkeypatch, capsys):
    text = PAGE.read_text("utf-8")
    monkeypatch.chdir(shared / "anchors" / "dated")
    space = {}
    for block in re.findall(r"```python\n(.*?)```", text, flags=re.S):
        exec(block, space)
    shown = text[text.index("choice of call: ") :].partition("```")[0]
    printed = capsys.readouterr().out.splitlines()
    for line in shown.splitlines():
        if "largest score" not in line:  # rounding: it differs from machine to machine
            assert line in printed
    assert space["treaties"]["tie(contig)"] == pytest.approx(1.648290293, abs=1e-8)
    assert space["rate"].observations == 441
