"""Seven models on two data sets, against what goldfish 1.7.0 printed.

Run as ``python verification/parity_goldfish.py``; the anchors' folder is found beside the
repository, or named by ``RAPALLO_SHARED``. The printed coefficients stop at a score of 0.001, so
two models are held to an independent fit that went on to 1e-8, as the anchors' README gives it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import rapallo as rp


@dataclass(frozen=True)
class Anchor:
    """One model and its published numbers."""

    name: str
    data: str
    model: str
    formula: str
    log_likelihood: float
    criteria: tuple[float, float, float]
    observations: int
    estimates: tuple[float, ...]
    errors: tuple[float, ...]
    converged: tuple[float, ...] | None = None


ANCHORS = (
    Anchor(
        "SE_mod00Choice",
        "social",
        "choice",
        "~ inertia + recip + trans",
        -696.718526,
        (1399.437052, 1399.492225, 1411.690551),
        439,
        (5.19690004, 1.39802198, -0.23035697),
        (0.17396959, 0.17299604, 0.21554194),
    ),
    Anchor(
        "SE_mod02Choice",
        "social",
        "choice",
        "~ inertia(call)+recip(call)+tie(friendship)+recip(friendship)+same(actors$gradeType)+same(actors$floor)",
        -637.955880,
        (1287.911759, 1288.106204, 1312.418756),
        439,
        (4.42056551, 0.27151320, 1.28778584, 0.68624943, 0.69847399, -0.28699969),
        (0.19225191, 0.19735484, 0.25673480, 0.22930343, 0.17607275, 0.16617743),
    ),
    Anchor(
        "SE_mod00Rate",
        "social",
        "rate",
        "~ indeg + outdeg",
        -1750.912268,
        (3505.824536, 3505.852059, 3513.993535),
        439,
        (0.55144462, 0.26378392),
        (0.06634436, 0.02838606),
    ),
    Anchor(
        "SE_mod03Rate",
        "social",
        "rate",
        "~ 1 + indeg(call)+outdeg(call)+indeg(friendship)",
        -6003.101964,
        (12014.203927, 12014.295670, 12030.560107),
        441,
        (-14.38037286, 0.69555509, 0.23463293, 0.05479232),
        (0.09566920, 0.06311500, 0.03015320, 0.01504895),
    ),
    Anchor(
        "SE_REMordered",
        "social",
        "intensity",
        "~ indeg(call,ego)+outdeg(call,ego)+inertia+recip+trans+tie(friendship)+same(actors$floor)",
        -2053.343802,
        (4120.687604, 4120.947465, 4149.279100),
        439,
        (0.12988412, -0.35590184, 6.40764065, 0.72485195, 0.53100370, 1.63861585, -0.85550634),
        (0.07590031, 0.04122033, 0.19178320, 0.13536458, 0.16121600, 0.16066971, 0.12160515),
    ),
    Anchor(
        "FT_tie",
        "fisheries",
        "coordination",
        "~ inertia(bilat,weighted)+indeg(bilat)+trans(bilat)+tie(contig)+alter(states$regime)+diff(states$regime)"
        "+alter(states$gdp)+diff(states$gdp)",
        -358.697359,
        (733.394718, 735.794718, 751.267570),
        69,
        (0.13412055, 0.56788855, 0.28896868, 1.64828341, -0.01534170, 0.00826414, 6.08861979, -4.60098636),
        (0.04762840, 0.05763162, 0.14594128, 0.18404603, 0.01603930, 0.01269729, 1.51645275, 1.58237948),
        (0.134118708, 0.567890867, 0.288968318, 1.648290293, -0.015341681, 0.008264361, 6.088624192, -4.601004731),
    ),
    Anchor(
        "FT_min",
        "fisheries",
        "coordination",
        "~ inertia(bilat)+trans(bilat)+tie(contig)",
        -406.179076,
        (818.358152, 818.727383, 825.060472),
        69,
        (2.06559295, 1.08330648, 1.22808590),
        (0.21539660, 0.14050313, 0.18030510),
        (2.065578176, 1.083301999, 1.228083438),
    ),
)


def social(folder: Path) -> rp.EventData:
    """Read calls and friendships among students."""
    return (
        rp.EventData(folder / "social_actors.csv")
        .with_network("call", changes=folder / "social_calls.csv")
        .with_network("friendship", changes=folder / "social_friendship.csv")
    )


def fisheries(folder: Path) -> rp.EventData:
    """Read bilateral fisheries treaties among states."""
    return (
        rp.EventData(folder / "fisheries_states_initial.csv")
        .with_attribute_changes("present", folder / "fisheries_sovchanges.csv")
        .with_attribute_changes("regime", folder / "fisheries_regchanges.csv")
        .with_attribute_changes("gdp", folder / "fisheries_gdpchanges.csv")
        .with_network(
            "bilat",
            initial=folder / "fisheries_bilatnet_initial.csv",
            changes=folder / "fisheries_bilatchanges.csv",
            directed=False,
        )
        .with_network(
            "contig",
            initial=folder / "fisheries_contignet_initial.csv",
            changes=folder / "fisheries_contigchanges.csv",
            directed=False,
        )
    )


DATA = {"social": (social, "call"), "fisheries": (fisheries, "bilat")}


def fitted(anchor: Anchor, folder: Path) -> rp.FitResult:
    """Fit one anchor through the public interface."""
    make, events = DATA[anchor.data]
    return rp.fit(anchor.formula, make(folder), events=events, model=anchor.model, missing="mean")


def differences(anchor: Anchor, found: rp.FitResult) -> dict[str, float]:
    """Give the largest differences from the published numbers."""
    goal = np.array(anchor.converged or anchor.estimates)
    return {
        "log-likelihood": abs(found.log_likelihood - anchor.log_likelihood),
        "estimates": float(np.abs(found.coef - goal).max()),
        "standard errors": float(np.abs(found.se - np.array(anchor.errors)).max()),
        "AIC, AICc, BIC": float(np.abs(np.array([found.aic, found.aicc, found.bic]) - anchor.criteria).max()),
    }


def main() -> None:
    named = os.environ.get("RAPALLO_SHARED")
    folder = (Path(named) if named else Path(__file__).resolve().parents[2] / "shared") / "anchors" / "dated"
    rows = []
    for anchor in ANCHORS:
        found = fitted(anchor, folder)
        rows.append({"model": anchor.name, **differences(anchor, found), "score": found.largest_score})
    print(pd.DataFrame(rows).to_string(index=False, float_format=lambda x: f"{x:.1e}"))


if __name__ == "__main__":
    main()
