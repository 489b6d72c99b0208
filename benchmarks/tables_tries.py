"""The curves of every training of `tabular` and `tabular_regression` that was tried, drawn from docs/tables_tries.csv.

.venv/bin/python benchmarks/tables_tries.py docs/tables_tries.png
"""

import sys
from pathlib import Path

import pandas as pd

from zoo.figures import style

CURVES = Path(__file__).resolve().parents[1] / "docs/tables_tries.csv"
# Losses compare within a panel only: tries of one were validated on the same synthetic tables.
PANELS = {
    "tabular": ("one run",),
    "tabular_regression, on its first tables": ("first",),
    "tabular_regression": ("second", "third"),
}


def main(path: str) -> None:
    """Draw."""
    curves = pd.read_csv(CURVES)
    figure, parts = style.panels(3, 12.0, 3.4)
    for part, (title, names) in zip(parts, PANELS.items(), strict=True):
        for name, curve in curves.groupby("try", sort=False):
            if name in names:
                part.plot(curve["step"], curve["validation"], label=f"{name}, {curve['seconds'].iloc[-1] / 60:.0f} min")
        part.set(title=title, xlabel="step", ylabel="validation loss")
        part.legend(fontsize=8)
    figure.savefig(path, dpi=style.RESOLUTION)


if __name__ == "__main__":
    main(sys.argv[1])
