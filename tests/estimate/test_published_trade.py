"""The data set's trade in the place of the record's: which way it goes, what is unknown, and what is left out."""

from pathlib import Path

import pytest

import rapallo as rp

ESTIMATES = Path(__file__).parents[2] / "estimates"
TABLE = """"ccode1","ccode2","year","flow1","flow2","smoothflow1","smoothflow2"
200,365,1925,40,7,40,7
255,365,1930,11,,11,12
305,365,1938,3,4,3,4
365,740,1930,5,6,5,6
200,255,1930,99,98,99,98
200,365,1939,1,2,1,2
"""


def test_trade_of_the_data_set(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ESTIMATES))
    from published_trade import compared, with_trade

    scenario = rp.load("interwar")
    (tmp_path / "trade_dyadyear.csv").write_text(TABLE, encoding="utf-8")
    made, left = with_trade(scenario, tmp_path, (1921, 1938))
    rows = [row for row in made.tables.dyads if row.attribute == "trade" and "1921" <= row.date.text <= "1938"]
    assert {(row.sender, row.receiver, row.date.text): (row.value, row.note) for row in rows} == {
        ("USSR", "GBR", "1925"): (40.0, ""),  # the first of the two buys flow1 from the second
        ("GBR", "USSR", "1925"): (7.0, "takes domestic exports only"),
        ("USSR", "DEU", "1930"): (11.0, "about 4.2 times too small"),  # what is missing makes no row
        ("JPN", "USSR", "1930"): (5.0, ""),
        ("USSR", "JPN", "1930"): (6.0, ""),
    }
    assert left == ["305 in 1938, no such actor then"]
    others = [row for row in made.tables.dyads if row not in rows]
    kept = [row for row in scenario.tables.dyads if row.attribute != "trade" or not "1921" <= row.date.text <= "1938"]
    assert others == kept
    said = "\n".join(compared(scenario, made, (1921, 1938)))
    assert said.startswith("5 flows in the data set, 1162 in the record") and "in the data set only: none" in said


def test_a_folder_without_the_table_is_named(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ESTIMATES))
    from published_trade import with_trade

    with pytest.raises(rp.RapalloError, match=r"holds no trade_dyadyear\.csv"):
        with_trade(rp.load("interwar"), tmp_path, (1921, 1938))
