"""Everything that has a name in the zoo: a Keras model with one frozen config, an origin, endpoints, and `fit` in one program."""

import abc
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Self, final

import keras
import tensorflow as tf

from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.fused_steps import fused
from zoo.learners.graphs import Graphs
from zoo.utils import processes
from zoo.utils.errors import ZooError

Condition = dict[str, Any]


class ZooModel(keras.Model, abc.ABC):
    """A model of the zoo, with or without a support set.

    A subclass sets `config_class`, builds its layers in `__init__` from the config, and gives `forward` and `endpoints`. Cards,
    exports, `zoo serve` and the page need no more.

    Args:
        config: a frozen dataclass with every hyper-parameter; `get_config` is derived from it.
    """

    config_class: ClassVar[type]
    train_function: Any  # Keras': what one execution of `fit` runs
    learned: ClassVar[None] = None  # the learned task inside of what is exported: none in a model, see `TaskModel`
    classes: ClassVar[tuple] = ()  # names of the classes that an export answers with, see `TaskModel`
    columns: ClassVar[None] = None  # how rows of a table become numbers: a matter of each task, see `TaskModel`
    ood_threshold: ClassVar[float] = float("inf")
    carries: ClassVar[bool] = False  # whether a step of training goes on from what its tasks had become in the one before
    licence: str = ""  # and checksum of weights of somebody else's, in words, which go into every export

    def __init__(self, config: Any = None, **kwargs: Any):
        processes.begin()
        super().__init__(**kwargs)
        self.config = self.config_class() if config is None else config
        self.input_range: tuple[float, float] | None = None  # lowest and highest number of training, where an entry tells
        self.label_range: tuple[float, float] | None = None  # as `input_range`, of labels that are numbers
        self.knows = ""  # what its tasks are, in words, where an entry tells
        self.title = self.name  # for metadata and messages: the name of the entry, or of its file, once it has one
        self.origin: dict[str, Any] = {}  # the entry and checksum that the weights came from; empty when trained by hand
        self.graphs = Graphs(self.functions)

    @abc.abstractmethod
    def endpoints(self) -> dict[str, Endpoint]:
        """The pure functions that export, serving and the page see, by signature name."""

    def served_endpoints(self) -> dict[str, Endpoint]:
        """The endpoints that a SavedModel has; more than `endpoints` where some answer with strings."""
        return self.endpoints()

    def functions(self) -> Mapping[str, Callable[[], Any]]:
        """What `graphs` makes, by name."""
        return {"forward": lambda: tf.function(self.forward, autograph=False)}

    def answers(self, episode: Tensors, horizon: int = 1) -> tf.Tensor:
        """What evaluation scores: `forward`, compiled, unless a model answers otherwise.

        Args:
            episode: all that a model may see of the tasks drawn, `Tasks.inputs`.
            horizon: steps to predict one after the other, see `zoo.datasets.Benchmark`.
        """
        return self.graphs.forward(episode)

    @abc.abstractmethod
    def forward(self, episode: Tensors) -> tf.Tensor:
        """What the model answers outside training, from all that it may see of an episode batch; pure."""

    def training_forward(self, episode: Tensors) -> Any:
        """What training makes of the inputs of an episode batch: the prediction that Keras' loss compares with the truth.

        With an `objective` of its own a model may give anything. Only here may state change and losses be added.
        """
        return self.forward(episode)

    def objective(self, outputs: Any, truth: tf.Tensor) -> tf.Tensor | None:
        """A loss of its own, of what `training_forward` gave and the truth; None for the loss that `compile` was given."""
        return None

    def variants(self, gradient_steps: Sequence[int] = ()) -> list[tuple[Condition, dict[str, Any]]]:
        """The ways of answering that a card compares: the condition of each, and further arguments of `answers`."""
        return [({}, {})]

    def for_training(self, benchmarks: Sequence[Any]) -> Sequence[Any]:
        """What training draws from in place of benchmarks, where that is cheaper; the benchmarks themselves by default."""
        return benchmarks

    def for_evaluation(self, benchmark: Any, many: bool = False) -> tuple[Any, Any]:
        """What evaluation asks in place of this model and a benchmark, to the same answers; both as they are by default.

        With `many`, so many tasks are drawn that preparing all that they are drawn from pays.
        """
        return self, benchmark

    def task_models(self, drawn: Any) -> list[Any]:
        """A task model of each task drawn; none of a model without a support set."""
        return []

    def prepare(self, benchmark: Any, tasks_per_step: int) -> None:
        """Build what only training needs, before the optimiser: a layer that tells training classes apart, a state between steps.

        It comes after all other weights, and is not shipped.

        Args:
            benchmark: what training is on.
            tasks_per_step: tasks in one step of it.
        """

    def offers(self, capability: type) -> bool:
        """Whether the model keeps the promises of a protocol of `zoo.learners.capabilities`."""
        return isinstance(self, capability)

    @property
    def tells_classes(self) -> bool:
        """Whether the model answers with logits of classes."""
        return False

    @property
    def weights_in_order(self) -> list[keras.Variable]:
        """All variables in the order they were built in, as an export stores them."""
        return list(self.variables)

    @final
    def call(self, episode: Tensors, training: bool = False) -> Any:
        """Keras' forward pass over an episode batch."""
        processes.check()
        return self.training_forward(episode) if training else self.forward(episode)

    @final
    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> tf.Tensor:
        """Keras' hook: the model's own objective in training, if it has one."""
        own = self.objective(y_pred, y) if training else None
        if own is None:
            return super().compute_loss(x, y, y_pred, _for_each_query(sample_weight, y), training)
        if sample_weight is not None:
            raise ZooError(f"sample_weight: {self.title} trains on an objective of its own, which has no weights; leave it out.")
        return tf.add_n([own, *self.losses])

    @final
    def fit(self, *args: Any, **kwargs: Any) -> keras.callbacks.History:
        """Keras' `fit`, of episode batches.

        Raises:
            ZooError: for `class_weight`: the classes of each task are its own.
        """
        processes.check()
        if kwargs.get("class_weight") is not None:
            raise ZooError(
                "class_weight: class 0 of one task is another one than class 0 of the next, so there are no weights of classes; "
                "give a sample_weight of each task [B], or of each query [B, M], as the third part of a batch."
            )
        return super().fit(*args, **kwargs)

    @final
    def make_train_function(self, force: bool = False) -> None:
        """Keras' train function; with XLA and several steps per execution, all of them in one program."""
        if self.train_function is not None and not force:
            return
        super().make_train_function(force)
        one_replica = self.distribute_strategy.num_replicas_in_sync == 1
        if self.jit_compile and self.steps_per_execution > 1 and one_replica and not self.run_eagerly:
            self.train_function = fused(self, self.train_function)

    @final
    def get_config(self) -> dict[str, Any]:
        return {"config": dataclasses.asdict(self.config), "name": self.name, "dtype": self.dtype_policy.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        fields = {key: tuple(value) if isinstance(value, list) else value for key, value in config["config"].items()}
        return cls(cls.config_class(**fields), name=config["name"], dtype=config["dtype"])


def _for_each_query(weight: Any, truth: Any) -> Any:
    """Sample weights of tasks `[B]` as weights of their queries `[B, 1, ...]`, as Keras' losses `[B, M, ...]` are weighted."""
    if weight is None or truth is None:
        return weight
    weight, losses = tf.convert_to_tensor(weight), len(truth.shape) - 1
    if not 1 <= len(weight.shape) <= losses:
        raise ZooError(
            f"sample_weight has shape {list(weight.shape)} beside a truth of {list(truth.shape)}; give one of each task [B], "
            "or of each query [B, M]."
        )
    return tf.reshape(weight, tf.concat([tf.shape(weight), tf.ones(losses - len(weight.shape), tf.int32)], axis=0))
