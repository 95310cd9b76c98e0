"""Militarised disputes, as GML codes them, by who began them.

``python estimates/enter_dispute.py`` fits them and writes their numbers.
"""

from process import estimate

if __name__ == "__main__":
    estimate("enter_dispute", __file__, __doc__)
