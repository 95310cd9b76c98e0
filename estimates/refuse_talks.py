"""Offers refused and agreements not ratified, by the USSR or of the USSR, among the offers that stood.

The record is a selection: told is which act it was, and not how often.
``python estimates/refuse_talks.py`` fits them and writes their numbers.
"""

from process import estimate_selection

if __name__ == "__main__":
    estimate_selection("refuse_talks", __file__, __doc__, [("USSR", "*"), ("*", "USSR")])
