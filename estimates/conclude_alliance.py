"""Alliances among the states of the old world.

``python estimates/conclude_alliance.py`` fits them and writes their numbers.
"""

from process import estimate

if __name__ == "__main__":
    estimate("conclude_alliance", __file__, __doc__)
