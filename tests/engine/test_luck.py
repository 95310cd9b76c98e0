"""The generator against its published known answers, and the compiled luck against its plain twin."""

import math

import numpy as np
import pytest
from numba import njit

from rapallo.engine import luck, reference_luck

# Philox4x32-10 in the known-answer file of Random123 1.14 (Salmon et al. 2011): counter, key, result.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@njit
def compiled_philox(c0, c1, c2, c3, k0, k1):
    return luck.philox(c0, c1, c2, c3, k0, k1)


@njit
def compiled_draws(seed, run, name, occurrence):
    return (
        luck.uniform(seed, run, name, occurrence),
        luck.exponential(seed, run, name, occurrence),
        luck.gumbel(seed, run, name, occurrence),
        luck.normal(seed, run, name, occurrence),
    )


@njit
def compiled_name(purpose, process, sender, receiver):
    return luck.name_of(purpose, process, sender, receiver)


@njit
def compiled_point(seed, run, name, top, now, until):
    return luck.next_point(seed, run, name, top, now, until)


@pytest.mark.parametrize(("counter", "key", "result"), KNOWN)
def test_known_answers(counter, key, result):
    assert reference_luck.philox(*counter, *key) == result
    words = [np.uint64(each) for each in (*counter, *key)]
    assert tuple(int(each) for each in compiled_philox(*words)) == result


def test_names_come_from_stable_ids():
    parts = [luck.stable_hash(each) for each in ("process:recognise/ministry", "actor:GBR", "actor:USSR")]
    name = reference_luck.name_of(luck.CLOCK, *parts)
    assert int(compiled_name(luck.CLOCK, *[np.uint64(each) for each in parts])) == name
    others = {reference_luck.name_of(p, *parts) for p in range(1, 7)}
    assert len(others) == 6
    assert reference_luck.name_of(luck.CLOCK, parts[0], parts[2], parts[1]) != name


def test_draws_equal_their_twins_bit_for_bit():
    name = reference_luck.name_of(luck.PICK, 1, 2, 3)
    for occurrence in range(200):
        fast = compiled_draws(np.uint64(2**63 + 5), 7, np.uint64(name), occurrence)
        slow = tuple(
            draw(2**63 + 5, 7, name, occurrence)
            for draw in (
                reference_luck.uniform,
                reference_luck.exponential,
                reference_luck.gumbel,
                reference_luck.normal,
            )
        )
        assert fast == slow


def test_moments():
    name = reference_luck.name_of(luck.NOISE, 1, 2, 3)
    draws = np.array([compiled_draws(np.uint64(1), 0, np.uint64(name), k) for k in range(40_000)])
    # four-sigma bounds on the means; error rate of the whole test below 0.1 %
    assert abs(draws[:, 0].mean() - 0.5) < 4 * math.sqrt(1 / 12 / 40_000)
    assert abs(draws[:, 1].mean() - 1.0) < 4 / math.sqrt(40_000)
    assert abs(draws[:, 2].mean() - 0.5772156649) < 4 * math.pi / math.sqrt(6 * 40_000)
    assert abs(draws[:, 3].mean()) < 4 / math.sqrt(40_000)
    assert abs(draws[:, 3].std() - 1.0) < 4 / math.sqrt(2 * 40_000)


@pytest.mark.parametrize("hazard", [3e-6, 2e-4, 0.013, 0.9])
def test_date_points_equal_their_twins(hazard):
    for run in range(40):
        name = reference_luck.name_of(luck.CLOCK, 11, 5, run)
        slow = reference_luck.accepted_point(3, run, name, hazard, 7000.3, 15000.0)
        now, top = 7000.3, luck_strip(hazard)
        while True:
            time, mark, point = compiled_point(np.uint64(3), run, np.uint64(name), top, now, 15000.0)
            if mark < hazard or math.isinf(time):
                break
            now = time
        assert (time, mark if time < math.inf else 0.0) == slow[:2]
        assert math.isinf(time) or int(point) == slow[2]


@njit
def compiled_higher_point(seed, run, name, bottom, top, now, until):
    return luck.next_point(seed, run, name, top, now, until, bottom)


def test_the_next_point_of_all_strips_is_the_earlier_of_the_lower_ones_and_the_higher_ones():
    """What the engine rests on when a hazard rises: of the strips it looked at before, it knows the next point."""
    which = set()
    for run in range(60):
        name = np.uint64(reference_luck.name_of(luck.CLOCK, 11, 5, run))
        lower = compiled_point(np.uint64(3), run, name, 4, 7000.3, 15000.0)
        higher = compiled_higher_point(np.uint64(3), run, name, 5, 7, 7000.3, 15000.0)
        both = compiled_point(np.uint64(3), run, name, 7, 7000.3, 15000.0)
        assert min(lower, higher) == both
        which.add(higher < lower)
    assert which == {True, False}


def luck_strip(hazard):
    return reference_luck.strip_of(hazard)


def test_date_points_come_at_the_hazard():
    hazard, span, runs = 0.004, 2000.0, 1500
    count = 0
    for run in range(runs):
        name = reference_luck.name_of(luck.CLOCK, 3, 1, run)
        now = 8000.0
        while True:
            now = reference_luck.accepted_point(9, run, name, hazard, now, 8000.0 + span)[0]
            if math.isinf(now):
                break
            count += 1
    expected = hazard * span * runs
    assert abs(count - expected) < 4 * math.sqrt(expected)
