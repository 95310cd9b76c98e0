"""How long the secret work of the Reichswehr in Russia stayed secret: one case, and the years before it.

``python estimates/expose_cooperation.py`` fits them and writes their numbers.
"""

from process import estimate

if __name__ == "__main__":
    estimate(
        "expose_cooperation",
        __file__,
        __doc__,
        [("DEU", "USSR"), ("USSR", "DEU")],
        risk_set="the one link on record",
        start="1922-01-01",
        end="1933-12-31",
    )
