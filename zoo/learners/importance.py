"""How much each column of a table counts: by what the column does to a learned task's answers, and by permutation.

I. M. Sobol, "Global sensitivity indices for nonlinear mathematical models", 2001: the total effect of a column, here its root and
by M. Jansen's estimator, "Analysis of variance designs for model output", 1999, over rows drawn from what the task keeps of its
columns. L. Breiman, "Random forests", 2001: the rise of the error when a column is shuffled, over rows that a user gives.
"""

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from zoo.learners.kept_columns import KeptColumns
from zoo.utils import checks
from zoo.utils.errors import ZooError
from zoo.utils.logits import softmax

ROWS = 512  # that are drawn for the effects
SMALLEST = 1e-6  # probability that a log loss counts with
MOST_REPEATS = 1_000


@final
@dataclass(frozen=True)
class Importance:
    """How much the columns of a table count, in the order of the table.

    Attributes:
        columns: what people call them.
        effect: float32 `[columns]`, the standard deviation of the answer that the column causes, alone and with others: of
            classes in probability, over all classes; of numbers in the label's unit. 0 of a column that is not read.
        rise: float32 `[columns]`, how much the error of rows that were given rises when the column is shuffled among them: of
            classes the log loss, of numbers the root of the mean squared error. Empty where no rows were given.
        deviation: float32 `[columns]`, the standard deviation of `rise` between repeats.
    """

    columns: tuple[str, ...]
    effect: np.ndarray
    rise: np.ndarray
    deviation: np.ndarray

    @property
    def order(self) -> list[int]:
        """Places of the columns, that of the largest effect first."""
        return np.argsort(-self.effect, kind="stable").tolist()

    def __str__(self) -> str:
        rows = []
        for at in self.order:
            more = f", shuffled {self.rise[at]:+.3g} ± {self.deviation[at]:.2g}" if self.rise.size else ""
            rows.append(f"{self.columns[at]}: {self.effect[at]:.3g}{more}")
        return "\n".join(rows)


def importance(task: Any, x: Any = None, y: Any = None, repeats: int = 10, seed: int = 0) -> Importance:
    """That of a task model; see `TaskModel.importance`."""
    kept = KeptColumns.of(task)
    generator = np.random.default_rng(seed)
    effect = np.array(_effects(task, kept, generator), np.float32)
    if (x is None) != (y is None):
        raise ZooError(f"{'y' if x is None else 'x'} is given without {'x' if x is None else 'y'}; give both, or neither.")
    nothing = np.zeros(0, np.float32)
    if x is None:
        return Importance(kept.names, effect, nothing, nothing)
    if not 1 <= repeats <= MOST_REPEATS:
        raise ZooError(f"repeats={repeats}: shuffle each column 1 to {MOST_REPEATS} times.")
    rises = _rises(task, kept, x, y, repeats, generator)
    deviation = rises.std(axis=1, ddof=1) if repeats > 1 else np.zeros(len(rises))
    return Importance(kept.names, effect, rises.mean(axis=1).astype(np.float32), deviation.astype(np.float32))


def predictions(task: Any, answers: np.ndarray) -> np.ndarray:
    """Answers as numbers that can be compared: of classes probabilities, of numbers themselves, float64 `[M, K]`."""
    answers = answers.reshape(len(answers), -1).astype(np.float64)
    return softmax(answers[:, : len(task.classes)]) if task.classes else answers


def losses(task: Any, predicted: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Of each row the log loss, or of numbers the squared error, float64 `[M]`; `labels` are encoded, `[M, K]`."""
    labels = labels.reshape(len(labels), -1)[:, : predicted.shape[1]]
    if task.classes:
        return -np.log(np.maximum((predicted * labels).sum(axis=1), SMALLEST))
    return np.square(predicted - labels).sum(axis=1)


def _effects(task: Any, kept: KeptColumns, generator: np.random.Generator) -> list[float]:
    """Roots of the total effects: half the mean square by which the answer moves when one column is drawn anew."""
    rows, others = kept.draw(generator, ROWS), kept.draw(generator, ROWS)
    before = predictions(task, task.answers_to(rows))
    found = []
    for column in range(len(kept.names)):
        inputs, moved = kept.inputs_of(column), rows.copy()
        moved[:, inputs] = others[:, inputs]
        apart = predictions(task, task.answers_to(moved)) - before if inputs else np.zeros_like(before)
        found.append(float(np.sqrt(0.5 * np.square(apart).sum(axis=1).mean())))
    return found


def _rises(task: Any, kept: KeptColumns, x: Any, y: Any, repeats: int, generator: np.random.Generator) -> np.ndarray:
    """By how much the error rises, `[columns, repeats]`."""
    rows, labels = task.learner.queries("x", x, task.columns), task.learner.labels.encode(y, task.given)
    checks.same_length(rows, labels)

    def error(of: np.ndarray) -> float:
        mean = float(losses(task, predictions(task, task.answers_to(of)), labels).mean())
        return mean if task.classes else mean**0.5

    before, orders = error(rows), [generator.permutation(len(rows)) for _ in range(repeats)]
    found = np.zeros([len(kept.names), repeats])
    for column in range(len(kept.names)):
        inputs = kept.inputs_of(column)
        for at, order in enumerate(orders if inputs else ()):
            shuffled = rows.copy()
            shuffled[:, inputs] = rows[order][:, inputs]
            found[column, at] = error(shuffled) - before
    return found
