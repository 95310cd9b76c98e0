"""What a user adds takes a few lines and is then like what ships."""

import rapallo as rp
from rapallo.effects.effect import _EFFECTS
from rapallo.experiment.own_source import import_own
from rapallo.measures.measure import _MEASURES

OWN = '''
@effect(reads="recognition", changes="everything", unit="share")
def crowding(view, sender, receiver):
    """Whom all recognise already is recognised by the last, too."""
    return view.recognition[:, receiver].sum() / view.actors
'''


def test_an_own_effect_and_an_own_measure_are_a_few_lines_each(tmp_path):
    """In a folder made by ``new``: the effect, its two lines of scenario and parameters, and a measure."""
    folder = rp.new(tmp_path / "mine")
    (tmp_path / "own.py").write_text("from rapallo import effect\n" + OWN)
    import_own(tmp_path / "own.py")
    assert len(OWN.strip().splitlines()) < 10
    text = (folder / "scenario.toml").read_text()
    begins = "[processes.break_relations]"
    (folder / "scenario.toml").write_text(text.replace(begins, f"effects.crowding = {{}}\n\n{begins}"))
    with (folder / "parameters.toml").open("a") as file:
        file.write('\n[recognise.crowding]\nvalue = 3.0\nrange = [0, 9]\norigin = "assumed"\nwhy = "for a test"\n')

    @rp.measure(unit="recognitions")
    def recognitions(history):
        """How many recognitions there are."""
        return len(history.select(process="recognise"))

    try:
        scenario = rp.load(folder)
        history = rp.simulate(scenario, seed=3)
        acts = history.select(process="recognise")
        assert history.measure("recognitions") == len(acts) > 0
        terms = history.why(int(acts[-1])).terms.set_index("motive")
        assert terms.loc["crowding", "effect"] == "Whom all recognise already is recognised by the last, too."
        ignored = rp.simulate(scenario.with_parameters({"recognise.crowding": -40.0}), seed=3)
        assert ignored.receiver.tolist() != history.receiver.tolist()
    finally:
        del _MEASURES["recognitions"], _EFFECTS["crowding"]
