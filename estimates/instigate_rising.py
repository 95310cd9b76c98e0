"""Risings that the Comintern raised or led.

``python estimates/instigate_rising.py`` fits them and writes their numbers.
"""

from process import estimate

if __name__ == "__main__":
    estimate("instigate_rising", __file__, __doc__)
