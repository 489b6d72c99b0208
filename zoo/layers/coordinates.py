"""Coordinates of a task network: what it is shown of an example and of a label, and how its output is read.

`Scaled` divides by typical sizes. `Inertial` is for positions of a body in flight: a point that flies straight ends at
2 p_t - p_(t-1); a network that is shown displacements and asked for the deviation from that line has nothing to learn where
nothing happens, and sees a bounce as what it is.
"""

from dataclasses import dataclass

from keras import ops

from zoo.layers.differentiable import added, scaled

CENTRE, DISPLACEMENT = 0.5, 0.1  # of a room, and of one step


@dataclass(frozen=True)
class Scaled:
    """Example, label and output in units of typical sizes."""

    input_scale: float = 1.0
    output_scale: float = 1.0

    def example(self, x):
        return x / self.input_scale

    def label(self, x, y):
        return scaled(y, 1 / self.output_scale)

    def output(self, x, out):
        return scaled(out, self.output_scale)


@dataclass(frozen=True)
class Inertial:
    """Positions `[..., history * width + more]`, oldest first, and what may follow them.

    Attributes:
        history: positions in an example, 2 or more.
        width: numbers in a position.
    """

    history: int
    width: int

    def example(self, x):
        """The newest position, every displacement, and what follows the positions, about 1 in size."""
        positions = [self._position(x, index) for index in range(self.history)]
        steps = [(positions[i + 1] - positions[i]) / DISPLACEMENT for i in range(self.history - 1)]
        more = x[..., self.history * self.width :]
        return ops.concatenate([(positions[-1] - CENTRE) / CENTRE, *steps, (more - CENTRE) / CENTRE], axis=-1)

    def label(self, x, y):
        """The deviation from straight flight, in units of a displacement."""
        return scaled(added(y, -self._straight_on(x)), 1 / DISPLACEMENT)

    def output(self, x, out):
        return added(self._straight_on(x), scaled(out, DISPLACEMENT))

    def _straight_on(self, x):
        last, before = self._position(x, self.history - 1), self._position(x, self.history - 2)
        return last + (last - before)

    def _position(self, x, index):
        return ops.convert_to_tensor(x)[..., index * self.width : (index + 1) * self.width]


def coordinates(config):
    """The coordinates that a learner's config asks for.

    They are `Inertial` where it says `inertial`, for its `history` and `outputs`; else `Scaled` by its `input_scale` and
    `output_scale`, if it has them.
    """
    if config.inertial:
        return Inertial(config.history, config.outputs)
    return Scaled(getattr(config, "input_scale", 1.0), getattr(config, "output_scale", 1.0))
