"""How errors of estimates go together: what is read, what is refused, and what is out of date."""

from __future__ import annotations

import numpy as np
import pytest

from rapallo.experiment.drawn_parameters import drawn_parameters
from rapallo.record.folder import Folder
from rapallo.scenario.correlations import FILE
from rapallo.scenario.load import load_folder
from tests.scenario.folders import files_of, report

GOOD = """
[recognise]
names = ["ONE", "OTHER"]
correlations = [[], [-0.8]]
origin = "errors of the fit of mine.py"
hash = "abc"
"""


@pytest.fixture
def made():
    """Give a maker of the template with two of its numbers estimated, and a file of correlations."""
    files = files_of()
    scenario = load_folder(Folder("x", contents=files))
    one, other = list(scenario.parameters)[:2]

    def make(text, error="0.5"):
        numbers = []
        for name, parameter in scenario.parameters.items():
            fit = 'origin = "estimated"\nfit = { model = "m", hash = "abc" }\nstandard_error = ' + error
            rest = fit if name in (one, other) else f'origin = "assumed"\nrange = [{parameter.low}, {parameter.high}]'
            numbers.append(f'[{name}]\nvalue = {parameter.value}\nwhy = "a reason"\n{rest}\n')
        text = text.replace("ONE", one).replace("OTHER", other)
        return {**files, "parameters.toml": "\n".join(numbers).encode(), FILE: text.encode()}, one, other

    return make


def test_estimates_of_one_fit_are_drawn_together(made):
    files, one, other = made(GOOD)
    scenario = load_folder(Folder("x", contents=files))
    assert not scenario.warnings and scenario.correlated[0].origin == "errors of the fit of mine.py"
    draws = [drawn_parameters(scenario, 3, draw) for draw in range(1500)]
    values = np.array([[each[one], each[other]] for each in draws])
    # the errors of a correlation, a mean and a spread of 1,500 draws, times four
    assert np.corrcoef(values.T)[0, 1] == pytest.approx(-0.8, abs=4 * 0.36 / 1500**0.5)
    for k, name in enumerate((one, other)):
        assert values[:, k].mean() == pytest.approx(scenario.parameters[name].value, abs=4 * 0.5 / 1500**0.5)
        assert values[:, k].std() == pytest.approx(0.5, rel=4 / 3000**0.5)
    # the first of them is drawn as if alone; with another fixed, a number is drawn as before
    alone = load_folder(Folder("x", contents={name: text for name, text in files.items() if name != FILE}))
    assert (
        drawn_parameters(alone, 3, 7)[one] == draws[7][one] and drawn_parameters(alone, 3, 7)[other] != draws[7][other]
    )


def test_correlations_of_another_fit_are_not_used_and_it_is_said(made):
    files, *_ = made(GOOD.replace('"abc"', '"old"'))
    scenario = load_folder(Folder("x", contents=files))
    assert scenario.correlated == ()
    assert "of another fit" in scenario.warnings[-1] and "drawn one by one" in scenario.warnings[-1]


@pytest.mark.parametrize(
    ("old", "new", "what", "right"),
    [
        ("[[], [-0.8]]", "[[], [-1.8]]", "not the correlations of 2 names", "row k"),
        ("[[], [-0.8]]", "[[1.0], [-0.8, 1.0]]", "not the correlations of 2 names", "row k"),
        ('"OTHER"]', '"OTHERE"]', "no parameter is called", "did you mean"),
        ('["ONE", "OTHER"]', '["ONE"]', "not the correlations of 1 names", "row k"),
        ("origin =", "origins =", "origin", ""),
        ("[recognise]\n", "", "stands outside a table", "write ["),
    ],
)
def test_what_is_wrong_with_them_is_named(made, old, new, what, right):
    problems = [each for each in report(made(GOOD.replace(old, new))[0]) if each.file == FILE]
    assert any(what in str(each) and right in each.suggestion for each in problems), problems


def test_impossible_correlations_are_refused(made):
    files, one, other = made(GOOD)
    third = next(name for name in load_folder(Folder("x", contents=files)).parameters if name not in (one, other))
    text = files["parameters.toml"].decode()
    text = text.replace(f"[{third}]", f"[{third}]\nstandard_error = 0.1")
    wrong = GOOD.replace("ONE", one).replace("OTHER", other).replace("[[], [-0.8]]", "[[], [0.9], [0.9, -0.9]]")
    wrong = wrong.replace('hash = "abc"\n', "").replace(f'"{other}"]', f'"{other}", "{third}"]')
    problems = report({**files, "parameters.toml": text.encode(), FILE: wrong.encode()})
    assert any("not positive definite" in each.what for each in problems), problems
