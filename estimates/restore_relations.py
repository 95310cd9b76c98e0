"""Relations taken up again after a break.

``python estimates/restore_relations.py`` fits them and writes their numbers.
"""

from process import estimate

if __name__ == "__main__":
    estimate("restore_relations", __file__, __doc__)
