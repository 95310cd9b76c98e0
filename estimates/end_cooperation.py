"""How long the secret work of the Reichswehr and the Red Army went on: one case, and the years before it.

``python estimates/end_cooperation.py`` fits them and writes their numbers.
"""

from process import among, learnt

from rapallo.estimate.learn import learn
from rapallo.estimate.learned import Learned
from rapallo.scenario.scenario import Scenario

PAIRS = [("DEU", "USSR"), ("USSR", "DEU")]
START, END = "1922-01-01", "1933-12-31"


def told(scenario: Scenario, draws: int) -> Learned:
    return learn(
        scenario,
        "end_cooperation",
        allowed=among(scenario, PAIRS),
        risk_set="the one link on record",
        start=START,
        end=END,
        imputations=draws,
    )


if __name__ == "__main__":
    learnt(told, __file__, __doc__)
