"""With whom the Reichswehr worked in secret.

The record is a selection: told is which act it was, and not how often.
``python estimates/cooperate_secretly.py`` fits them and writes their numbers.
"""

from process import estimate_selection

if __name__ == "__main__":
    estimate_selection("cooperate_secretly", __file__, __doc__, [("DEU", "*")])
