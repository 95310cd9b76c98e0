"""Draw what was assumed and what the record made of it: ``python estimates/draw.py``, into ``docs/figures``."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

import rapallo as rp

FIGURE = Path(__file__).resolve().parents[1] / "docs" / "figures" / "estimates.png"


def main() -> None:
    scenario = rp.load("interwar")
    moved = {name: each for name, each in scenario.parameters.items() if each.fit}
    processes = list(dict.fromkeys(name.split(".")[0] for name in moved))
    columns = 3
    rows = -(-len(processes) // columns)
    most = max(sum(name.startswith(f"{process}.") for name in moved) for process in processes)
    figure, panels = plt.subplots(rows, columns, figsize=(13, 0.2 * most * rows + 1.0), squeeze=False)
    for panel in panels.flat[len(processes) :]:
        panel.axis("off")
    for panel, process in zip(panels.flat, processes, strict=False):
        own = [(name, each) for name, each in moved.items() if name.startswith(f"{process}.")]
        for place, (_, each) in enumerate(own):
            mean, spread = each.prior
            assert each.standard_error is not None
            colour = "tab:blue" if each.origin == "estimated" else "tab:gray"
            # in prior standard deviations from the prior's mean, so that numbers of any unit fit one axis
            panel.plot([-1.96, 1.96], [place, place], color="0.85", lw=6, solid_capstyle="butt")
            at, half = (each.value - mean) / spread, 1.96 * each.standard_error / spread
            panel.plot([at - half, at + half], [place, place], color=colour, lw=2)
            panel.plot([at], [place], "o", color=colour, ms=4)
        panel.set_yticks(range(len(own)), [name.split(".", 1)[1] for name, _ in own], fontsize=7)
        panel.invert_yaxis()
        panel.axvline(0.0, color="0.6", lw=0.5)
        panel.set_title(process, fontsize=9)
        panel.tick_params(axis="x", labelsize=7)
    figure.supxlabel("prior standard deviations from what was assumed; band: what was assumed, line: after (95 %)")
    figure.tight_layout()
    FIGURE.parent.mkdir(exist_ok=True)
    figure.savefig(FIGURE, dpi=80, metadata={"Software": None})
    print(f"drawn: {FIGURE.name}, {len(moved)} numbers of {len(processes)} processes")


if __name__ == "__main__":
    main()
