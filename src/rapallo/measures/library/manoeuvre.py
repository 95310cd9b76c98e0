"""Manoeuvre: talks with a rival's rivals."""

import numpy as np

from rapallo.measures.measure import measure
from rapallo.measures.pair import pair_at
from rapallo.measures.yearly import acts_per_year


@measure(unit="ranks of rivals' rivals", shape="yearly", needs=("negotiation", "rival"))
def manoeuvre(history):
    """How far talks opened in each year go to rivals of the opener's own rivals, by the rank of both rivalries.

    The sum, over the talks and over every rival of whoever opened them, of the rank of that rivalry times the rank of
    the rival's rivalry with the other side: what the effect ``rival_of_rival`` draws to.
    """
    acts = history.select(layer="negotiation", change="form")
    drawn = np.zeros(len(acts))
    for place, (act, rival) in enumerate(zip(acts, pair_at(history, "rival", history.time[acts]), strict=True)):
        sender, receiver = history.sender[act], history.receiver[act]
        if receiver >= 0:
            drawn[place] = rival[sender] @ np.maximum(rival[:, receiver], rival[receiver])
    return acts_per_year(history, acts, layer="negotiation", weights=drawn)
