"""How `protonet_pictures` does on kinds of pictures it has never seen, beside what else a user could take.

    .venv/bin/python benchmarks/drawn_pictures.py [--tasks 1000] [--seed 1]

Error rates on the entry's own test episodes, of the network trained and untrained, of the nearest neighbour by pixels, and of
`protonet_omniglot`, for which the pictures are made grey and small as for a user's folder; then of the headline kind by kind.
"""

import argparse
import functools
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from PIL import Image

from zoo.datasets import InMemory, NWay
from zoo.datasets.episodes.error_rates import error_rates
from zoo.datasets.images.picture import fitted
from zoo.datasets.labelled import TEST
from zoo.hub import registry
from zoo.learners.embeddings import Embeddings
from zoo.utils import machine

NAME, OMNIGLOT = "protonet_pictures", "protonet_omniglot"


class Pixels:
    """The nearest example by the squared distance of pixels."""

    def __call__(self, drawn) -> np.ndarray:
        """Logits `[B, M, ways]` of tasks: minus the distance to the nearest example of each class."""
        support, query = (part.reshape(*part.shape[:2], -1) for part in (drawn.support_x, drawn.query_x))
        lengths = (query**2).sum(axis=-1)[..., None] + (support**2).sum(axis=-1)[:, None]
        distance = lengths - 2 * np.matmul(query, support.transpose(0, 2, 1))
        far = np.where(drawn.support_y[:, None] > 0, distance[..., None], np.inf)
        return -far.min(axis=2)


class Network:
    """A classifier of the zoo, with pictures made into what it reads."""

    def __init__(self, learner, prepare=None):
        self.learner, self.prepare = learner, prepare
        self.embeddings = Embeddings(lambda rows: learner.graphs.embed(rows).numpy())

    def __call__(self, drawn) -> np.ndarray:
        """Logits `[B, M, ways]` of tasks."""
        support, query = drawn.support_x, drawn.query_x
        if self.prepare:
            support, query = self.prepare(support), self.prepare(query)
        support, query = (self.embeddings(x.reshape(-1, *x.shape[2:])).reshape(*x.shape[:2], -1) for x in (support, query))
        task = self.learner.graphs.adapt_embedded(support, drawn.support_y, drawn.support_size)
        return self.learner.graphs.apply_embedded(task, query).numpy()


class Grey:
    """Pictures in colour as a folder's pictures are made for Omniglot's entries; each is made once."""

    def __init__(self, size: int):
        self.size = size
        self.one = functools.lru_cache(maxsize=None)(self._one)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Pictures `[B, N, 64, 64, 3]` to `[B, N, size, size, 1]`, both from 0 to 1."""
        flat = np.round(255 * x).astype(np.uint8).reshape(-1, *x.shape[2:])
        return np.stack([self.one(each.tobytes(), each.shape) for each in flat]).reshape(*x.shape[:2], self.size, self.size, 1)

    def _one(self, content: bytes, shape: tuple[int, ...]) -> np.ndarray:
        picture = Image.fromarray(np.frombuffer(content, np.uint8).reshape(shape))
        return fitted(picture, self.size, 1, None)[0].astype(np.float32) / 255


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser("benchmarks/drawn_pictures.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    omniglot = registry.load(OMNIGLOT)
    size = omniglot.example.sizes[0]
    ways = {
        NAME: Network(registry.load(NAME)),
        "the same, untrained": Network(registry.load(NAME, weights=None)),
        "nearest by pixels": Pixels(),
        f"{OMNIGLOT}, grey, {size} pixels": Network(omniglot, Grey(size)),
    }
    episodes = registry.entry(NAME).benchmark
    print(", ".join(f"{key} {value}" for key, value in machine.description().items()))
    print(f"error rate in per cent and 95 % interval over {options.tasks} tasks, seed {options.seed}; classes of one kind\n")
    conditions = episodes.conditions()
    titles = ["{ways}-way {shots}-shot".format(**condition) for condition in conditions]
    print(f"{'':36}" + "".join(f"{title:>18}" for title in titles))
    for name, way in ways.items():
        cells = [_cell(way, episodes, options.tasks, options.seed, **condition) for condition in conditions]
        print(f"{name:36}" + "".join(f"{cell:>18}" for cell in cells), flush=True)
    data = episodes.source.load(TEST)
    kinds = data.runs()
    print(f"\n5-way 1-shot, kind by kind\n{'':36}" + "".join(f"{kind:>18}" for kind, *_ in kinds))
    for name, way in ways.items():
        parts = [NWay(InMemory(test=data.only(range(first, first + count)))) for _, first, count in kinds]
        cells = [_cell(way, part, max(1, options.tasks // len(kinds)), options.seed, **conditions[0]) for part in parts]
        print(f"{name:36}" + "".join(f"{cell:>18}" for cell in cells), flush=True)


def _cell(way, episodes: NWay, tasks: int, seed: int, **condition) -> str:
    errors = []
    for at in range(0, tasks, 100):  # a hundred tasks of pictures in colour fill a gigabyte
        drawn = episodes.draw(min(100, tasks - at), seed + 1000 * at, **condition)
        errors.append(error_rates(way(drawn), drawn.query_y)[0][1])
    per_task = 100 * np.concatenate(errors)
    return f"{per_task.mean():.1f} ± {1.96 * per_task.std() / len(per_task) ** 0.5:.1f}"


if __name__ == "__main__":
    main()
