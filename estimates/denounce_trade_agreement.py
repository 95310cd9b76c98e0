"""Trade agreements with the USSR that were denounced.

The record is a selection: told is which act it was, and not how often.
``python estimates/denounce_trade_agreement.py`` fits them and writes their numbers.
"""

from process import estimate_selection

if __name__ == "__main__":
    estimate_selection("denounce_trade_agreement", __file__, __doc__, [("*", "USSR")])
