"""Some hundred damaged folders: each is loaded whole or refused with a report, and named damage is always refused."""

import random

import pytest

from tests.scenario.damage import NAMED, NOISE, try_folder
from tests.scenario.folders import files_of


@pytest.mark.parametrize("kind", NAMED)
def test_named_damage_is_refused_and_its_file_named(kind):
    for seed in range(12):
        files = files_of()
        file = NAMED[kind](files, random.Random(f"{kind} {seed}"))
        scenario, problems = try_folder(files)
        assert scenario is None, (kind, seed)
        assert file in {problem.file for problem in problems}, (kind, seed, file, problems)


@pytest.mark.parametrize("kind", NOISE)
def test_noise_is_loaded_whole_or_refused(kind):
    loaded = 0
    for seed in range(40):
        files = files_of()
        chance = random.Random(f"{kind} {seed}")
        for _ in range(chance.randint(1, 3)):
            NOISE[kind](files, chance)
        scenario, _ = try_folder(files)
        if scenario is not None:
            loaded += 1
            assert scenario.tables.actor_ids
            assert str(scenario.explain())
    assert loaded < 40
