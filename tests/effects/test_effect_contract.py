"""What every registered effect must keep to, whoever wrote it."""

import copy
from collections import Counter, namedtuple
from pathlib import Path

import bibtexparser
import numba
import numpy as np
import pytest
import random_view as rv

import rapallo.effects
from rapallo.effects import effects, get_effect
from rapallo.effects.library import __path__ as library

SHIPPED = [each for each in effects() if each.function.__module__.startswith("rapallo.effects.library")]
SEEDS = range(12)
STANDING = {"alliance", "cooperation", "dispute", "first", "formed", "membership", "memory", "network", "obligation"}
STANDING |= {"second", "tie", "total", "war"}
"""Slots of ties, and of counts of acts: these stand or do not, and nobody asks what is not known of them."""


@pytest.fixture(scope="module")
def bibliography():
    text = (Path(rapallo.effects.__file__).parent / "sources.bib").read_text(encoding="utf-8")
    return bibtexparser.parse_string(text).entries_dict


def may_change(pattern, array, sender, receiver):
    """Which pairs a pattern lets change when the entry of an array at (sender, receiver) changes."""
    n = rv.ACTORS
    allowed = np.zeros((n, n), dtype=bool)
    if pattern == "everything":
        allowed[:] = True
    elif pattern == "pair":
        allowed[sender, receiver] = allowed[receiver, sender] = True
    elif pattern == "row":
        allowed[sender] = True
    elif pattern == "column":
        allowed[:, receiver] = True
    elif pattern == "two-paths":
        allowed[sender, array[receiver] != 0] = True
        allowed[array[:, sender] != 0, receiver] = True
    elif pattern == "row and column":
        for actor in (sender, receiver):
            allowed[actor] = allowed[:, actor] = True
    else:
        raise AssertionError(f"no such pattern: {pattern}")
    return allowed


def containing(pattern, actor):
    """Which pairs may change when one actor's number changes."""
    allowed = np.zeros((rv.ACTORS, rv.ACTORS), dtype=bool)
    if pattern == "everything":
        allowed[:] = True
    if pattern != "column":
        allowed[actor] = True
    if pattern != "row":
        allowed[:, actor] = True
    return allowed


def test_one_file_each_named_for_its_effect():
    files = {path.stem for path in Path(library[0]).glob("*.py")} - {"__init__"}
    assert files == {each.name for each in SHIPPED}
    for each in SHIPPED:
        assert each.function.__module__.endswith(f".{each.name}")


def test_aliases_name_one_effect_each():
    counted = Counter(alias for each in SHIPPED for alias in each.aliases)
    assert [alias for alias, times in counted.items() if times > 1] == []
    assert set(counted) & {each.name for each in SHIPPED} == set()
    for each in SHIPPED:
        for alias in each.aliases:
            assert get_effect(alias) is each


@pytest.mark.parametrize("effect", SHIPPED, ids=lambda each: each.name)
def test_says_in_one_sentence_with_a_unit(effect):
    assert effect.says.endswith(".") and effect.says[0].isupper()
    assert effect.says.count(". ") == 0 and len(effect.says) < 130
    assert effect.unit
    assert effect.source is not None and "->" not in effect.source


@pytest.mark.parametrize("effect", SHIPPED, ids=lambda each: each.name)
def test_citation_is_in_the_bibliography_and_says_why(effect, bibliography):
    if effect.cites:
        assert effect.cites in bibliography
        assert bibliography[effect.cites]["why"]


def test_every_work_in_the_bibliography_is_cited(bibliography):
    assert set(bibliography) == {each.cites for each in SHIPPED} - {""}


@pytest.mark.parametrize("effect", SHIPPED, ids=lambda each: each.name)
@pytest.mark.parametrize("seed", SEEDS)
def test_only_declared_pairs_change(effect, seed):
    rng = np.random.default_rng(1000 + seed)
    view = rv.random_view(effect, seed)
    before = rv.statistics(effect, view)
    assert np.isfinite(before[~np.eye(rv.ACTORS, dtype=bool)]).all()
    for slot, dimensions in rv.slot_shapes(effect).items():
        sender, receiver = rng.choice(rv.ACTORS, 2, replace=False)
        changed = copy.deepcopy(view)
        array = getattr(changed, slot)
        if dimensions == 2:
            array[sender, receiver] = 0.0 if array[sender, receiver] > 0 else 1.7
            allowed = may_change(effect.pattern(slot), array, sender, receiver)
        else:
            array[sender] += rng.choice([-1.3, 0.7, 2.1])
            allowed = containing(effect.pattern(slot), sender)
        after = rv.statistics(effect, changed)
        moved = ~np.isclose(before, after, rtol=0, atol=0, equal_nan=True)
        assert not (moved & ~allowed).any(), f"{slot} at {sender}, {receiver} moved {np.argwhere(moved & ~allowed)}"


@pytest.mark.parametrize("effect", [each for each in SHIPPED if each.reads], ids=lambda each: each.name)
def test_every_slot_matters(effect):
    for slot, dimensions in rv.slot_shapes(effect).items():
        moved = False
        for seed in range(40):
            rng = np.random.default_rng(500 + seed)
            view = rv.random_view(effect, seed)
            before = rv.statistics(effect, view)
            setattr(view, slot, rv.random_matrix(rng) * 400 if dimensions == 2 else rv.random_vector(rng) * 3)
            moved = moved or not np.array_equal(before, rv.statistics(effect, view), equal_nan=True)
        assert moved, f"{effect.name} never changes with {slot}"


@pytest.mark.parametrize("effect", SHIPPED, ids=lambda each: each.name)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_hangs_on_an_unknown_value_is_unknown(effect, seed):
    """Wherever a value could move a statistic, not knowing the value leaves the statistic unknown: no zero is made."""
    rng = np.random.default_rng(2000 + seed)
    view = rv.random_view(effect, seed)
    apart = ~np.eye(rv.ACTORS, dtype=bool)
    for slot, dimensions in rv.slot_shapes(effect).items():
        if slot in STANDING:
            continue
        place = tuple(rng.choice(rv.ACTORS, dimensions, replace=False))
        found = []
        for value in (0.0, 1.7, -1.2, 400.0, np.nan):
            changed = copy.deepcopy(view)
            getattr(changed, slot)[place] = value
            found.append(rv.statistics(effect, changed))
        moved = np.any([each != found[0] for each in found[1:-1]], axis=0) & apart
        assert np.isnan(found[-1][moved]).all(), f"{slot} at {place} is unknown, and {np.argwhere(moved)} do not see it"


@pytest.mark.parametrize("effect", SHIPPED, ids=lambda each: each.name)
def test_finite_on_an_empty_view(effect):
    view = rv.random_view(effect, 0)
    for slot in effect.reads:
        setattr(view, slot, np.zeros_like(getattr(view, slot)))
    assert np.isfinite(rv.statistics(effect, view)[~np.eye(rv.ACTORS, dtype=bool)]).all()


@pytest.mark.parametrize("effect", SHIPPED, ids=lambda each: each.name)
def test_compiles_and_agrees_with_plain_python(effect):
    view = rv.random_view(effect, 3)
    fields = vars(view)
    compiled_view = namedtuple("View", fields)(**fields)
    compiled = numba.njit(effect.function)
    for sender, receiver in ((0, 1), (4, 2)):
        assert compiled(compiled_view, sender, receiver) == pytest.approx(effect(view, sender, receiver), rel=1e-14)
