"""Breaks of relations with the USSR.

``python estimates/break_relations.py`` fits them and writes their numbers.
"""

from process import estimate

if __name__ == "__main__":
    estimate("break_relations", __file__, __doc__)
