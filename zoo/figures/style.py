"""One look for every picture: colours, sizes, grid. Figures are drawn without a display."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt

TRUTH, LEARNED, POINTS, OTHER = "#9aa5b1", "#d1495b", "#1d3557", "#2a9d8f"


def axes(width: float = 7.0, height: float = 4.0, columns: int = 1):
    """A figure with one row of axes, in inches, in the zoo's look."""
    figure, parts = plt.subplots(1, columns, figsize=(width, height), layout="constrained", squeeze=False)
    for part in parts[0]:
        part.grid(alpha=0.25)
        part.spines[["top", "right"]].set_visible(False)
    return figure, list(parts[0])
