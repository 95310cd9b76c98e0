"""Subversion that was exposed, rightly or wrongly, by whom.

The record is a selection: told is which act it was, and not how often.
``python estimates/expose_subversion.py`` fits them and writes their numbers.
"""

from process import estimate_selection

if __name__ == "__main__":
    estimate_selection("expose_subversion", __file__, __doc__, [("*", "USSR")])
