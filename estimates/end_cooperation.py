"""How long the secret work of the Reichswehr and the Red Army went on: one case, and the years before it.

``python estimates/end_cooperation.py`` fits them and writes their numbers.
"""

from process import estimate

if __name__ == "__main__":
    estimate(
        "end_cooperation",
        __file__,
        __doc__,
        [("DEU", "USSR"), ("USSR", "DEU")],
        risk_set="the one link on record",
        start="1922-01-01",
        end="1933-12-31",
    )
