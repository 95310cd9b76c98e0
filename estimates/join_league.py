"""Entries into the League after its foundation.

``python estimates/join_league.py`` fits them and writes their numbers.
"""

from process import estimate

if __name__ == "__main__":
    estimate("join_league", __file__, __doc__)
