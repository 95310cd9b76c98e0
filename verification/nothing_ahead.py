"""Nothing dated or public after an origin reaches a forecast: byte for byte, at every origin of the interwar order.

For each origin, every later row is deleted from every table of the scenario's folder (by text, apart
from the code that is tested), the rest is loaded, and every forecast of a backtest is made twice, from
the whole folder and from what is left: fits, draws, runs and baselines. With the calendar given, the
rows deleted are those that the model decides or writes, and what tells of them.

Run it with ``python verification/nothing_ahead.py [FIRST LAST]``.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rapallo.experiment.at_origin import FROZEN, GIVEN, AtOrigin, forecast_at
from rapallo.experiment.question import ask
from rapallo.record.folder import Folder
from rapallo.record.time import to_day
from rapallo.scenario.load import load_folder
from tests.scenario.earlier import earlier, without_later_decisions
from tests.scenario.folders import files_of

RUNS = 3


def bytes_of(made: AtOrigin, calendar: str) -> list[object]:
    """Everything that a forecast says."""
    return [
        (each.by, each.time.tobytes(), {name: counts.tobytes() for name, counts in each.counts.items()})
        for each in made.forecasts[calendar]
    ]


def main(first: int, last: int) -> None:
    files = files_of("interwar")
    whole = load_folder(Folder("interwar", contents=files))
    question = ask(whole)
    wrong = 0
    for year in range(first, last + 1):
        day = f"{year}-01-01"
        made = forecast_at(whole, question, to_day(day), runs=RUNS, seed=1)
        told = []
        for calendar, cut in ((FROZEN, earlier(files, day)), (GIVEN, without_later_decisions(files, day))):
            part = load_folder(Folder("interwar", contents=cut))
            other = forecast_at(part, question, to_day(day), runs=RUNS, seed=1)
            same = bytes_of(made, calendar) == bytes_of(other, calendar)
            wrong += not same
            gone = len(whole.tables.acts) - len(part.tables.acts)
            told.append(f"{calendar}: {'the same bytes' if same else 'NOT THE SAME'} without {gone} rows of acts")
        numbers = sum(len(each.names) for each in made.numbers.learned)
        print(f"{day}: {len(made.pairs)} pairs, {numbers} numbers learnt; {'; '.join(told)}", flush=True)
    print("nothing ahead reaches a forecast" if not wrong else f"{wrong} forecasts see ahead")
    raise SystemExit(wrong > 0)


if __name__ == "__main__":
    years = [int(each) for each in sys.argv[1:]] or [1921, 1934]
    main(years[0], years[-1])
