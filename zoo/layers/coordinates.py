"""Coordinates of a task network: how examples and labels are encoded for it, and how its output is decoded.

`Scaled` divides by typical sizes. `Inertial` is for positions of a moving body. Without forces a body flies on to
2 p_t - p_(t-1); a network that sees displacements and predicts the deviation from that line has nothing to learn where no force
acts, and a bounce stands out.
"""

from dataclasses import dataclass
from typing import Protocol

import tensorflow as tf
from keras import ops

from zoo.layers.differentiable import added, scaled

CENTRE, DISPLACEMENT = 0.5, 0.1  # of a room of side 1, and a typical displacement in one step


@dataclass(frozen=True)
class Scaled:
    """Examples, labels and outputs in units of typical sizes.

    Attributes:
        input_scale: typical size of an example's numbers.
        output_scale: typical size of a label's numbers.
    """

    input_scale: float = 1.0
    output_scale: float = 1.0

    def example(self, x: tf.Tensor) -> tf.Tensor:
        """Encode examples `[..., inputs]`."""
        return x / self.input_scale

    def label(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Encode labels `[..., outputs]` of the examples x."""
        return scaled(y, 1 / self.output_scale)

    def output(self, x: tf.Tensor, out: tf.Tensor) -> tf.Tensor:
        """Decode outputs `[..., outputs]` for the examples x into labels: the inverse of `label`."""
        return scaled(out, self.output_scale)


@dataclass(frozen=True)
class Inertial:
    """Examples as displacements, labels as deviations from straight flight.

    An example `[..., history * width + more]` holds positions, oldest first, and possibly more numbers after them; a label
    `[..., width]` is the next position. All are in units of a room of side 1.

    Attributes:
        history: positions in an example, 2 or more.
        width: numbers in a position.
    """

    history: int
    width: int

    def example(self, x: tf.Tensor) -> tf.Tensor:
        """The newest position, every displacement, and what follows the positions, each about 1 in size: `[..., same]`."""
        positions = [self._position(x, index) for index in range(self.history)]  # each [..., width]
        steps = [(positions[i + 1] - positions[i]) / DISPLACEMENT for i in range(self.history - 1)]
        more = x[..., self.history * self.width :]  # [..., more]
        return ops.concatenate([(positions[-1] - CENTRE) / CENTRE, *steps, (more - CENTRE) / CENTRE], axis=-1)

    def label(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Deviation of labels `[..., width]` from straight flight, in units of `DISPLACEMENT`."""
        return scaled(added(y, -self._straight_on(x)), 1 / DISPLACEMENT)

    def output(self, x: tf.Tensor, out: tf.Tensor) -> tf.Tensor:
        """Decode outputs `[..., width]` for the examples x into positions: the inverse of `label`."""
        return added(self._straight_on(x), scaled(out, DISPLACEMENT))

    def _straight_on(self, x: tf.Tensor) -> tf.Tensor:
        last, before = self._position(x, self.history - 1), self._position(x, self.history - 2)
        return last + (last - before)

    def _position(self, x: tf.Tensor, index: int) -> tf.Tensor:
        return ops.convert_to_tensor(x)[..., index * self.width : (index + 1) * self.width]


class CoordinatesConfig(Protocol):
    """What `coordinates` reads of a learner's config; `input_scale` and `output_scale` may be there too."""

    @property
    def inertial(self) -> bool: ...

    @property
    def history(self) -> int: ...

    @property
    def outputs(self) -> int: ...


def coordinates(config: CoordinatesConfig) -> Scaled | Inertial:
    """The coordinates that a learner's config asks for.

    Returns:
        `Inertial(config.history, config.outputs)` if `config.inertial`, else `Scaled` by its `input_scale` and `output_scale`,
        which are 1 if it has none.
    """
    if config.inertial:
        return Inertial(config.history, config.outputs)
    return Scaled(getattr(config, "input_scale", 1.0), getattr(config, "output_scale", 1.0))
