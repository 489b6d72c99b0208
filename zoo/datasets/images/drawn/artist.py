"""An artist draws all examples of one class at once: numbers of the class are drawn once, numbers of an example once for each.

Coordinates of a sheet are those of what is drawn on it: the middle is (0, 0), x to the right, y down, and what is drawn lies
within about one of the middle. Distances are signed: below zero inside. Arrays of examples lead with their axis, `[E, ...]`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from zoo.datasets.images.drawn import colours
from zoo.datasets.images.drawn.colours import Number

Distance = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Sheet(NamedTuple):
    """Where the pixels lie: x and y `[E, size, size]`, and how large one is, `[E, 1, 1]`."""

    x: np.ndarray
    y: np.ndarray
    pixel: np.ndarray

    def covered(self, distance: np.ndarray) -> np.ndarray:
        """How much of every pixel lies inside, from 0 to 1."""
        return np.clip(0.5 - distance / self.pixel, 0.0, 1.0)

    def moved(self, x: Number = 0.0, y: Number = 0.0, turn: Number = 0.0, scale: Number = 1.0) -> "Sheet":
        """The same pixels in the coordinates of a part that lies at x, y, turned (radians) and scaled."""
        cos, sin, dx, dy = np.cos(turn), np.sin(turn), self.x - x, self.y - y
        return Sheet((cos * dx + sin * dy) / scale, (cos * dy - sin * dx) / scale, self.pixel / scale)


class Artist:
    """Draws from a generator, with an unsteadiness and a choice of colours of each class.

    Args:
        rng: everything random comes from it.
        examples: E, how many are drawn of the class.
        size: pixels of a side.
    """

    def __init__(self, rng: np.random.Generator, examples: int, size: int):
        self.rng, self.examples, self.size = rng, examples, size
        self.unsteady = rng.uniform(0.15, 1.0)
        self.own_colours = rng.random() < 0.55  # whether the class has colours of its own
        self.calm = rng.random() < 0.45  # whether all examples lie on plain ground
        self.light = rng.choice([0, 1, 2], p=[0.3, 0.2, 0.5])  # on light ground, on dark, on any

    def chance(self, probability: float) -> bool:
        """Toss a coin for the class."""
        return bool(self.rng.random() < probability)

    def number(self, low: int, high: int) -> int:
        """A whole number for the class, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def once(self, low: float, high: float) -> float:
        """A number for the class."""
        return float(self.rng.uniform(low, high))

    def each(self, low: float, high: float) -> np.ndarray:
        """A number for each example, `[E, 1, 1]`."""
        return self.rng.uniform(low, high, [self.examples, 1, 1]).astype(np.float32)

    def about(self, value: float, spread: float) -> np.ndarray:
        """The class's number as an unsteady hand repeats it, `[E, 1, 1]`."""
        noise = self.rng.normal(0.0, 1.0, [self.examples, 1, 1])
        return (value + self.unsteady * spread * noise).astype(np.float32)

    def sheet(self, fill: tuple[float, float] = (0.6, 0.95), turn: float = 0.25, shift: float = 0.2) -> Sheet:
        """A sheet for each example, on which what is drawn is larger or smaller, here or there, turned a little.

        Args:
            fill: smallest and largest share of the picture's side that is drawn on.
            turn: standard deviation of the angle, radians.
            shift: largest shift, in sheets of half a side, where there is room.
        """
        pixel = (np.arange(self.size, dtype=np.float32) + 0.5) * (2 / self.size) - 1
        x = np.broadcast_to(pixel[None, None, :], [self.examples, self.size, self.size])
        y = np.broadcast_to(pixel[None, :, None], [self.examples, self.size, self.size])
        scale = self.each(*fill)
        room = np.maximum(1.0 - scale, 0.05)
        whole = Sheet(x, y, np.full([self.examples, 1, 1], 2 / self.size, np.float32))
        across, down = self.each(-1, 1), self.each(-1, 1)
        reach = np.minimum(room, shift)
        moved = whole.moved(across * reach, down * reach, self.about(0.0, turn), scale)
        lean, stretch = self.about(0.0, 0.12), np.exp(self.about(0.0, 0.08))
        return Sheet(moved.x * stretch + lean * moved.y, moved.y / stretch, moved.pixel)

    def paints(self, number: int, own: bool | None = None, ground: bool = True) -> np.ndarray:
        """Colours that stand apart from each other, `[E, number, 3]`; the first is the ground's.

        Args:
            number: how many.
            own: whether they are the class's own, the same in every example; by default `own_colours`.
            ground: whether the first is drawn as `light` says.
        """
        own = self.own_colours if own is None else own
        light = self.light if ground else 2
        found = colours.palettes(self.rng, self.examples, number, light)
        if own:
            free = 1 if ground and self.chance(0.6) else 0  # often any ground will do
            one = colours.palettes(self.rng, 1, number, light)
            same = np.repeat(one, self.examples, axis=0) + self.rng.normal(0, 0.03, found.shape)
            found[:, free:] = same[:, free:]
            if free:
                found[:, 0] = colours.apart(self.rng, found[:, 1:].mean(axis=1), light)
        return np.clip(found, 0.0, 1.0).astype(np.float32)

    def ground(self, colour: np.ndarray) -> np.ndarray:
        """What lies behind, `[E, size, size, 3]`, of colours `[E, 3]`: plain, or shaded, rough or cluttered."""
        return colours.ground(self.rng, colour, self.size, self.calm)


def painted(picture: np.ndarray, covered: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """Lay a colour `[E, 3]`, or one for each pixel, `[E, size, size, 3]`, over a picture where it is covered."""
    colour = colour[:, None, None, :] if colour.ndim == 2 else colour
    return picture + covered[..., None] * (colour - picture)
