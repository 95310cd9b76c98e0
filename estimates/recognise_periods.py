"""Whether one set of numbers may stand for recognition of the USSR from 1920 to 1939.

``python estimates/recognise_periods.py`` fits four periods one by one and together; it writes nothing but a table.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import numpy as np
from marginal import log_marginal
from whose_cases import whose_cases

import rapallo as rp
from rapallo.estimate.completed import completed
from rapallo.estimate.counted_once import counted_once
from rapallo.estimate.covered import covered_pairs
from rapallo.scenario.timeline import record_history

PERIODS = (
    ("1920-01-01", "1923-12-31"),
    ("1924-01-01", "1927-12-31"),
    ("1928-01-01", "1932-12-31"),
    ("1933-01-01", "1939-12-31"),
)
SHOWN = ("constant", "great_power", "distance", "government", "lead_of_powers", "wave", "both_members", "trade")
FREE = ("constant", "great_power", "distance", "government")
"""Let go without a prior for the test by likelihood ratio; all else is held where the whole span has it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=5)
    arguments = parser.parse_args()
    scenario = rp.load("interwar")
    pairs = covered_pairs(scenario, "recognise").pairs
    prior = {m.parameter: scenario.parameters[m.parameter].prior for m in scenario.processes["recognise"].motives}
    free = [f"recognise.{name}" for name in FREE]
    together, apart, ratios, tables = [], [], [], []
    fits: list[list[rp.FitResult]] = []
    for draw in range(arguments.draws):
        made, _ = completed(counted_once(scenario, "recognise", draw), ["colour", "claims"], draw)
        record = record_history(made, dates="draw", readings="draw", draw=draw)

        def fit(start: str, end: str, record: rp.History = record, **how: object) -> rp.FitResult:
            told = {"prior": prior, "missing": "leave out", "unknown": ["colour"], "allowed": pairs, **how}
            return rp.fit("recognise", record, start=start, end=end, **told)  # type: ignore[arg-type]

        whole = fit(PERIODS[0][0], PERIODS[-1][1])
        parts = [fit(*period) for period in PERIODS]
        fits.append([whole, *parts])
        together.append(log_marginal(whole))
        apart.append(sum(log_marginal(each) for each in parts))
        tables.append([[each[f"recognise.{name}"] for name in SHOWN] + [each.acts] for each in [whole, *parts]])
        held = {name: whole[name] for name in prior if name not in free}
        loose = {name: (prior[name][0], 10.0 * prior[name][1]) for name in free}
        common = fit(PERIODS[0][0], PERIODS[-1][1], prior=loose, fixed=held)
        own = [fit(*period, prior=loose, fixed=held) for period in PERIODS]
        ratios.append(2.0 * (sum(each.log_likelihood for each in own) - common.log_likelihood))
    from scipy.stats import chi2

    freedom = len(FREE) * (len(PERIODS) - 1)
    ratio = float(np.mean(ratios))
    p = float(chi2.sf(ratio, freedom))
    factor = float(np.mean(together) - np.mean(apart))
    mean = np.mean(tables, axis=0)
    print("numbers of recognition, period by period, each with the stated prior")
    print(f"{'':24}" + "".join(f"{name:>16}" for name in SHOWN) + f"{'cases':>8}")
    for (start, end), row in zip([(PERIODS[0][0], PERIODS[-1][1]), *PERIODS], mean, strict=True):
        print(f"{start[:4]} to {end[:4]:16}" + "".join(f"{value:16.2f}" for value in row[:-1]) + f"{row[-1]:8.0f}")
    for (start, end), each in zip([(PERIODS[0][0], PERIODS[-1][1]), *PERIODS], zip(*fits, strict=True), strict=True):
        print(f"{start[:4]} to {end[:4]}: {whose_cases(*each)}")
    print(
        f"four numbers let go in each period ({', '.join(FREE)}): twice the log ratio {ratio:.1f}, {freedom} degrees, "
    )
    print(f"  p = {p:.3f} by chi-square, which so few cases only roughly bear out")
    print(f"one set for all against a set for each, by marginal likelihood: factor {math.exp(factor):.3g} for one set")
    output = Path(__file__).parent / "output" / "recognise_periods.json"
    output.write_text(
        json.dumps(
            {
                "shown": SHOWN,
                "periods": [f"{a[:4]}–{b[:4]}" for a, b in [(PERIODS[0][0], PERIODS[-1][1]), *PERIODS]],
                "values": mean.round(3).tolist(),
                "ratio": round(ratio, 2),
                "freedom": freedom,
                "p": round(p, 4),
                "log_factor": round(factor, 2),
            },
            indent=1,
            ensure_ascii=False,
        )
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
