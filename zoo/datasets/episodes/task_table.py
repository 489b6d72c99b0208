"""A user's own tasks to train a learner on: files of Parquet with a row for each, split by task.

The files are those of `zoo predict NAME --tasks`: `task_id`, and lists `support_x` and `support_y`, all examples of a task that
have a label. An episode shows some of them and asks for others.
"""

import functools
import glob
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, Tasks, episode, numbered
from zoo.datasets.labelled import TEST, TRAINING, VALIDATION
from zoo.utils import checks, extras
from zoo.utils.errors import ZooError, cut

BLOCK = 10  # steps that are drawn at once
TRAINING_STREAM, DRAWN = 0, 1  # what a seed is for
SIZES = (1, 2, 3, 5, 8, 10, 20, 50, 100)  # of supports that a card reports, as far as training shows them
Pool = tuple[np.ndarray, np.ndarray]  # examples `[n, *example]` and labels `[n, width]` of one task


@final
@dataclass(frozen=True)
class TaskTable(Benchmark):
    """Benchmark of tasks whose labels are numbers.

    Attributes:
        paths: files of Parquet, folders of them, or patterns.
        example: axes of an example of the learner.
        width: numbers in a label.
        support: fewest and most examples that an episode shows.
        queries: examples that it asks for; of a task that has too few some are asked for twice.
        held_out: share of the tasks that are for validation, and the same share for the test; their ids decide which.
        content: SHA-256 of the files, so that a run is not resumed on others; see `of`.

    Raises:
        ZooError: for files that cannot be read or lack a column, a task whose examples do not fit, or fewer than three tasks with
            more examples than `support` shows at least.
    """

    paths: tuple[str, ...]
    example: tuple[int, ...] = (1,)
    width: int = 1
    support: tuple[int, int] = (1, 10)
    queries: int = 10
    held_out: float = 0.15
    content: str = ""

    metric = "mean squared error"

    def __post_init__(self) -> None:
        if not 1 <= self.support[0] <= self.support[1] or self.queries < 1 or not 0 < self.held_out < 0.5:
            raise ZooError(
                f"support={self.support}, queries={self.queries}, held_out={self.held_out}: give 1 or more examples, fewest "
                "first, 1 or more queries, and a share below a half."
            )
        pools = self._pools(TRAINING)
        ranges = [(float(min(p[at].min() for p in pools)), float(max(p[at].max() for p in pools))) for at in (0, 1)]
        object.__setattr__(self, "input_range", ranges[0])
        object.__setattr__(self, "label_range", ranges[1])

    @classmethod
    def of(cls, paths: Sequence[str], example: tuple[int, ...], width: int, **how: Any) -> "TaskTable":
        """That of files as they are now."""
        content = hashlib.sha256()
        for file in _files(tuple(paths)):
            content.update(file.read_bytes())
        return cls(tuple(paths), example, width, content=content.hexdigest(), **how)

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless episodes of training tasks, each with a number of examples from `support`."""
        most, pools = self.support[1], self._pools(TRAINING)

        def drawn(number: np.ndarray) -> list[np.ndarray]:
            generator = np.random.default_rng([TRAINING_STREAM, seed, int(number)])
            chosen = generator.integers(len(pools), size=BLOCK * tasks_per_step)
            sizes = generator.integers(self.support[0], most + 1, len(chosen))
            found = [self._episode(generator, pools[at], size, most) for at, size in zip(chosen, sizes, strict=True)]
            return [np.stack(part).reshape(BLOCK, tasks_per_step, *part[0].shape) for part in zip(*found, strict=True)]

        axes = [(most, *self.example), (most, self.width), (), (self.queries, *self.example), (self.queries, self.width)]

        def make(block: tf.Tensor) -> tuple[Any, ...]:
            parts = tf.numpy_function(drawn, [block], [tf.float32, tf.float32, tf.int32, tf.float32, tf.float32])
            return episode(
                *(tf.ensure_shape(part, [BLOCK, tasks_per_step, *axis]) for part, axis in zip(parts, axes, strict=True))
            )

        return numbered(make, BLOCK, start)

    def conditions(self) -> list[Condition]:
        """As many examples as training shows at most, and fewer."""
        sizes = [size for size in SIZES if self.support[0] <= size < self.support[1]]
        return [{"support": size} for size in (self.support[1], *sizes)]

    def validation_condition(self) -> Condition:
        """The headline on validation tasks."""
        return self.conditions()[0] | {"part": VALIDATION}

    def draw(self, tasks: int, seed: int, support: int = 10, part: str = TEST) -> Tasks:
        """Episodes of the tasks of a part, each task in turn, with `support` examples, or as many as the task can spare."""
        generator, pools = np.random.default_rng([DRAWN, seed]), self._pools(part)
        order = np.concatenate([generator.permutation(len(pools)) for _ in range(-(-tasks // len(pools)))])[:tasks]
        found = [self._episode(generator, pools[at], support, support) for at in order]
        return Tasks(*(np.stack(each) for each in zip(*found, strict=True)))

    def score(self, answers: np.ndarray, drawn: Tasks) -> list[tuple[Condition, np.ndarray]]:
        """Mean squared error of every task, `[B]`."""
        return [({}, np.square(answers - drawn.query_y, dtype=np.float64).mean(axis=(1, 2)))]

    def baselines(self, drawn: Tasks) -> dict[str, np.ndarray]:
        """The mean of the labels that a task shows, for every query."""
        real = np.arange(drawn.support_y.shape[1]) < drawn.support_size[:, None]
        mean = (drawn.support_y * real[..., None]).sum(axis=1, keepdims=True) / drawn.support_size[:, None, None]
        return {"mean of the support": self.score(np.broadcast_to(mean, drawn.query_y.shape), drawn)[0][1]}

    def _pools(self, part: str) -> list[Pool]:
        """The tasks of a part that have examples enough."""
        known = _read(self.paths, self.example, self.width)
        order = sorted(known, key=lambda name: hashlib.sha256(name.encode()).digest())
        held = max(1, round(self.held_out * len(order)))
        parts = {TEST: order[:held], VALIDATION: order[held : 2 * held], TRAINING: order[2 * held :]}
        found = [known[name] for name in parts[part] if len(known[name][0]) > self.support[0]]
        if not found:
            raise ZooError(
                f"{cut(', '.join(self.paths))}: of {len(order)} tasks none with more than {self.support[0]} examples is left for "
                f"{part}; give more tasks, ten or more."
            )
        return found

    def _episode(self, generator: np.random.Generator, pool: Pool, size: int, most: int) -> tuple[np.ndarray, ...]:
        """Support, zero-padded to `most`, its size, and queries, of one task."""
        order = generator.permutation(len(pool[0]))
        size = min(size, len(order) - 1)
        rest = order[size:]
        asked = rest[: self.queries] if len(rest) >= self.queries else generator.choice(rest, self.queries)
        shown = [np.zeros([most, *part.shape[1:]], np.float32) for part in pool]
        for into, part in zip(shown, pool, strict=True):
            into[:size] = part[order[:size]]
        return *shown, np.asarray(size, np.int32), pool[0][asked], pool[1][asked]


@functools.lru_cache(maxsize=4)
def _read(paths: tuple[str, ...], example: tuple[int, ...], width: int) -> dict[str, Pool]:
    """All tasks of some files by their ids, in words."""
    extras.need("bulk", "a table of tasks")
    import pyarrow as pa
    import pyarrow.parquet as pq

    wanted, found = ("task_id", "support_x", "support_y"), {}
    for file in _files(paths):
        try:
            table = pq.read_table(file, columns=[name for name in wanted if name in pq.read_schema(file).names])
        except (OSError, pa.ArrowException) as error:
            raise ZooError(f"{file} cannot be read ({cut(error, 200)}); give files of Parquet.") from None
        lacking = [name for name in wanted if name not in table.column_names]
        if lacking:
            raise ZooError(f"{file} lacks the column {lacking[0]}; a table of tasks has {', '.join(wanted)}.")
        for name, x, y in zip(*(table[name].to_pylist() for name in wanted), strict=True):
            found[str(name)] = _pool(f"{file}, task {cut(name)}", x, y, example, width)
    return found


def _pool(where: str, x: Any, y: Any, example: tuple[int, ...], width: int) -> Pool:
    try:
        pool = checks.as_rows("support_x", x, example), checks.as_rows("support_y", y, (width,))
        checks.same_length(*pool)
    except ZooError as error:
        raise ZooError(f"{where}: {error}") from None
    return pool


def _files(paths: tuple[str, ...]) -> list[Path]:
    found: list[Path] = []
    for each in paths:
        path = Path(each)
        found += (
            sorted(path.rglob("*.parquet")) if path.is_dir() else [path] if path.exists() else map(Path, sorted(glob.glob(each)))
        )
    if not found:
        raise ZooError(f"{cut(', '.join(paths))}: no file of Parquet; give files of tasks.")
    return found
