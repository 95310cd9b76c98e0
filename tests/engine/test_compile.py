"""From an effect's text to machine code: never stale, and whatever cannot be cached or compiled is said."""

import linecache
import math
import os
import stat
from types import SimpleNamespace

import numpy as np
import pytest

from rapallo.effects import effect
from rapallo.effects.effect import _EFFECTS
from rapallo.engine import compile as compiling
from rapallo.engine.compile import cache_folder, compile_effect
from rapallo.errors import RapalloError

OUTSIDE = SimpleNamespace(weight=2.0)
SHARE = 0.25


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """A cache and a registry of this test's own."""
    monkeypatch.setenv("RAPALLO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(compiling, "_COMPILED", {})
    before = dict(_EFFECTS)
    yield tmp_path / "cache"
    for name in set(_EFFECTS) - set(before):
        del _EFFECTS[name]


def made_from(folder, text, name="edited"):
    """Import an effect from a file, as a user's notebook or script would bring it."""
    path = folder / "own.py"
    path.write_text("import math\nfrom rapallo import effect\n" + text)
    linecache.checkcache()
    space = {"__name__": "own"}
    exec(compile(path.read_text(), str(path), "exec"), space)
    return space[name]


def over(address, matrix, pairs):
    """Call compiled code over pairs, as the kernel does."""
    import ctypes

    actors = len(matrix)
    state = np.concatenate([[0.0, 0.0, 0.0], matrix.ravel()])
    seen = np.zeros(1, dtype=np.int8)
    slots = np.array([actors, 3], dtype=np.int64)
    settings = np.zeros(4)
    flat = np.array(pairs, dtype=np.int64).ravel()
    out = np.empty(len(pairs))
    arrays = (state, seen, slots, settings)
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4, ctypes.c_int64, *[ctypes.c_void_p] * 2)(address)
    call(*(each.ctypes.data for each in arrays), len(pairs), flat.ctypes.data, out.ctypes.data)
    return out.tolist()


EDITED = '''
@effect(reads="tie", changes="pair")
def edited(view, sender, receiver):
    """A motive that its author changes."""
    return {factor} * view.tie[sender, receiver]
'''
TIES = np.array([[0.0, 1.0], [3.0, 0.0]])


def test_an_edited_effect_is_compiled_anew(tmp_path):
    for factor in (2.0, 5.0, 2.0):
        address = compile_effect(made_from(tmp_path, EDITED.format(factor=factor)), ["matrix"])
        assert over(address, TIES, [(0, 1), (1, 0)]) == [factor, 3 * factor]
    assert len(list(cache_folder().glob("edited_*.py"))) == 2  # going back finds what was compiled before


def test_a_number_from_around_the_effect_is_part_of_what_is_compiled(tmp_path):
    text = "SCALE = {scale}\n" + EDITED.format(factor="SCALE")
    for scale in (1.0, 4.0):
        address = compile_effect(made_from(tmp_path, text.format(scale=scale)), ["matrix"])
        assert over(address, TIES, [(1, 0)]) == [3 * scale]


def test_a_cached_effect_is_not_written_again(tmp_path, monkeypatch):
    edited = made_from(tmp_path, EDITED.format(factor=2.0))
    compile_effect(edited, ["matrix"])
    files = {path: path.stat().st_mtime_ns for path in cache_folder().glob("edited_*.py")}
    monkeypatch.setattr(compiling, "_COMPILED", {})
    compile_effect(edited, ["matrix"])
    assert {path: path.stat().st_mtime_ns for path in cache_folder().glob("edited_*.py")} == files


def test_without_a_source_it_is_compiled_for_the_session_and_says_so():
    space = {"effect": effect, "__name__": "__main__"}  # as at a plain prompt
    exec(EDITED.format(factor=3.0), space)
    assert space["edited"].source is None
    said = []
    address = compile_effect(space["edited"], ["matrix"], said.append)
    assert over(address, TIES, [(1, 0)]) == [9.0]
    assert len(said) == 1 and "edited has no source text" in said[0]
    assert not list(cache_folder().glob("edited_*"))


def test_an_outside_object_is_refused_by_name():
    @effect(reads="tie", changes="pair")
    def leaning_outward(view, sender, receiver):
        """A motive that leans on something outside."""
        return OUTSIDE.weight * view.tie[sender, receiver]

    with pytest.raises(RapalloError, match="'leaning_outward' uses 'OUTSIDE' from outside itself; only numbers"):
        compile_effect(leaning_outward, ["matrix"])


def test_numbers_and_math_from_around_are_taken():
    @effect(reads="tie", changes="pair")
    def leaning_on_numbers(view, sender, receiver):
        """A motive that uses a number and a function of mathematics."""
        return math.log1p(SHARE * view.tie[sender, receiver])

    found = over(compile_effect(leaning_on_numbers, ["matrix"]), TIES, [(1, 0)])
    assert found == [math.log1p(0.75)]


def test_what_numba_cannot_compile_is_a_clear_error():
    @effect(reads="tie", changes="pair")
    def too_clever(view, sender, receiver):
        """A motive beyond what compiles."""
        return open("ties")[view.tie[sender, receiver]]

    with pytest.raises(RapalloError, match="effect 'too_clever' cannot be compiled: "):
        compile_effect(too_clever, ["matrix"])


@pytest.mark.parametrize("way", ["a file stands where the folder should be", "not writable"])
def test_a_cache_that_cannot_be_written_is_said_and_done_without(tmp_path, monkeypatch, own_cache, way):
    edited = made_from(tmp_path, EDITED.format(factor=7.0))
    if way == "not writable":
        if os.geteuid() == 0:
            pytest.skip("whoever may do everything can write everywhere")
        own_cache.mkdir()
        own_cache.chmod(stat.S_IRUSR | stat.S_IXUSR)
    else:
        own_cache.write_text("in the way")
    said = []
    address = compile_effect(edited, ["matrix"], said.append)
    assert over(address, TIES, [(0, 1)]) == [7.0]
    assert len(said) == 1 and "cannot be written" in said[0]
