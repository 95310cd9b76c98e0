import tomllib

from hypothesis import given
from hypothesis import strategies as st

from rapallo.record.folder import Folder
from rapallo.scenario.check_circles import find_circles
from rapallo.scenario.load import BUILT_IN
from rapallo.scenario.toml_file import find_lines, read_toml

TEXT = '''# a comment with [brackets] and "quotes
title = "x = [y]"   # says = "no"
says = """
[not.a.table]
not = "a key"
"""
list = [
  "a = b", # one
  { c = 1 },
]
[layers.treaty]
says = 'it''s'
"quoted key" = 1
[layers."with.dot"]
a.b.c = { d = { e = 1 } }
[[many]]
x = 1
'''.replace("'it''s'", "'its'")


def test_lines_of_every_key():
    tomllib.loads(TEXT)
    assert find_lines(TEXT) == {
        ("title",): 2,
        ("says",): 3,
        ("list",): 7,
        ("layers", "treaty"): 11,
        ("layers", "treaty", "says"): 12,
        ("layers", "treaty", "quoted key"): 13,
        ("layers", "with.dot"): 14,
        ("layers", "with.dot", "a", "b", "c"): 15,
        ("many",): 16,
        ("many", "x"): 17,
    }


def test_a_key_without_a_line_of_its_own_takes_the_nearest():
    file = read_toml(Folder("x", contents={"a.toml": TEXT.encode()}), "a.toml", [])
    assert file.line(("layers", "with.dot", "a", "b", "c", "d", "e")) == 15
    assert file.line(("layers",)) == 11
    assert file.line(("layers", "treaty", "absent")) == 11
    assert file.line(("nothing",)) is None


def paths(values, above=()):
    for key, value in values.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from paths(value, (*above, key))


def test_every_key_of_the_interwar_order_is_on_the_line_found_for_it():
    for name in ("scenario.toml", "parameters.toml"):
        text = (BUILT_IN / "interwar" / name).read_text(encoding="utf-8")
        lines = text.split("\n")
        found = find_lines(text)
        assert set(found) <= set(paths(tomllib.loads(text)))
        for path, line in found.items():
            assert path[-1] in lines[line - 1], (path, line)


@given(st.text(alphabet="ab.=[]{}\"'# \n\\1,", max_size=60))
def test_any_text_is_parsed_or_named(text):
    problems = []
    file = read_toml(Folder("x", contents={"a.toml": text.encode()}), "a.toml", problems)
    assert (file is None) == bool(problems)
    if file is not None:
        known = set(paths(file.data))
        assert all(path in known for path in find_lines(text) if not isinstance(file.data.get(path[0]), list))


def test_depth_and_length_are_no_crash():
    for text in ("a = " + "[" * 5000 + "]" * 5000, "a = " + "9" * 5000, ".".join(["a"] * 2000) + " = 1"):
        problems = []
        file = read_toml(Folder("x", contents={"a.toml": text.encode()}), "a.toml", problems)
        assert file is not None or problems


GRAPHS = st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef")), max_size=6)


@given(GRAPHS)
def test_circles_are_circles_and_none_is_missed(edges):
    circles = find_circles(edges)
    for circle in circles:
        assert all(after in edges[before] for before, after in zip(circle, [*circle[1:], circle[0]], strict=True))
    broken = {start: set(targets) for start, targets in edges.items()}
    reach = {start: set(targets) for start, targets in broken.items()}
    for _ in range(6):
        reach = {
            start: targets | {far for near in targets for far in reach.get(near, ())}
            for start, targets in reach.items()
        }
    assert bool(circles) == any(start in targets for start, targets in reach.items())
