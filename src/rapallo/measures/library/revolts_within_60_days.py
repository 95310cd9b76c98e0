"""Two tracks with one state at one time."""

import numpy as np

from rapallo.measures.measure import measure
from rapallo.measures.yearly import occasions

LAYERS = ("treaty", "trade_agreement", "recognition")
DAYS = 60.0


@measure(unit="share", shape="number", needs=("rising", *LAYERS, "USSR"))
def revolts_within_60_days(history):
    """How large a share of risings falls within 60 days of an agreement of the USSR with the same state.

    An agreement is a treaty, a trade agreement or recognition, before or after the rising. NaN where there are no
    risings.
    """
    soviet = history.code("actor", "USSR")
    codes = [history.code("layer", layer) for layer in LAYERS]
    pacts = history.select(change="form")
    pacts = pacts[np.isin(history.layer[pacts], codes)]
    sender, receiver = history.sender[pacts], history.receiver[pacts]
    ours = (sender == soviet) | (receiver == soviet)
    partner, when = np.where(sender == soviet, receiver, sender)[ours], history.time[pacts][ours]
    risings = occasions(history, history.select(layer="rising", change="form"))
    if not len(risings):
        return np.nan
    near = np.abs(history.time[risings][:, None] - when) <= DAYS
    return (near & (history.receiver[risings][:, None] == partner)).any(axis=1).mean()
