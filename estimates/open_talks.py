"""Talks that others opened with the USSR, and by whom.

The record is a selection: told is which act it was, and not how often.
``python estimates/open_talks.py`` fits them and writes their numbers.
"""

from process import estimate_selection

if __name__ == "__main__":
    estimate_selection("open_talks", __file__, __doc__, [("*", "USSR")])
