"""Effects of the user's own: whatever their slots are called, and whatever is wrong with them."""

from dataclasses import replace

import numpy as np
import pytest

from rapallo.effects import effect
from rapallo.effects.effect import get_effect
from rapallo.engine.plan import make_plan
from rapallo.engine.simulate import prepared, simulate_plan
from rapallo.errors import RapalloError
from rapallo.scenario.check_model import slot_shapes
from tests.engine.worlds import acts_of, full_order, motive, parameter

total = "a name of this module that is no number"


def order_with(name, settings=(), weighting="intensity", **reads):
    """The full order, in which one more motive moves who agrees or whom is favoured."""
    scenario, calendar = full_order(years=4)
    process = scenario.processes["agree" if weighting == "intensity" else "favour"]
    more = motive(f"{process.name}.own", name, 0.3, settings, **reads)
    object.__setattr__(process, "motives", (*process.motives, more))
    scenario.parameters[more.parameter] = parameter(more.parameter, 0.3)
    return scenario, calendar


def run(scenario, calendar, seed=1):
    return acts_of(simulate_plan(prepared(make_plan(scenario, calendar)), seed))


def test_slots_may_be_called_as_the_wrapper_calls_its_own():
    @effect(reads=("first", "state", "place"), changes="row and column")
    def with_odd_slots(view, sender, receiver):
        """Names are free."""
        total = view.first[sender, receiver] + view.state[receiver]
        return total + view.place[sender, receiver]

    @effect(reads=("a", "b", "c"), changes="row and column")
    def with_plain_slots(view, sender, receiver):
        """Names are free."""
        return view.a[sender, receiver] + view.b[receiver] + view.c[sender, receiver]

    odd = run(*order_with("with_odd_slots", first="plot", state="size", place="distance"))
    plain = run(*order_with("with_plain_slots", a="plot", b="size", c="distance"))
    assert odd == plain
    assert odd != run(*order_with("constant"))


@pytest.mark.parametrize("name", ["now", "actors", "class", "_hidden", "two words"])
def test_names_that_no_view_can_bear_are_refused(name):
    with pytest.raises(RapalloError, match="cannot read or set"):
        effect(reads=name)(lambda view, sender, receiver: 0.0)


def test_an_effect_that_reaches_past_the_end_is_told_in_words():
    @effect(reads="network", changes="everything")
    def one_too_far(view, sender, receiver):
        """It looks at the next actor, and there is none after the last."""
        return view.network[sender, receiver + 1]

    with pytest.raises(RapalloError, match=r"one_too_far.*IndexError"):
        make_plan(*order_with("one_too_far", network="trust"))


def test_a_misspelt_slot_gets_the_nearest():
    @effect(reads="network", changes="everything")
    def misspelt(view, sender, receiver):
        """It reads what it did not name."""
        return view.netwrok[sender, receiver]

    with pytest.raises(RapalloError, match=r"'misspelt' .* reads no 'netwrok'; did you mean 'network'\?"):
        make_plan(*order_with("misspelt", network="trust"))


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("view.slot[sender].sum()", "pair"),
        ("view.slot[sender][receiver]", "pair"),
        ("sum(each for each in view.slot[sender])", "pair"),
        ("view.slot[sender, receiver]", "pair"),
        ("max(view.slot[sender], 0.0) * 2.0", "actor"),
        ("math.sqrt(view.slot[sender] * view.slot[receiver])", "actor"),
        ("view.slot[sender] - 1.0 > 0.0", "actor"),
        ("-view.slot[sender]", "actor"),
        ("np.dot(view.slot[sender], view.slot[receiver])", None),
        ("(view.slot[sender] * view.slot[receiver]).sum()", "pair"),
    ],
)
def test_a_row_of_pairs_is_told_from_a_number_of_an_actor(text, shape):
    source = f"def own(view, sender, receiver):\n    return {text}\n"
    assert slot_shapes(replace(get_effect("constant"), source=source)).get("slot") == shape


def test_an_effect_that_reaches_too_far_later_on_stops_the_run():
    @effect(reads="network", changes="everything")
    def far_once_tied(view, sender, receiver):
        """It fails only where a tie stands."""
        return view.network[sender, receiver + 1000 * int(view.network[sender, receiver])]

    with pytest.raises(RapalloError, match=r"'agree'.* not a finite number"):
        for seed in range(20):
            run(*order_with("far_once_tied", network="trust"), seed=seed)


@pytest.mark.parametrize("weighting", ["intensity", "choice"])
def test_a_division_by_nothing_stops_the_run_whether_weights_are_kept_or_not(weighting):
    @effect(reads=("network", "attribute"), changes="everything")
    def share(view, sender, receiver):
        """What is divided by what comes to nothing later."""
        return 1.0 / (1.0 - view.network[sender, receiver]) - 1.0

    with pytest.raises(RapalloError, match="not a finite number"):
        for seed in range(20):
            run(*order_with("share", weighting=weighting, network="pact", attribute="size"), seed=seed)


def test_an_effect_written_anew_is_compiled_anew():
    """In a notebook the old function is gone, and the new one may lie where it lay."""
    seen = set()
    for value in (0.0, 1.0, 2.0, 3.0):
        space = {"effect": effect, "value": value}
        exec(
            "@effect(changes='pair')\n"
            "def written_anew(view, sender, receiver):\n    '''It changes.'''\n    return value\n",
            space,
        )
        scenario, calendar = order_with("written_anew")
        seen.add(tuple(run(scenario, calendar)))
        assert get_effect("written_anew").source is None
        del space
    assert len(seen) == 4


def test_now_is_seen_wherever_it_is_read():
    @effect(reads="network", changes="pair")
    def since_the_start(view, sender, receiver):
        """Time passes."""
        return max([(view.now - 7304.0) / 3000.0 * step for step in (1.0, 0.5)])

    plan = prepared(make_plan(*order_with("since_the_start", network="trust")))
    for luck in ("clock", "date"):
        usual, other = (
            simulate_plan(plan.with_switches(luck, strategy), 3) for strategy in ("incremental", "everything")
        )
        assert np.array_equal(usual.time, other.time)
