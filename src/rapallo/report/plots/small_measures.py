"""Several measures at a glance, one small panel each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapallo.report.plots.canvas import WIDE, is_narrow, sheet, style
from rapallo.report.plots.measure import MeasureData, draw_measure, measure_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from rapallo.experiment.ensemble import Ensemble


@dataclass(frozen=True, slots=True, eq=False)
class SmallMeasures:
    """The measures of some panels, in order; those by actor are left out."""

    panels: tuple[MeasureData, ...]


def small_measures_data(ensemble: Ensemble, names: Sequence[str]) -> SmallMeasures:
    """Gather some measures; one by actor has no room in a small panel."""
    found = [measure_data(ensemble.measure(name)) for name in names]
    return SmallMeasures(tuple(each for each in found if each.shape != "actor"))


def draw_small_measures(data: SmallMeasures, width: float = WIDE) -> Figure:
    """Draw each measure with its band and the record."""
    columns = 1 if is_narrow(width) else min(3, len(data.panels))
    lines = max(1, math.ceil(len(data.panels) / columns))
    with style():
        figure = sheet(width, 0.4 + (1.75 if columns == 1 else 1.95) * lines)
        grid = figure.subplots(lines, columns, squeeze=False)
        for axes, panel in zip(grid.flat, data.panels, strict=False):
            draw_measure(axes, panel)
            axes.set_title(panel.name.replace("_", " "))
            axes.tick_params(labelsize=9.5)
            axes.xaxis.label.set_size(10)
            axes.yaxis.label.set_size(10)
        for axes in list(grid.flat)[len(data.panels) :]:
            axes.set_visible(False)
        named: dict[str, Any] = {}
        for axes in grid.flat:
            for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
                named.setdefault(label, handle)
        figure.legend(
            named.values(), named.keys(), loc="outside lower center", ncols=2 if columns == 1 else 5, columnspacing=1.2
        )
    return figure
