"""The pictures of a counterfactual: what they show of what they are given."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rapallo.report.plots.counterfactual_timeline import lines_of, plot_timeline
from rapallo.report.plots.exponentials import exponentials_data, plot_exponentials


def line(luck, fate, share, recorded, median, label):
    return {
        "luck": luck,
        "fate": fate,
        "share": share,
        "recorded": recorded,
        "median": median,
        "low": median,
        "high": median,
        "process": "recognise",
        "label": label,
        "id": "",
        "verdict": fate,
    }


TIMELINE = pd.DataFrame(
    [
        line("clock", "kept", 1.0, 9000.0, 9000.0, "A B"),
        line("clock", "moved", 0.9, 9400.0, 9900.0, "C B"),
        line("clock", "lost", 1.0, 9100.0, np.nan, "D B"),
        line("clock", "gained", 0.1, np.nan, 9500.0, "E B"),
        line("date", "gained", 0.8, np.nan, 9300.0, "F B"),
    ]
)


def test_a_time_line_shows_what_differs_in_order_of_time():
    assert list(lines_of(TIMELINE, "clock")["label"]) == ["D B", "C B"]
    assert list(lines_of(TIMELINE, "clock", most=1)["label"]) == ["D B"]
    assert list(lines_of(TIMELINE, "date")["label"]) == ["F B"]


def test_a_time_line_has_a_panel_for_each_luck():
    figure = plot_timeline(TIMELINE)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["under clock luck", "under date luck"]
    labels = [[text.get_text() for text in axes.get_yticklabels()] for axes in figure.axes]
    assert labels == [["recognise: D B", "recognise: C B 90%"], ["recognise: F B 80%"]]
    empty = plot_timeline(TIMELINE[TIMELINE["fate"] == "kept"])
    assert len(empty.axes) == 1


def test_exponentials_are_counted_against_expectation():
    values = pd.DataFrame(
        {
            "process": ["p", "p", "p", "q"],
            "sender": "A",
            "receiver": "B",
            "value": [0.5, 2.0, 1.0, 0.2],
            "acted": [True, True, False, False],
        }
    )
    (panel,) = exponentials_data(values)
    assert (panel.process, panel.acts, panel.expected) == ("p", 2, 3.5)
    assert panel.expected_path.tolist() == pytest.approx([0.0, 1.5, 3.5, 3.5])
    assert panel.seen_path.tolist() == [0.0, 1.0, 2.0, 2.0]
    figure = plot_exponentials([panel])
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["p"]
