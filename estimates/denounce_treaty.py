"""Political treaties of the USSR that were denounced.

``python estimates/denounce_treaty.py`` fits them and writes their numbers.
"""

from process import estimate

if __name__ == "__main__":
    estimate("denounce_treaty", __file__, __doc__)
