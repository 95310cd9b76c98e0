"""Talks that Moscow opened or offered, and to whom.

The record is a selection: told is which act it was, and not how often.
``python estimates/offer_talks.py`` fits them and writes their numbers.
"""

from process import estimate_selection

if __name__ == "__main__":
    estimate_selection("offer_talks", __file__, __doc__, [("USSR", "*")])
