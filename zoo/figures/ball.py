"""Figures 3 and 4 of the MeLA paper: how far a bouncing ball is predicted, and which windows of its path taught the room.

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.datasets import BouncingBall, Tasks, simulate
from zoo.datasets.rooms.ball_world import STEP
from zoo.evaluation.scores import measured, score
from zoo.figures import published, style
from zoo.figures.style import Picture
from zoo.hub import registry

ROOMS, SEED, STEPS = 200, 11, range(11)
EXAMPLES, FLOWN = 5, 40  # rooms that are shown, and positions of the flight in each
DISTANCES = (0.1, 0.2, 0.3, 0.4, 0.5)
CURVES = (
    ("pretrained", "pretrained_bouncing_ball", style.PRETRAINED),
    ("MAML", "maml_bouncing_ball", style.MAML),
    ("oracle", "oracle_bouncing_ball", style.ORACLE),
    ("MeLA, the paper's protocol", "mela_bouncing_ball_paper", style.OTHER),
    ("MeLA", "mela_bouncing_ball", style.LEARNED),
)


def rooms() -> Picture:
    """Figure 3a: examples of rooms, and of a flight in each."""
    shown = BouncingBall(oracle=True).draw(EXAMPLES, SEED)
    figure, parts = style.panels(EXAMPLES, 11.0, 2.9)
    rows: list[tuple] = []
    for number, part in enumerate(parts):
        room = shown.query_x[number, 0, 6:].reshape(-1, 2)
        angle = 1.0 + number
        flight = simulate(room, room.mean(axis=0), [STEP * np.cos(angle), STEP * np.sin(angle)], FLOWN)
        part.fill(*room.T, facecolor="none", edgecolor=style.TRUTH, linewidth=3)
        part.plot(*flight.T, ".-", color=style.LEARNED, linewidth=1, markersize=3)
        part.set(aspect="equal", xlim=(0, 1), ylim=(0, 1), title=f"room {number + 1}")
        for kind, places in (("corner", room), ("position", flight)):
            rows += [(number + 1, kind, order, *place) for order, place in enumerate(places)]
    caption = (
        f"Rooms of four walls, and {FLOWN} positions of a ball in each: a task is a room, its examples are pieces of flights."
    )
    return Picture("3a_rooms", caption, figure, ("room", "what", "order", "x (1 = 40 pixels)", "y"), rows)


def rollout(
    curves: Sequence[tuple[str, str, str]] = CURVES,
    name: str = "3b_rollout",
    what: str = "A ball in a new room",
    tasks: int | None = None,
) -> Picture:
    """Figure 3b, and 5b for video: distance from the truth by distance flown, at no and at five gradient steps."""
    figure, parts = style.panels(2, 10.5, 4.4)
    rows: list[tuple] = []
    marked: list[dict] = []
    for label, entry, color in curves:
        learner, episodes = registry.load(entry), registry.entry(entry).benchmark
        drawn = episodes.draw(tasks or ROOMS, SEED, **episodes.conditions()[0])
        on = "weights" if "weights" in learner.refiners() else next(iter(learner.refiners()))
        found = measured(learner, episodes, drawn, [({"steps": steps}, {"on": on, "steps": steps}) for steps in (0, 5)])
        for part, steps in zip(parts, (0, 5), strict=True):
            scores = [score(episodes, *each) for each in found if each[0]["steps"] == steps]
            mean, interval = np.array([[one.mean, one.interval] for one in scores]).T
            part.plot(DISTANCES, mean, "o-", color=color, markersize=3, label=label)
            part.fill_between(DISTANCES, mean - interval, mean + interval, color=color, alpha=0.2, linewidth=0)
            paper = published.along(registry.entry(entry), "distance", {"steps": steps})
            if paper not in marked:  # two entries may stand beside the same figures
                style.published(part, list(paper), list(paper.values()), color)
                marked.append(paper)
            rows += [
                (label, entry, steps, on, distance, m, i, paper.get(distance, ""))
                for distance, m, i in zip(DISTANCES, mean, interval, strict=True)
            ]
    for part, title in zip(parts, (f"{what}, no gradient step", "after five gradient steps"), strict=True):
        part.plot([], [], "D", color="k", markerfacecolor="none", label="published (diamonds)")
        part.set(xlabel="distance flown (1 = 40 pixels)", ylabel="distance from the truth", title=title, yscale="log")
    parts[1].legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    caption = "Lower is better; every position is predicted from those predicted before it. Bands: 95 % over rooms."
    columns = ("learner", "entry", "gradient steps", "on", "distance flown", "distance", "95 % half-width", "published")
    return Picture(name, caption, figure, columns, rows)


def gradient_steps() -> Picture:
    """No figure of the paper: squared error of the next position by gradient steps, which its text tells."""
    figure, part = style.axes(7.5, 4.5)
    rows, steps = [], STEPS
    for label, entry, color in CURVES:
        learner, episodes = registry.load(entry), registry.entry(entry).benchmark
        drawn = episodes.draw(ROOMS, SEED, **episodes.conditions()[0])
        on = "weights" if "weights" in learner.refiners() else next(iter(learner.refiners()))
        means = []
        for count in steps:
            task = learner.graphs.fine_tuned[on](*drawn[:3], tf.fill([ROOMS], count))
            predicted = learner.graphs.apply(task, drawn.query_x).numpy()
            means.append(float(np.square(predicted - drawn.query_y[:, :, 0]).mean()))
        part.plot(steps, means, "o-", color=color, markersize=3, label=label)
        known = published.NEXT_POSITION.get(entry, {})
        style.published(part, list(known), list(known.values()), color)
        rows += [(label, entry, on, count, mean, known.get(count, "")) for count, mean in zip(steps, means, strict=True)]
    part.plot([], [], "D", color="k", markerfacecolor="none", label="published (diamonds)")
    part.set(
        yscale="log",
        xlabel="gradient steps on 100 windows",
        ylabel="mean squared error of a coordinate",
        title="The next position",
    )
    part.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    caption = "Lower is better; coordinates are in units of 40 pixels."
    return Picture(
        "ball_gradient_steps",
        caption,
        figure,
        ("learner", "entry", "on", "gradient steps", "mean squared error", "published"),
        rows,
    )


def influence() -> Picture:
    """Figure 4: a room, flights predicted in it, and the ten windows that taught most."""
    learner = registry.load("mela_bouncing_ball_paper")
    shown = BouncingBall(oracle=True).draw(ROOMS, SEED)  # examples with the corners beside them
    room = shown.query_x[0, 0, 6:].reshape(-1, 2)
    x, y = shown.support_x[0, :, :6], shown.support_y[0]
    task = learner.learn(x, y)
    query, truth = shown.query_x[0, :10, :6], shown.query_y[0, :10]
    path = task.rollout(query, truth.shape[1])
    top = np.argsort(-task.influence)[:10]

    figure, parts = style.panels(2, 9.5, 4.2)
    for part in parts:
        part.fill(*room.T, facecolor="none", edgecolor=style.TRUTH, linewidth=3)
        part.set(aspect="equal", xlabel="x (1 = 40 pixels)", ylabel="y")
    for number, (seen, real, guess) in enumerate(zip(query.reshape(-1, 3, 2), truth, path, strict=True)):
        parts[0].plot(*seen.T, "o-", color=style.POINTS, markersize=3, linewidth=1, label=None if number else "seen")
        parts[0].plot(*np.vstack([seen[-1:], real]).T, "o-", color=style.TRUTH, markersize=5, label=None if number else "truth")
        parts[0].plot(
            *np.vstack([seen[-1:], guess]).T, ".-", color=style.LEARNED, linewidth=1, label=None if number else "predicted"
        )
    parts[0].set_title("Ten flights, five steps ahead")
    parts[0].legend(frameon=False, fontsize=8)
    windows = np.concatenate([x, y], axis=1).reshape(-1, 4, 2)
    for window in windows:
        parts[1].plot(*window.T, color=style.OTHER, alpha=0.15, linewidth=1)
    for window in windows[top]:
        parts[1].plot(*window.T, "o-", color=style.LEARNED, markersize=3)
    parts[1].set_title("The ten most influential windows of 100")
    near, far = _distance_from_corners(learner, shown)
    caption = (
        f"Bounces near the corners teach a room: over {ROOMS} rooms the ten windows lie {near:.2f} from the nearest corner, "
        f"all windows {far:.2f}."
    )
    rows = [(*window.ravel(), share) for window, share in zip(windows, task.influence, strict=True)]
    return Picture("4_influence", caption, figure, (*(f"{axis}{t}" for t in range(4) for axis in "xy"), "influence"), rows)


def _distance_from_corners(learner: Any, shown: Tasks) -> tuple[float, float]:
    """Mean distance of a window's third position from the nearest corner: of the ten most influential windows, and of all."""
    x = shown.support_x[:, :, :6]
    share = learner.graphs.influence(x, shown.support_y, shown.support_size).numpy()
    corners = shown.query_x[:, 0, 6:].reshape(len(x), 1, 4, 2)
    distance = np.linalg.norm(x[:, :, None, 4:6] - corners, axis=-1).min(axis=-1)  # [R, N]
    top = np.argsort(-share, axis=1)[:, :10]
    return float(np.take_along_axis(distance, top, axis=1).mean()), float(distance.mean())
