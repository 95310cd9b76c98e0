"""Plants, schools and test grounds of the Reichswehr in Russia.

``python estimates/build_facility.py`` fits them and writes their numbers.
"""

from process import estimate

if __name__ == "__main__":
    estimate("build_facility", __file__, __doc__)
