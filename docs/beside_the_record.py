"""Write for the page of measures how often the record lies within the runs.

``python docs/beside_the_record.py FOLDER``, where ``rapallo run interwar`` left its files, rewrites the column ``says``
of ``beside_the_record.csv``, measure by measure, and keeps ``why``: what is behind it, by hand, as far as it was looked
for.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from rapallo.experiment.ensemble import open_ensemble
from rapallo.report.inside import inside

TABLE = Path(__file__).parent / "beside_the_record.csv"


def read() -> dict[str, dict[str, str]]:
    """Give the table by measure."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {row["measure"]: row for row in csv.DictReader(lines)}


def main(folder: str) -> None:
    """Write the table anew from the runs in a folder."""
    runs = open_ensemble(folder)
    told = read() if TABLE.exists() else {}
    with TABLE.open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(("measure", "says", "why"))
        for name in runs.measures:
            if says := inside(runs.measure(name)):
                table.writerow((name, says, told.get(name, {}).get("why", "")))


if __name__ == "__main__":
    main(sys.argv[1])
