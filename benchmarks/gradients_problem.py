"""What the programs of `gradients.py` compute, as numbers of NumPy: weights to start from and data, the same for all of them."""

import json
from dataclasses import dataclass

import numpy as np

SIDE, KERNEL, EPSILON = 28, 3, 1e-3
INNER_RATE, OUTER_RATE, ADAM_EPSILON = 0.4, 1e-3, 1e-7
COMPARED = 3  # steps whose losses are compared, of as many batches
PIXELS, HIDDEN, DIGITS, BATCH, SEGMENT = 784, 20, 10, 128, 20  # of the network that the LSTM optimizer is trained on
UNITS, LAYERS, CUT, SCALE, LEARNED_RATE = 20, 2, 10.0, 0.1, 3e-3  # of the LSTM optimizer


@dataclass(frozen=True)
class MAML:
    """A meta-step of MAML on pictures: inner steps on a support, and the loss of queries by the moments of that support.

    Attributes:
        tasks, ways, shots, queries: of a batch; shots and queries are of each class.
        filters: of each of four convolutions of stride 2, batch normalised without a scale; the mean over
            places; one dense layer.
        steps: inner gradient steps.
    """

    tasks: int = 32
    ways: int = 5
    shots: int = 1
    queries: int = 1
    filters: int = 64
    steps: int = 1

    @classmethod
    def read(cls, argument: str) -> "MAML":
        """From the argument of a process."""
        return cls(**json.loads(argument))

    def weights(self) -> dict[str, np.ndarray]:
        """`kernel_l [3, 3, C, F]`, `offset_l [F]`, `kernel_out [F, ways]`, `bias_out [ways]`."""
        generator, found, channels = np.random.default_rng(0), {}, 1
        for block in range(4):
            limit = np.sqrt(6.0 / (KERNEL * KERNEL * (channels + self.filters)))
            found[f"kernel_{block}"] = generator.uniform(-limit, limit, (KERNEL, KERNEL, channels, self.filters))
            found[f"offset_{block}"] = np.zeros(self.filters)
            channels = self.filters
        limit = np.sqrt(6.0 / (channels + self.ways))
        found["kernel_out"] = generator.uniform(-limit, limit, (channels, self.ways))
        found["bias_out"] = np.zeros(self.ways)
        return {name: part.astype(np.float32) for name, part in found.items()}

    def batches(self) -> list[dict[str, np.ndarray]]:
        """Pictures float32 `[tasks, rows, 28, 28, 1]` of a support and of queries, and their classes int32 `[tasks, rows]`."""
        generator, found = np.random.default_rng(1), []
        for _ in range(COMPARED):
            classes = generator.uniform(size=(self.tasks, self.ways, SIDE, SIDE, 1))
            batch = {}
            for part, each in (("support", self.shots), ("query", self.queries)):
                label = np.tile(np.repeat(np.arange(self.ways), each), (self.tasks, 1))
                noise = generator.normal(0.0, 0.2, (*label.shape, SIDE, SIDE, 1))
                pictures = np.take_along_axis(classes, label[..., None, None, None], axis=1) + noise
                batch |= {f"{part}_x": pictures.astype(np.float32), f"{part}_y": label.astype(np.int32)}
            found.append(batch)
        return found


def same_padding(size: int) -> tuple[int, int, int]:
    """Zeros before and after an axis, and how long it is after a convolution of stride 2, as TensorFlow pads it."""
    out = -(-size // 2)
    total = max((out - 1) * 2 + KERNEL - size, 0)
    return total // 2, total - total // 2, out


@dataclass(frozen=True)
class Optimizer:
    """A training step of the LSTM optimizer: a segment of 20 steps of one small network of digits, from its start."""

    @property
    def size(self) -> int:
        """Coordinates, P."""
        return (PIXELS + 1) * HIDDEN + (HIDDEN + 1) * DIGITS

    def weights(self) -> dict[str, np.ndarray]:
        """`kernel_l [in + units, 4 units]` for enter, forget, leave and new, `bias_l`, and `kernel [units, 1]`, `bias [1]`."""
        generator, found, width = np.random.default_rng(2), {}, 2
        for layer in range(LAYERS):
            limit = np.sqrt(6.0 / (width + 5 * UNITS))
            found[f"kernel_{layer}"] = generator.uniform(-limit, limit, (width + UNITS, 4 * UNITS))
            found[f"bias_{layer}"] = np.zeros(4 * UNITS)
            width = UNITS
        limit = np.sqrt(6.0 / (UNITS + 1))
        found |= {"kernel": generator.uniform(-limit, limit, (UNITS, 1)), "bias": np.zeros(1)}
        return {name: part.astype(np.float32) for name, part in found.items()}

    def data(self) -> dict[str, np.ndarray]:
        """Where the network starts `[P]`, and its batches: pictures `[21, 128, 784]` in 0 to 1 and digits `[21, 128]`."""
        generator = np.random.default_rng(3)
        classes = generator.uniform(size=(DIGITS, PIXELS)) > 0.8
        label = generator.integers(0, DIGITS, (SEGMENT + 1, BATCH))
        apart = generator.uniform(size=(*label.shape, PIXELS)) > 0.9
        return {
            "start": (0.01 * generator.normal(size=self.size)).astype(np.float32),
            "x": np.logical_xor(classes[label], apart).astype(np.float32),
            "y": label.astype(np.int32),
        }
