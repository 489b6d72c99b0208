"""How learners by gradients and learned optimizers step: accuracy by steps, proposed updates, learned gates, sums of gradients.

After the figures of M. Andrychowicz et al., 2016 (10 to 13), S. Ravi and H. Larochelle, 2017 (2), and A. Nichol et al., 2018 (3);
each of the modules that draw them says more.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from zoo.datasets import DigitNetworks
from zoo.figures import gallery, gates, inner_gradients, proposals, step_curves
from zoo.figures.style import Picture
from zoo.utils import files

OPTIMIZER = "lstm_optimizer_mnist"
KINDS = ("steps_*", "updates_*", "gates_*", "inner_gradients")
OTHERS = files.other_than(gallery.PAGE, *(f"{name}.{kind}" for name in KINDS for kind in ("png", "csv")))
HEADLINE = "# Gradient steps of learners and of learned optimizers, from our measurements\n"


def draw(folder: str | Path, force: bool = False, progress: bool = True) -> list[str]:
    """Draw every figure into a folder, as `NAME.png` with its numbers in `NAME.csv`, and all on one page, `README.md`.

    Args:
        folder: to make.
        force: whether to replace it if it exists.
        progress: whether to show progress bars.

    Returns:
        The names, in the order of the page.

    Raises:
        ZooError: if the folder exists and `force` is false, or Omniglot or MNIST cannot be had.
    """
    return gallery.write(folder, HEADLINE, lambda: pictures(progress), force, OTHERS, "zoo figures gradients")


def pictures(progress: bool) -> Iterator[Picture]:
    """Measure and draw one figure after the other."""

    def bar(items: Any, told: str) -> Any:
        return tqdm(items, told, disable=not progress, leave=False)

    yield from step_curves.pictures(bar)
    yield from proposals.pictures(OPTIMIZER, DigitNetworks())
    yield from gates.pictures()
    yield inner_gradients.picture(bar)
