"""What the Comintern spent and organised abroad, by target.

The record is a selection: told is which act it was, and not how often.
``python estimates/subvert.py`` fits them and writes their numbers.
"""

from process import estimate_selection

if __name__ == "__main__":
    estimate_selection("subvert", __file__, __doc__, [("USSR", "*")])
