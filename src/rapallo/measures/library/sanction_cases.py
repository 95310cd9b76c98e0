"""Article 16 in use."""

import numpy as np

from rapallo.measures.measure import measure


@measure(unit="cases", shape="number", needs=("finding", "sanction"))
def sanction_cases(history):
    """How many cases there are in which a finding of breach was followed by sanctions on the accused.

    A case is one occasion of finding against one state, however many members find. Sanctions count for the last case
    opened against the state before them.
    """
    findings = history.select(layer="finding", change="form")
    opened: dict[int, list[float]] = {}
    seen = set()
    for act in findings.tolist():
        occasion, accused = int(history.occasion[act]), int(history.receiver[act])
        case = (occasion, accused) if occasion >= 0 else (-1 - act, accused)
        if case not in seen:
            seen.add(case)
            opened.setdefault(accused, []).append(float(history.time[act]))
    sanctions = history.select(layer="sanction", change="form")
    used = set()
    for accused, times in opened.items():
        against = history.time[sanctions[history.receiver[sanctions] == accused]]
        last = np.searchsorted(times, against, side="right")
        used |= {(accused, int(which)) for which in last if which > 0}
    return len(used)
