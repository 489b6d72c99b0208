"""What the programs of `streams.py` compute, as numbers of NumPy: weights of a MANN and streams, the same for all of them."""

import numpy as np

STREAMS, STEPS, PIXELS, WAYS = 16, 50, 400, 5
CONTROLLER, SLOTS, WIDTH, HEADS, DECAY, START = 200, 128, 40, 4, 0.95, 1e-6
PARTS = 1024.0  # of a use of a slot, that are told apart
RATE, ADAM_EPSILON = 1e-3, 1e-7
COMPARED = 3  # batches, which take turns


def weights() -> dict[str, np.ndarray]:
    """Of the zoo's layers, by their names."""
    generator, read, gates = np.random.default_rng(0), HEADS * WIDTH, 4 * CONTROLLER
    shapes = {
        "looked": (PIXELS, gates),
        "told": (WAYS, gates),
        "recalled": (read, gates),
        "recurrent": (CONTROLLER, gates),
        "readout": (CONTROLLER + read, WAYS),
        "key": (CONTROLLER, read),
        "gate": (CONTROLLER, HEADS),
    }
    found = {f"{name}_kernel": generator.normal(0.0, 0.5 * shape[0] ** -0.5, shape) for name, shape in shapes.items()}
    biases = {"looked": np.repeat([0.0, 1.0, 0.0, 0.0], CONTROLLER), "readout": np.zeros(WAYS)}
    biases |= {"key": generator.normal(0.0, 0.1, read), "gate": np.zeros(HEADS)}
    return {name: part.astype(np.float32) for name, part in (found | {f"{at}_bias": b for at, b in biases.items()}).items()}


def batches() -> list[tuple[np.ndarray, np.ndarray]]:
    """Pictures float32 `[streams, steps, 400]`, and one-hot labels `[streams, steps, ways]`."""
    generator, found = np.random.default_rng(1), []
    for _ in range(COMPARED):
        classes = generator.uniform(size=(STREAMS, WAYS, PIXELS))
        which = generator.integers(WAYS, size=(STREAMS, STEPS))
        x = np.take_along_axis(classes, which[..., None], axis=1) + generator.normal(0.0, 0.2, (STREAMS, STEPS, PIXELS))
        found.append((x.astype(np.float32), np.eye(WAYS, dtype=np.float32)[which]))
    return found
