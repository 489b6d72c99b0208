"""Figure 5 of the MeLA paper: how far a ball is predicted that is seen only in frames, and what is predicted of them.

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018.
"""

import numpy as np

from zoo.figures import ball, style
from zoo.figures.style import Picture
from zoo.hub import registry

ROOMS, SEED, SIDE = 40, 11, 39
CURVES = (("pretrained", "pretrained_video", style.PRETRAINED), ("MeLA", "mela_video", style.LEARNED))


def rollout() -> Picture:
    """Figure 5b: distance of the centre of mass from the truth by distance flown, at no and at five gradient steps."""
    return ball.rollout(CURVES, "5b_video_rollout", "A ball in video", ROOMS)


def frames() -> Picture:
    """Figure 5a: a flight that meets a wall, frame by frame, and what is predicted of it."""
    learner, episodes = registry.load("mela_video"), registry.entry("mela_video").benchmark
    drawn = episodes.draw(1, SEED, **episodes.conditions()[0])
    bounce = int(np.argmax(_bend(drawn.query_y[0])))
    seen, truth = drawn.query_x[0, bounce], drawn.query_y[0, bounce].reshape(-1, SIDE, SIDE)
    steps = len(truth)
    task = learner.learn(drawn.support_x[0], drawn.support_y[0])
    predicted = task.rollout(drawn.query_x[0, bounce : bounce + 1], steps)[0].reshape(-1, SIDE, SIDE)

    figure, parts = style.plt.subplots(2, 3 + steps, figsize=(10.5, 3.4), layout="constrained")
    for part in parts.ravel():
        part.set(xticks=[], yticks=[])
    for row, (label, ahead) in enumerate((("truth", truth), ("predicted", predicted))):
        parts[row, 0].set_ylabel(label)
        for at, frame in enumerate([*seen, *ahead]):
            parts[row, at].imshow(frame.T, cmap="gray_r", vmin=0, vmax=1, origin="lower")
            parts[row, at].set_title(f"t{at - 2:+d}" if at != 2 else "t", fontsize=9)
    figure.suptitle("A flight seen for three frames, and the next five")
    rows = [
        (f"t+{at + 1}", *_centre(real), *_centre(guess)) for at, (real, guess) in enumerate(zip(truth, predicted, strict=True))
    ]
    columns = ("frame", "true x", "true y", "predicted x", "predicted y")
    caption = (
        "The first three frames are given; the learner has seen 100 other windows of the room and never where its walls are."
    )
    return Picture("5a_video_frames", caption, figure, columns, rows)


def _centre(frame: np.ndarray) -> tuple[float, float]:
    """Centre of mass in pixels of what is more than half lit of `frame [39, 39]`; NaN for an empty one."""
    lit = np.argwhere(frame > 0.5)
    return tuple(lit.mean(axis=0)) if len(lit) else (float("nan"),) * 2


def _bend(ahead: np.ndarray) -> np.ndarray:
    """How much each of the flights `[M, steps, 1521]` turns between its first and last two frames, in pixels: `[M]`."""
    path = np.array([[_centre(frame.reshape(SIDE, SIDE)) for frame in flight] for flight in ahead])  # [M, steps, 2]
    moves = np.diff(path, axis=1)
    return np.linalg.norm(moves[:, -1] - moves[:, 0], axis=-1)
