"""Alliances that were ended.

``python estimates/denounce_alliance.py`` fits them and writes their numbers.
"""

from process import estimate

if __name__ == "__main__":
    estimate("denounce_alliance", __file__, __doc__)
