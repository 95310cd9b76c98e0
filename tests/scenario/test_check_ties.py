"""The order of forms and ends, against a search through every choice of days."""

from itertools import pairwise, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapallo.scenario.check_ties import _Event, _possible
from tests.scenario.folders import edited, files_of, report

HEAD = "id,date,layer,process,sender,receiver,change,title,source,basis,certainty\n"


def acts(*rows):
    """Write an acts table from rows of date, sender, receiver, change; ids are F0, F1, …"""
    lines = [
        f"F{number},{date},recognition,,{sender},{receiver},{change},,invented,invented,low"
        for number, (date, sender, receiver, change) in enumerate(rows)
    ]
    files = {name: data for name, data in files_of().items() if name != "identity.csv"}
    return {**files, "acts.csv": (HEAD + "\n".join(lines) + "\n").encode()}


def complaints(*rows):
    return [(each.line, each.what) for each in report(acts(*rows))]


@pytest.mark.parametrize(
    "rows",
    [
        [("1922", "ARC", "BOR", "form"), ("1923", "BOR", "ARC", "end"), ("1924", "ARC", "BOR", "form")],
        # the order within the year cannot be told
        [("1922", "ARC", "BOR", "form"), ("1922", "ARC", "BOR", "end")],
        [("1922-06", "ARC", "BOR", "end"), ("1922", "ARC", "BOR", "form")],
        [("1922-06-01", "ARC", "BOR", "end"), ("1922-06-01", "ARC", "BOR", "form")],
        # an approximate date may lie before
        [("1923~", "ARC", "BOR", "form"), ("1922-12-01", "ARC", "BOR", "end")],
        # an open end may lie anywhere
        [("1920/..", "ARC", "BOR", "end"), ("1924", "ARC", "BOR", "form")],
        # the tie lapsed when Corvia ceased to exist, or Corvia's tie ended on its last day
        [("1922", "ARC", "COR", "form")],
        [("1922", "ARC", "COR", "form"), ("1926-05-01", "ARC", "COR", "end")],
    ],
)
def test_what_may_have_been_is_no_error(rows):
    assert complaints(*rows) == []


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ([("1923", "ARC", "BOR", "form"), ("1922", "ARC", "BOR", "end")], 3, "does not stand"),
        ([("1922", "ARC", "BOR", "form"), ("1923", "BOR", "ARC", "form")], 3, "stands already, formed on line 2"),
        ([("1922", "ARC", "BOR", "end")], 2, "does not stand"),
        (
            [("1922", "ARC", "BOR", "form"), ("1923", "ARC", "BOR", "end"), ("1924", "ARC", "BOR", "end")],
            4, "does not stand",
        ),
        ([("1921-02", "ARC", "ELY", "form")], 2, "ELY does not exist on 1921-02"),
        ([("1926-05-02", "ARC", "COR", "form")], 2, "COR does not exist on 1926-05-02"),
    ],
)  # fmt: skip
def test_what_cannot_have_been_is_named(rows, line, words):
    (found,) = complaints(*rows)
    assert found[0] == line
    assert words in found[1]


def test_several_faults_of_one_pair_are_all_named():
    found = complaints(
        ("1920-06", "ARC", "BOR", "end"),
        ("1921", "ARC", "BOR", "form"),
        ("1922", "ARC", "BOR", "form"),
        ("1923", "ARC", "DUN", "end"),
    )
    assert [line for line, _ in found] == [2, 4, 5]


def test_rival_readings_widen_the_span():
    rows = acts(("1922", "ARC", "BOR", "form"), ("1921", "ARC", "BOR", "end"))
    text = rows["acts.csv"].decode().replace("certainty\n", "certainty,reading\n").replace("low\n", "low,a\n")
    text += "F1,1923,recognition,,ARC,BOR,end,,invented,invented,low,b\n"
    assert report({**rows, "acts.csv": text.encode()}) == ()


def test_one_event_told_twice_is_one_event():
    rows = acts(("1922", "ARC", "BOR", "form"), ("1922-05", "ARC", "BOR", "form"))
    assert len(report(rows)) == 1
    linked = {**rows, "identity.csv": b"id,group,canonical,member,relation,note\nI1,G1,F0,F1,same_event,\n"}
    assert report(linked) == ()


def test_an_actor_that_returns_begins_without_ties():
    files = acts(("1922", "ARC", "COR", "form"), ("1928", "ARC", "COR", "form"))
    assert len(report(files)) == 1
    row = "COR,Corvia,Корвия,state,1927,..,,,,invented,,,invented,low,\n"
    again = edited(files, "actors.csv", ("DUN,Dunmark", row + "DUN,Dunmark"))
    assert report(again) == ()


def brute_force(events):
    for days in product(*(range(int(each.first), int(each.last) + 1) for each in events)):
        for order in permutations(range(len(events))):
            if any(days[one] > days[other] for one, other in pairwise(order)):
                continue
            stands = False
            for place in order:
                change = events[place].change
                if change != "lapse" and (change == "form") == stands:
                    break
                stands = change == "form"
            else:
                return True
    return False


EVENTS = st.lists(
    st.builds(
        lambda first, length, change: _Event(first, min(first + length, 4), change, None),
        st.integers(0, 4),
        st.integers(0, 3),
        st.sampled_from(["form", "end", "form", "end", "lapse"]),
    ),
    max_size=5,
)


@given(EVENTS)
@settings(max_examples=300)
def test_the_search_agrees_with_every_choice_of_days(events):
    assert _possible(events) == brute_force(events)
