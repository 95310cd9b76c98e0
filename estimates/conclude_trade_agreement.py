"""Trade agreements with the USSR, and by whom.

The record is a selection: told is which act it was, and not how often.
``python estimates/conclude_trade_agreement.py`` fits them and writes their numbers.
"""

from process import estimate_selection

if __name__ == "__main__":
    estimate_selection("conclude_trade_agreement", __file__, __doc__, [("*", "USSR")])
