"""The hash of a fit: it moves with what the fit reads, and with nothing else."""

from dataclasses import replace

import numpy as np
import pytest

import rapallo as rp
from rapallo.estimate.fit_hash import named, read_names
from rapallo.estimate.flows import learn_flow
from rapallo.estimate.learn import learn
from rapallo.estimate.relative import learn_relative


@pytest.fixture(scope="module")
def interwar():
    return rp.load("interwar")


def with_rows(scenario, **tables):
    return replace(scenario, tables=replace(scenario.tables, **tables), _kept={})


def bare(scenario, process):
    """The scenario with nothing in its tables of acts and numbers but what a process reads."""
    layers, numbers, _ = named(scenario, read_names(scenario, scenario.processes[process]))
    found = with_rows(
        scenario,
        acts=tuple(row for row in scenario.tables.acts if row.layer in layers or row.process == process),
        attributes=tuple(row for row in scenario.tables.attributes if row.attribute in numbers),
        dyads=tuple(row for row in scenario.tables.dyads if row.attribute in numbers),
        coverage=(),
    )
    for table in ("acts", "attributes", "dyads"):
        assert len(getattr(found.tables, table)) < len(getattr(scenario.tables, table))
    return found


def turned_about(scenario, process):
    """The scenario with every act that a process does not read turned about; its numbers are bare of the unread."""
    layers, _, _ = named(scenario, read_names(scenario, scenario.processes[process]))
    acts = tuple(
        row if row.layer in layers or row.process == process else row._replace(sender=row.receiver, receiver=row.sender)
        for row in scenario.tables.acts
        if row.layer in layers or (row.sender and row.receiver)
    )
    return with_rows(bare(scenario, process), acts=acts)


@pytest.mark.parametrize("process", ["leave_league", "conclude_alliance"])
def test_what_is_not_hashed_is_not_read(interwar, process):
    pairs = np.ones((len(interwar.tables.actor_ids),) * 2, dtype=bool)
    chosen = {"start": "1921-01-01", "end": "1938-12-31", "imputations": 0, "allowed": pairs}
    whole, turned, less = (
        learn(each, process, **chosen) for each in (interwar, turned_about(interwar, process), bare(interwar, process))
    )
    assert whole.hash == turned.hash == less.hash
    assert np.array_equal(turned.mean, whole.mean) and np.array_equal(turned.sd, whole.sd)
    # acts of one day share it out among them: without the others each has another instant of it
    assert less.cases == whole.cases and (abs(less.mean - whole.mean) < 1e-3 * whole.sd).all()


def test_of_a_selection_too(interwar):
    pairs = np.ones((len(interwar.tables.actor_ids),) * 2, dtype=bool)
    whole = learn_relative(interwar, "denounce_treaty", pairs, "all", imputations=1)
    less = learn_relative(bare(interwar, "denounce_treaty"), "denounce_treaty", pairs, "all", imputations=1)
    assert less.hash == whole.hash
    np.testing.assert_allclose(less.mean, whole.mean, rtol=1e-6)


def test_prose_and_places_do_not_move_it_and_content_does(interwar):
    def of(scenario):
        return learn(scenario, "leave_league", imputations=0).hash

    tables, first = interwar.tables, of(interwar)
    said = {
        name: tuple(row._replace(line=row.line + 7, note="told anew") for row in getattr(tables, name))
        for name in ("acts", "attributes", "dyads")
    }
    assert of(with_rows(interwar, **said)) == first
    unread = next(row for row in tables.dyads if row.attribute == "trade")
    more = unread._replace(id="new", value=unread.value + 1.0)
    assert of(with_rows(interwar, dyads=(more, *tables.dyads))) == first

    council = next(row for row in tables.attributes if row.attribute == "council")
    changed = tuple(row._replace(value=2.0) if row is council else row for row in tables.attributes)
    assert of(with_rows(interwar, attributes=changed)) != first
    kept = tuple(row for row in tables.acts if row.process != "leave_league" or row.sender != "DEU")
    assert len(kept) < len(tables.acts)
    assert of(with_rows(interwar, acts=kept)) != first
    assert of(interwar.with_parameters({"leave_league.constant": 9.0})) == first  # where a fit left it says nothing


def test_of_a_flow_it_is_the_values_that_count(interwar):
    def of(scenario):
        return learn_flow(scenario, "soviet_imports", years=(1925, 1934), imputations=1).hash

    tables, first = interwar.tables, of(interwar)

    def traded(change):
        return with_rows(
            interwar, dyads=tuple(change(row) if row.attribute == "trade" else row for row in tables.dyads)
        )

    assert of(traded(lambda row: row._replace(id=f"again {row.id}", note=""))) == first
    assert of(traded(lambda row: row._replace(value=9.0) if row.date.text == "1938" else row)) == first
    assert of(traded(lambda row: row._replace(value=9.0) if row.date.text == "1930" else row)) != first
