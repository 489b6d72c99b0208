"""The seam: a meta-learner is two pure functions, adapt (support -> learned task) and apply (learned task, query -> prediction).

Everything else here follows from the two: training with Keras' `fit`, learning from a user's own arrays, and the
endpoints that export and serving publish.
"""

import abc
import dataclasses
import functools
from typing import Any, ClassVar, final

import keras
import numpy as np
import tensorflow as tf

from zoo.learners import fine_tuning
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.fused_steps import fused
from zoo.learners.task_model import TaskModel
from zoo.utils import checks
from zoo.utils.errors import ZooError


class MetaLearner(keras.Model, abc.ABC):
    """A Keras model that turns a support set into a learned task.

    A subclass sets `config_class`, builds its layers in `__init__` from the config, and gives `adapt`, `apply`,
    `example_shape` and `label_width`. An episode batch is an ordinary Keras example, so `compile()` and `fit()` train it:

        ({"support_x": [B, N, ...], "support_y": [B, N, n], "support_size": int32 [B], "query_x": [B, M, ...]},
         query_y [B, M, n])

    Args:
        config: a frozen dataclass with every hyper-parameter; `get_config` is derived from it.
    """

    config_class: ClassVar[type]
    train_function: Any  # Keras': what one execution of `fit` runs
    classes: tuple = ()
    ood_threshold: float = float("inf")
    learned: dict[str, np.ndarray] | None = None

    def __init__(self, config: Any = None, **kwargs):
        super().__init__(**kwargs)
        self.config = self.config_class() if config is None else config
        self.input_range: tuple[float, float] | None = (
            None  # lowest and highest number of training's examples, where an entry tells
        )
        self.origin: dict[str, Any] = {}  # the entry and checksum that the weights came from; empty when trained by hand

    @property
    @abc.abstractmethod
    def example_shape(self) -> tuple[int, ...]:
        """Shape of one example, without task and support axes."""

    @property
    def query_shape(self) -> tuple[int, ...]:
        """Shape of one query; that of an example unless a learner says so."""
        return self.example_shape

    @property
    @abc.abstractmethod
    def label_width(self) -> Any:
        """Width n of one label, an int; None for a classifier, whose labels are one-hot over whatever classes a support has."""

    @property
    def title(self) -> str:
        """What exports call it."""
        return self.name

    @property
    def weights_in_order(self) -> list:
        """Its weights, in the order they were built."""
        return self.variables

    @abc.abstractmethod
    def adapt(self, support_x, support_y, support_size) -> Tensors:
        """Learn tasks: `[B, N, ...], [B, N, n], int32 [B] -> dict of [B, ...]`. Rows from `support_size` on are padding."""

    @abc.abstractmethod
    def apply(self, task: Tensors, query_x):
        """Predict with learned tasks: `dict of [B, ...], [B, M, ...] -> [B, M, n]`."""

    def penalties(self, task: Tensors, episode: Tensors) -> list:
        """Scalars that training adds to the loss for learned tasks and the episode of `call`; none unless a learner says so.

        They are added here and not in `adapt`, which stays pure: an exported graph holds no loss.
        """
        return []

    def training_forward(self, episode: Tensors) -> tuple[Tensors, Any]:
        """Learned tasks and predictions of a training step: `adapt`, then `apply`, unless training sees more than the two.

        A learner whose layers keep statistics of a batch overrides this and embeds support and query in one call. It may change
        state and add losses, which `adapt` and `apply` never do.
        """
        task = self.adapt(episode["support_x"], episode["support_y"], episode["support_size"])
        return task, self.apply(task, episode["query_x"])

    def prepare(self, classes: int) -> None:
        """Build what only training needs, before the optimiser: a learner that trains to tell so many classes apart does.

        It comes after all other weights of the learner, and is not shipped.
        """

    def refiners(self) -> dict[str, fine_tuning.Refiner]:
        """Ways to improve a learned task by gradient steps on its support, by name; the first one is the default.

        None where a learner returns an empty dict.
        """
        return {"weights": fine_tuning.AdamRefiner(self.adapt, lambda task: task, self.apply)}

    @property
    def adapt_steps(self) -> int:
        """How many of the default refiner's steps `adapt` is worth; none unless a learner says so."""
        return 0

    @final
    def call(self, episode, training=False):
        task, prediction = self.training_forward(episode) if training else MetaLearner.training_forward(self, episode)
        for penalty in self.penalties(task, episode):
            self.add_loss(penalty)
        return prediction

    @final
    def make_train_function(self, force=False):
        """Keras' train function; with XLA and several steps per execution, all of them in one program."""
        if self.train_function is not None and not force:
            return
        super().make_train_function(force)
        one_replica = self.distribute_strategy.num_replicas_in_sync == 1
        if self.jit_compile and self.steps_per_execution > 1 and one_replica and not self.run_eagerly:
            self.train_function = fused(self, self.train_function)

    @final
    def learn(
        self, x: Any, y: Any, *, keep: int | None = None, gradient_steps: int | None = None, on: str | None = None
    ) -> TaskModel:
        """Learn one task from labelled examples, in one pass of `adapt` or by gradient steps of your own number.

        Args:
            x: examples `[N, *example_shape]`; a plain list of N numbers where an example is one number.
            y: labels `[N, label_width]`; a plain list of N numbers where a label is one number; for a classifier a list of N
                classes, strings or whole numbers.
            keep: learn from so many of the most influential examples only; for learners that read a set.
            gradient_steps: how many steps on these examples, 0 to 1000, counted as on the cards: from the start of the way `on`,
                which for MAML is the weights before its inner steps. By default as many as `adapt` is worth.
            on: what the steps move, a name in `refiners()`; the first one by default.

        Returns:
            A `TaskModel`, whose `predict` gives `[M, label_width]`, or `[M]` where `y` was a plain list or classes.

        Raises:
            ZooError: for wrong shapes, different lengths, no examples, NaN or infinity among them, `keep` below 1 or above N or
                with a learner that has no influence, gradient steps below 0 or above 1000, or an unknown `on`.

        Warns:
            UserWarning: where an example lies outside `input_range`.
        """
        classes = self.classes_of(y)
        support = self.support(x, y, classes=classes)
        if keep is not None:
            support = self.most_influential(*support, keep)
        task, kept = self.adapt_and_summarise(*support)
        if gradient_steps is not None or on is not None:
            task = self._refine(*support, gradient_steps, on)
        flat = np.ndim(y) == 1 and not classes
        return TaskModel(self, _arrays(task), flat, _arrays(kept), int(support[2][0]), classes)

    def most_influential(self, support_x, support_y, support_size, keep: int):
        """The support, as for `adapt`, with only the examples that count most; only learners that read a set know them.

        Raises:
            ZooError: for a learner without influence.
        """
        raise ZooError(f"{self.name} has no influence to keep examples by; learners that read a set have, as MeLA's entries do.")

    def adapt_and_summarise(self, support_x, support_y, support_size) -> tuple[Tensors, Tensors]:
        """The learned task, and what a task model keeps of its support so that it can grow: nothing unless a learner says so."""
        return self.compiled_adapt(support_x, support_y, support_size), {}

    @final
    def classes_of(self, y: Any) -> tuple:
        """The distinct classes of a user's labels, sorted; none unless this is a classifier."""
        return () if self.label_width is not None else tuple(np.unique(checks.as_labels("y", y)).tolist())

    @final
    def support(self, x: Any, y: Any, stacklevel: int = 2, classes: tuple = ()) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """A user's arrays as the support of one task, checked: what `adapt` takes. `stacklevel` is that of `examples`.

        A classifier's labels are all among `classes`, in whose order they become one-hot.
        """
        support_x = self.examples("x", x, stacklevel + 1)
        if self.label_width is None:
            support_y = checks.one_hot(checks.as_labels("y", y), classes)
        else:
            support_y = checks.as_rows("y", y, (self.label_width,))
        checks.same_length(support_x, support_y)
        return support_x[None], support_y[None], np.array([len(support_x)], np.int32)

    @final
    def examples(self, name: str, values: Any, stacklevel: int = 2) -> np.ndarray:
        """A user's array `name` as rows, checked; a warning points that many calls up, 2 being the caller of our caller."""
        rows = checks.as_rows(name, values, self.example_shape)
        checks.warn_outside(name, rows, self.input_range, stacklevel + 1)
        return rows

    def _refine(self, support_x, support_y, support_size, gradient_steps, on) -> Tensors:
        ways, most = self.compiled_refined, fine_tuning.MOST_STEPS
        if not ways:
            raise ZooError(f"{self.name} takes no gradient steps; learn without gradient_steps and on.")
        on = next(iter(ways)) if on is None else on
        if on not in ways:
            raise ZooError(f"on={on!r}: {self.name} takes gradient steps on {' or '.join(map(repr, ways))}.")
        if not isinstance(gradient_steps, int | np.integer) or not 0 <= gradient_steps <= most:
            raise ZooError(f"gradient_steps={gradient_steps!r}: take a whole number of steps, 0 to {most}.")
        return ways[on](support_x, support_y, support_size, np.array([gradient_steps], np.int32))

    @functools.cached_property
    def compiled_refined(self):
        """For each refiner by name: support and steps int32 `[B]` to the learned tasks, as one compiled function."""
        signature = [*self.support_spec.values(), tf.TensorSpec([None], tf.int32)]
        return {
            name: tf.function(functools.partial(fine_tuning.refined, refiner), input_signature=signature, autograph=False)
            for name, refiner in self.refiners().items()
        }

    @functools.cached_property
    def compiled_adapt(self):
        """`adapt` as one compiled function for every number of tasks and examples."""
        return tf.function(self.adapt, input_signature=list(self.support_spec.values()), autograph=False)

    @functools.cached_property
    def compiled_apply(self):
        """`apply` as one compiled function for every number of tasks and queries."""
        return tf.function(self.apply, input_signature=[self.task_spec, self.query_spec["query_x"]], autograph=False)

    @property
    def support_spec(self) -> dict[str, tf.TensorSpec]:
        """Name, shape and dtype of the arguments of `adapt`, in order."""
        return {
            "support_x": tf.TensorSpec([None, None, *self.example_shape], tf.float32),
            "support_y": tf.TensorSpec([None, None, self.label_width], tf.float32),
            "support_size": tf.TensorSpec([None], tf.int32),
        }

    @property
    def query_spec(self) -> dict[str, tf.TensorSpec]:
        """Name, shape and dtype of the query of `apply`."""
        return {"query_x": tf.TensorSpec([None, None, *self.query_shape], tf.float32)}

    @functools.cached_property
    def task_spec(self) -> dict[str, tf.TensorSpec]:
        """Name, shape `[None, ...]` and dtype of every tensor of a learned task."""
        learned = self.compiled_adapt.get_concrete_function().structured_outputs
        return {name: tf.TensorSpec([None, *spec.shape[1:]], spec.dtype) for name, spec in learned.items()}

    @property
    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        """Name of each dynamic axis of a learned task; beyond the first, those are a classifier's classes unless it says so."""
        return {name: ("tasks", *(None if size else "ways" for size in spec.shape[1:])) for name, spec in self.task_spec.items()}

    def endpoints(self) -> dict[str, Endpoint]:
        """The pure functions that export and serving publish, by signature name."""
        steps = {"steps": tf.TensorSpec([None], tf.int32)}
        axes: dict[str, tuple[str | None, ...]] = {
            "support_x": ("tasks", "support"),
            "support_y": ("tasks", "support", None if self.label_width else "ways"),
            "support_size": ("tasks",),
            "query_x": ("tasks", "query"),
            "steps": ("tasks",),
            **self.task_axes,
        }
        endpoints = {
            "serving_default": Endpoint(self._predict, self.support_spec | self.query_spec, axes),
            "adapt": Endpoint(self.adapt, self.support_spec, axes),
            "apply": Endpoint(self._apply, self.task_spec | self.query_spec, axes),
        }
        if self.refiners():
            endpoints["fine_tune"] = Endpoint(self._fine_tune, self.support_spec | self.query_spec | steps, axes)
        return endpoints

    def served_endpoints(self) -> dict[str, Endpoint]:
        """The endpoints of a SavedModel: the same."""
        return self.endpoints()

    def _predict(self, query_x, **support) -> Tensors:
        return {"prediction": self.apply(self.adapt(**support), query_x)}

    def _fine_tune(self, query_x, steps, **support) -> Tensors:
        default = next(iter(self.refiners().values()))
        return {"prediction": self.apply(fine_tuning.refined(default, **support, steps=steps), query_x)}

    def _apply(self, query_x, **task) -> Tensors:
        return {"prediction": self.apply(task, query_x)}

    @final
    def get_config(self):
        return {"config": dataclasses.asdict(self.config), "name": self.name, "dtype": self.dtype_policy.name}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        fields = {key: tuple(value) if isinstance(value, list) else value for key, value in config["config"].items()}
        return cls(cls.config_class(**fields), name=config["name"], dtype=config["dtype"])


def _arrays(tensors: Tensors) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in tensors.items()}
