"""What coordination would pass over in silence is refused."""

from tests.scenario.folders import edited, files_of, report


def test_a_coordinated_process_has_no_consent_and_no_sender_who_sets_its_rate():
    old = 'weighting = "choice"             # when'
    files = edited(files_of(), "scenario.toml", (old, 'weighting = "coordination"       # when'))
    problems = [str(problem) for problem in report(files)]
    assert len(problems) == 2
    assert any("both sides of a coordinated act choose each other already" in each for each in problems)
    assert any("nobody's in particular, and 'power' is" in each for each in problems)
    assert report(files_of()) == ()
