"""Every figure of the MeLA paper from our own measurements, with the published values as marked points.

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018: figures 2a-d, 3a-b, 4
and 5a-b, and two that the paper does not have: the code space, and the ball's next position by gradient steps.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tqdm import tqdm

from zoo.figures import ball, gallery, video, waves
from zoo.figures.style import Picture
from zoo.utils import files

COUNT = 11
KINDS = ("[2-5][a-d]_*", "4_influence", "code_space", "ball_gradient_steps")
OTHERS = files.other_than(gallery.PAGE, *(f"{name}.{kind}" for name in KINDS for kind in ("png", "csv")))
HEADLINE = "# The figures of the MeLA paper, from our measurements; diamonds are the published values\n"


def pictures() -> Iterator[Picture]:
    """Measure and draw one figure after the other."""
    yield waves.gradient_steps()
    yield waves.one_wave()
    yield from waves.asking()
    yield waves.code_space()
    yield ball.rooms()
    yield ball.rollout()
    yield ball.gradient_steps()
    yield ball.influence()
    yield video.frames()
    yield video.rollout()


def draw(folder: str | Path, force: bool = False, progress: bool = True) -> list[str]:
    """Draw every figure into a folder, as `NAME.png` with its numbers in `NAME.csv`, and all of them on one page, `README.md`.

    Args:
        folder: to make.
        force: whether to replace it if it exists.
        progress: whether to show a progress bar.

    Returns:
        The names, in the order of the paper.

    Raises:
        ZooError: if the folder exists and `force` is false.
    """

    def drawn() -> Iterable[Picture]:
        return tqdm(pictures(), "drawing", total=COUNT, disable=not progress, leave=False)

    return gallery.write(folder, HEADLINE, drawn, force, OTHERS, "zoo figures mela")
