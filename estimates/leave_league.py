"""Notices of leaving the League.

``python estimates/leave_league.py`` fits them and writes their numbers.
"""

from process import estimate

if __name__ == "__main__":
    estimate("leave_league", __file__, __doc__)
