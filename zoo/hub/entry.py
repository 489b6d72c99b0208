"""An entry of the zoo as data: which learner, on which episodes, trained how, and what its paper published."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """How an entry is trained.

    Attributes:
        steps: optimiser steps; 0 of a learner without weights.
        tasks_per_step: B, tasks in one step.
        learning_rate: peak learning rate of the optimiser.
        optimizer: "adam"; "muon" for matrices, with Adam at a fifth of its rate for all else; or "kernel_muon", which treats
            kernels of convolutions as matrices too, with Adam at the same rate for vectors; or "sgd", plain descent.
        schedule: "cosine" decays the learning rate to zero over all steps; "linear" too, along a line; "constant" keeps it;
            "halving" halves it every `halve_every` steps.
        warmup: steps of linear warm-up before a cosine schedule.
        clip_norm: the gradient's norm is clipped to this; None for no clipping.
        loss: a Keras loss by name, "cross_entropy" of logits with one-hot labels, or None for a model with its own objective.
        average: momentum of the exponential moving average of the weights that is shipped; None ships the last step's.
        steps_per_execution: steps in one compiled call; `steps` is a multiple of it.
        jit: whether XLA compiles the steps; its convolutions are slow on a CPU.
        epochs: how often in all the curve is written, the state saved, and the validation tasks scored.
        seed: seed of the weights and of the episodes.
        halve_every: steps, for the schedule of that name.
        precision: Keras' dtype policy while training, such as "mixed_bfloat16", which is faster on processors that know it;
            what is shipped is float32.
    """

    steps: int
    tasks_per_step: int
    learning_rate: float
    optimizer: str = "adam"
    schedule: str = "cosine"
    warmup: int = 0
    clip_norm: float | None = None
    loss: str | None = "mse"
    average: float | None = None
    steps_per_execution: int = 50
    jit: bool = True
    epochs: int = 100
    seed: int = 1
    halve_every: int = 2000
    precision: str = "float32"

    def __post_init__(self) -> None:
        if self.steps % (self.epochs * self.steps_per_execution):
            raise ValueError(
                f"Recipe(steps={self.steps}, epochs={self.epochs}, steps_per_execution={self.steps_per_execution}): "
                "steps must be a multiple of epochs x steps_per_execution."
            )

    @property
    def steps_per_epoch(self) -> int:
        """Optimiser steps of one epoch."""
        return self.steps // self.epochs


@dataclass(frozen=True)
class Published:
    """One figure of a paper.

    Attributes:
        condition: the conditions it was measured under, as `Benchmark.conditions` names them, e.g. `{"steps": 0}`.
        value: the figure, in the entry's metric.
        source: where in the paper.
    """

    condition: dict[str, Any]
    value: float
    source: str


def series(condition: dict[str, Any], along: str, values: dict[float, float], source: str) -> tuple[Published, ...]:
    """Figures of a paper that differ in one condition, `along`, only."""
    return tuple(Published(condition | {along: at}, value, source) for at, value in values.items())


@dataclass(frozen=True)
class Entry:
    """A name in the zoo.

    Attributes:
        learner: the class of the model, a `ZooModel`.
        config: its hyper-parameters, an instance of `learner.config_class`.
        benchmark: what it is trained and evaluated on (see `zoo.datasets.benchmark`).
        recipe: how it is trained.
        published: figures of the source paper, shown beside ours.
        licence: licence of the weights.
        weights_of: name of the entry that was trained, where this one makes something else of the same weights; both have the
            same episodes and recipe, and learners whose weights are the same list.
        starts_from: name of the entry whose shipped encoder training begins with, of the same blocks; None for random weights.
        curriculum: easier benchmarks that training begins with, and for how many epochs each; the rest is on `benchmark`.
    """

    learner: type
    config: Any
    benchmark: Any
    recipe: Recipe
    published: tuple[Published, ...] = field(default=())
    licence: str = "Apache-2.0"
    weights_of: str | None = None
    starts_from: str | None = None
    curriculum: tuple[tuple[Any, int], ...] = ()

    def __post_init__(self) -> None:
        if self.curriculum and not 0 < sum(epochs for _, epochs in self.curriculum) < self.recipe.epochs:
            told = [epochs for _, epochs in self.curriculum]
            raise ValueError(f"Entry(curriculum of {told} epochs): leave one or more of {self.recipe.epochs} to the benchmark.")

    @property
    def input_range(self) -> tuple[float, float] | None:
        """Lowest and highest number of the training examples; None where the benchmark does not say."""
        return self.benchmark.input_range

    def tell(self, model: Any) -> None:
        """Set what a model may warn of: the ranges of training, and what its tasks are."""
        model.input_range, model.label_range = self.benchmark.input_range, self.benchmark.label_range
        model.knows = self.benchmark.knows

    def lessons(self) -> list[tuple[Any, int, int]]:
        """What training is on, in turn: a benchmark, and from and up to which epoch."""
        lengths = [epochs for _, epochs in self.curriculum]
        bounds = [0, *(sum(lengths[: number + 1]) for number in range(len(lengths))), self.recipe.epochs]
        each = [*(benchmark for benchmark, _ in self.curriculum), self.benchmark]
        return list(zip(each, bounds[:-1], bounds[1:], strict=True))

    def build(self, precision: str = "float32") -> Any:
        """Return an untrained model, with that dtype policy."""
        model = self.learner(self.config, dtype=precision)
        self.tell(model)
        return model
