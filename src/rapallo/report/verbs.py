"""The three verbs, and what kind of claim each makes: for the reports, the warrant card and the page in docs alike."""

from __future__ import annotations

from typing import Any

CLAIMS = {
    "simulate": (
        "An association in a model: what goes together in its histories. What follows when something is changed is "
        "another question."
    ),
    "compare": "An intervention in a model: what follows in it when this is set otherwise and nothing else is touched.",
    "counterfactual": (
        "A counterfactual under a structural model: what would have come of what did happen, had this been otherwise, "
        "if the luck that brought it about was of the kind stated."
    ),
}
"""What each verb claims."""

_FORM = "that the model's form and its numbers hold"
_CAUSE = "that nothing outside the model causes both what is changed and what is measured (no hidden common cause)"
_MINIMAL = "a minimal rewrite: nothing else is otherwise than what is written"

ASSUMES = {
    "simulate": (_FORM,),
    "compare": (_FORM, _CAUSE, _MINIMAL),
    "counterfactual": (_FORM, _CAUSE, _MINIMAL, "that luck was of the kind stated, which the record does not settle"),
}
"""What each verb assumes."""

QUESTION = (
    "One question whose answer depends on the choice: what did Britain's recognition of 1924 do for that of others? "
    "Asked as an association, among simulated histories of the interwar order in which Britain had not recognised "
    "before 1924 (of 200, {before} had, and are left out): where it did so in 1924, {early} states have relations with "
    "the USSR at the end of 1926; where later or not, {late}: before rounding {apart} fewer, give or take {spread}. "
    "Asked as an intervention, with relations held from February 1924 in one world and forbidden in the other, under "
    "the same luck: {done} fewer, give or take {error}. The two need not agree: the association counts also what "
    "moved Britain and the others alike, and only histories that chance has sorted.",
    "Asked as a counterfactual, of what did happen, the answer depends on the luck as well. Where no Labour "
    "government comes in 1924, of the acts that do not recur on their day {clock} in a hundred come on another under "
    "clock luck, and {date} under date luck; the others never come. Both lucks give the same distribution of "
    "histories, and no record tells which was the true one.",
)
"""One question, in three ways; the figures are in :data:`MEASURED`."""

MEASURED = {
    "before": "104",
    "early": "27.4",
    "late": "24.3",
    "apart": "3.2",
    "spread": "1.7",
    "done": "2.6",
    "error": "0.3",
    "clock": "93",
    "date": "44",
}
"""What ``verification/three_verbs.py --runs 200`` printed."""


def verbs() -> dict[str, Any]:
    """Give the three verbs with their claims and what they assume, and the question asked in three ways."""
    kinds = [{"name": name, "claim": claim, "assumes": list(ASSUMES[name])} for name, claim in CLAIMS.items()]
    return {"kinds": kinds, "question": [text.format(**MEASURED) for text in QUESTION]}
