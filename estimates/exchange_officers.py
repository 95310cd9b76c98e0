"""Officers exchanged between the Reichswehr and the Red Army, by who sent them.

The record is a selection: told is which act it was, and not how often.
``python estimates/exchange_officers.py`` fits them and writes their numbers.
"""

from process import estimate_selection

if __name__ == "__main__":
    estimate_selection("exchange_officers", __file__, __doc__, [("DEU", "USSR"), ("USSR", "DEU")])
