"""Militarised disputes as GML has them, by who stands on side A.

``python estimates/enter_dispute.py --data FOLDER`` reads them from the data set, says where the record differs, fits
them and writes their numbers; without a folder it takes the record's own rows.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

from entries import write_learned
from process import DRAWS, loosened
from published import add_option, compared, with_disputes

import rapallo as rp
from rapallo.estimate.learn import learn
from rapallo.estimate.learned import Learned
from rapallo.scenario.scenario import Scenario

YEARS = (1920, 1939)


def told(scenario: Scenario, draws: int) -> Learned:
    return learn(scenario, "enter_dispute", imputations=draws)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS, help="of dates and readings")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    add_option(parser)
    arguments = parser.parse_args()
    scenario = rp.load("interwar")
    world, whence = scenario, "the record's rows of GML 2.2.1"
    if arguments.data is not None:
        try:
            world, left = with_disputes(scenario, arguments.data, YEARS)
        except rp.RapalloError as error:
            parser.error(str(error))
        whence = "the participants' table of GML 2.2.1"
        print("\n".join([*compared(scenario, world), f"  left out: {'; '.join(left) or 'none'}"]))
    found = told(world, arguments.draws)
    found = replace(found, risk_set=f"{found.risk_set}, from {whence}")
    print(found.summary())
    print(loosened(world, found, told))
    if not arguments.dry:
        changed = write_learned(scenario, [found], "estimates/enter_dispute.py")
        print(f"written: {', '.join(changed) or 'nothing has changed'}")


if __name__ == "__main__":
    main()
