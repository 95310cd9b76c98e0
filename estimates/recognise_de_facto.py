"""Dealings de facto with the USSR, and by whom.

The record is a selection: told is which act it was, and not how often.
``python estimates/recognise_de_facto.py`` fits them and writes their numbers.
"""

from process import estimate_selection

if __name__ == "__main__":
    estimate_selection("recognise_de_facto", __file__, __doc__, [("*", "USSR")])
