"""One look for every picture: colours, sizes, grid. Figures are drawn without a display."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt

TRUTH, LEARNED, POINTS = "#9aa5b1", "#d1495b", "#1d3557"


def axes(width: float = 7.0, height: float = 4.0):
    """A figure of this size in inches and its axes, in the zoo's look."""
    figure, part = plt.subplots(figsize=(width, height), layout="constrained")
    part.grid(alpha=0.25)
    part.spines[["top", "right"]].set_visible(False)
    return figure, part
