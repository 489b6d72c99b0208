"""Few-shot learners as estimators of scikit-learn: fit learns one task in a moment, from as few examples as there are.

scikit-learn comes with `pip install "fewshot-zoo[sklearn]"`; nothing else here needs it. Estimators of tables pass its own
`check_estimator`; what that asks and those of pictures, or of the functions that a learner knows, cannot give is listed in
`expected_failed_checks`.
"""
# ruff: noqa: N803 - scikit-learn calls its examples X

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from zoo.hub import registry
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.task_model import TaskModel
from zoo.utils import checks, extras
from zoo.utils.errors import ZooError

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ModuleNotFoundError as error:
    raise extras.missing("sklearn", "an estimator", error.name) from None

# scikit-learn's checks make up tables of two to twenty columns.
_WIDTH = "its rows are no examples of the learner, whose size is fixed"
_ROUNDING = "float32: TensorFlow's products round by the place of a row, in the last digits"
_ROUNDED = ("check_methods_sample_order_invariance", "check_methods_subset_invariance")
_EXCEPTIONS = {
    "check_dict_unchanged": _WIDTH,
    "check_dont_overwrite_parameters": _WIDTH,
    "check_dtype_object": _WIDTH,
    "check_estimators_dtypes": _WIDTH,
    "check_estimators_fit_returns_self": _WIDTH,
    "check_estimators_nan_inf": _WIDTH,
    "check_estimators_overwrite_params": _WIDTH,
    "check_estimators_pickle": _WIDTH,
    "check_f_contiguous_array_estimator": _WIDTH,
    "check_fit2d_1sample": _WIDTH,
    "check_fit2d_predict1d": _WIDTH,
    "check_fit_check_is_fitted": _WIDTH,
    "check_fit_idempotent": _WIDTH,
    "check_fit_score_takes_y": _WIDTH,
    "check_methods_sample_order_invariance": f"{_WIDTH}; of rows that are, {_ROUNDING}",
    "check_n_features_in": _WIDTH,
    "check_n_features_in_after_fitting": _WIDTH,
    "check_pipeline_consistency": _WIDTH,
    "check_positive_only_tag_during_fit": _WIDTH,
    "check_readonly_memmap_input": _WIDTH,
    "check_supervised_y_2d": _WIDTH,
}
_OF_CLASSES = {
    "check_classifier_data_not_an_array": _WIDTH,
    "check_classifiers_classes": _WIDTH,
    "check_classifiers_one_label": _WIDTH,
    "check_classifiers_regression_target": _WIDTH,
    "check_classifiers_train": _WIDTH,
    "check_methods_subset_invariance": f"{_WIDTH}; of rows that are, {_ROUNDING}",
}
_OF_NUMBERS = {
    "check_methods_subset_invariance": _WIDTH,
    "check_regressor_data_not_an_array": _WIDTH,
    "check_regressors_int": _WIDTH,
    "check_regressors_no_decision_function": _WIDTH,
    "check_regressors_train": _WIDTH,
}


def expected_failed_checks(estimator: "FewShotClassifier | FewShotRegressor") -> dict[str, str]:
    """Name of each of scikit-learn's checks that the estimator does not pass, and the reason; for `parametrize_with_checks`.

    Of learners of tables they are those that rounding fails on some processors; with AVX-512 these pass too.
    """
    if estimator._learner().reads_tables:
        return dict.fromkeys(_ROUNDED, _ROUNDING)
    return _EXCEPTIONS | (_OF_CLASSES if isinstance(estimator, FewShotClassifier) else _OF_NUMBERS)


# Cells of a table are read by the learner, as they are.
_ANY_CELLS: dict[str, Any] = {"dtype": None, "ensure_all_finite": "allow-nan"}


def _is_frame(X: Any) -> bool:
    return getattr(X, "columns", None) is not None


class _FewShot(BaseEstimator):
    """What both share: the learner by name, rows of any shape as examples, and a fitted task that is a few small arrays."""

    def __init__(self, learner: str | MetaLearner, gradient_steps: int | None, categorical: Sequence[str | int] | None):
        self.learner = learner
        self.gradient_steps = gradient_steps
        self.categorical = categorical

    @property
    def task_(self) -> TaskModel:
        """The task model that `fit` learned, which can be updated, saved and exported."""
        check_is_fitted(self)
        learner = self._learner()
        if learner.origin.get("sha256", "") != self.weights_:
            raise ZooError(f"this estimator was fitted by other weights of {learner.title} than these; fit it again.")
        return TaskModel(learner, self.learned_, self.given_, self.summary_, self.rows_, columns=self.columns_)

    def _learner(self) -> MetaLearner:
        learner = _loaded(self.learner) if isinstance(self.learner, str) else self.learner
        if not isinstance(learner, MetaLearner):
            raise ZooError(
                f"learner is a {type(learner).__name__}; give the name of an entry, the path of a model.keras, or what "
                "zoo.load returns, a learner."
            )
        return learner

    def _fitted_rows(self, X: Any, y: Any, **validation: Any) -> tuple[Any, np.ndarray]:
        """X as examples of the learner, and y, checked as scikit-learn does."""
        if self._learner().reads_tables:
            if not _is_frame(X):
                return validate_data(self, X, y, **_ANY_CELLS, **validation)
            _, y = validate_data(self, np.zeros([len(X), 1]), y, **validation)
            return validate_data(self, X, skip_check_array=True), y
        rows, y = validate_data(self, self._flat(X), y, dtype=np.float32, **validation)
        return self._examples(rows, X), y

    def _new_rows(self, X: Any) -> Any:
        check_is_fitted(self)
        if self._learner().reads_tables:
            return validate_data(self, X, reset=False, **({"skip_check_array": True} if _is_frame(X) else _ANY_CELLS))
        return self._examples(validate_data(self, self._flat(X), dtype=np.float32, reset=False), X)

    def _flat(self, X: Any) -> Any:
        """Pictures as rows of numbers; what has no more than two axes stays as it is."""
        shape = self._learner().example.sizes
        given = checks.shape_of(X) if isinstance(X, np.ndarray | list | tuple) else ()
        if len(given) <= 2:
            return X
        if given[1:] not in (shape, shape[:-1] if shape[-1] == 1 else shape):
            raise ZooError(f"X has shape {list(given)}, but rows of {list(shape)} were expected; resize them.")
        return np.reshape(X, [given[0], -1])

    def _examples(self, rows: np.ndarray, X: Any) -> np.ndarray:
        learner = self._learner()
        shape, numbers = learner.example.sizes, learner.example.numbers
        if rows.shape[1] != numbers:
            raise ZooError(
                f"X has {rows.shape[1]} feature(s), but an example of {learner.title} is {numbers} numbers, {list(shape)}."
            )
        given = np.asarray(X).dtype  # whole numbers stay what they are: the learner tells bytes of pictures by them
        return (rows.astype(given) if given.kind in "iu" else rows).reshape(-1, *shape)

    def _learn(self, x: Any, y: np.ndarray) -> None:
        task = self._learner().learn(x, y, gradient_steps=self.gradient_steps, categorical=self.categorical)
        self.learned_, self.given_, self.weights_ = task.learned, task.given, task.learner.origin.get("sha256", "")
        self.summary_, self.rows_, self.columns_ = task.summary, task.size, task.columns

    def __sklearn_tags__(self) -> Any:
        tags, reads_tables = super().__sklearn_tags__(), self._learner().reads_tables
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = reads_tables
        return tags


class FewShotClassifier(ClassifierMixin, _FewShot):
    """Learn classes of pictures, or of rows of a table, from a few of each.

    X holds pictures `[n, height, width, channels]`, grey ones `[n, height, width]` too, or flat rows `[n, numbers]`, all of the
    size that the learner takes and with bright ink: floats from 0 to 1, or whole numbers from 0 to 255.
    `zoo.datasets.read_folder` makes such pictures of any. y holds names or whole numbers.

    For a learner of tables X is a data frame or an array of any types, with gaps, whose columns come in the same order again.

    Args:
        learner: an entry's name, the path of a `model.keras`, or a learner, which must be a classifier.
        gradient_steps, categorical: as of the learner's `learn`.

    Attributes:
        classes_: the classes, sorted; the columns of `predict_proba`.
        n_features_in_: numbers of an example.
        task_: the task model, to update, save or export: `zoo.export.onnx(estimator, ...)` exports it too.
        learned_: the learned task, a dict of arrays; with `summary_` what a fitted estimator keeps, and what is pickled of it.

    Raises:
        ZooError: which is a `ValueError`, for a learner that is no classifier, and for X of another size.
    """

    def __init__(
        self,
        learner: str | MetaLearner = "protonet_omniglot",
        gradient_steps: int | None = None,
        categorical: Sequence[str | int] | None = None,
    ):
        super().__init__(learner, gradient_steps, categorical)

    def fit(self, X: Any, y: Any) -> "FewShotClassifier":
        """Learn from examples and their classes."""
        if not self._learner().tells_classes:
            raise ZooError(f"{self._learner().title} learns no classes; give it to FewShotRegressor.")
        if y is not None:  # which scikit-learn's own check refuses
            checks.refuse_missing_or_mixed("y", y)
        x, y = self._fitted_rows(X, y)
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        self._learn(x, y)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The class of each example, `[n]`."""
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Calibrated probabilities of the classes, float32 `[n, classes]`."""
        return self.task_.predict_proba(self._new_rows(X))

    def ood_score(self, X: Any) -> np.ndarray:
        """How much each example looks like none of the classes, `[n]`; see `zoo.learners.task_model.TaskModel.ood_score`."""
        return self.task_.ood_score(self._new_rows(X))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = not self._learner().reads_tables  # of pictures, on anything else
        return tags


class FewShotRegressor(RegressorMixin, _FewShot):
    """Learn a function from a few of its points, of the kind that the learner knows, or the numbers of rows of any table.

    Args:
        learner: an entry's name, the path of a `model.keras`, or a learner, which must be one of numbers.
        gradient_steps, categorical: as of the learner's `learn`.

    Attributes:
        n_features_in_: numbers of an example; X may hold examples `[n, *shape]` or flat rows `[n, numbers]`.
        task_: the task model, to update, save or export: `zoo.export.onnx(estimator, ...)` exports it too.
        learned_: the learned task, a dict of arrays; with `summary_` what a fitted estimator keeps, and what is pickled of it.

    Raises:
        ZooError: which is a `ValueError`, for a learner of classes, and for X or y of another size.
    """

    def __init__(
        self,
        learner: str | MetaLearner = "mela_sinusoid",
        gradient_steps: int | None = None,
        categorical: Sequence[str | int] | None = None,
    ):
        super().__init__(learner, gradient_steps, categorical)

    @property
    def _width(self) -> int:
        """Numbers in a label."""
        return self._learner().labels.shape.numbers or 0

    def fit(self, X: Any, y: Any) -> "FewShotRegressor":
        """Learn from examples and their labels, `[n, labels]`, or `[n]` where a label is one number."""
        if self._learner().tells_classes:
            raise ZooError(f"{self._learner().title} learns classes; give it to FewShotClassifier.")
        x, y = self._fitted_rows(X, y, y_numeric=True, multi_output=self._width > 1)
        self._learn(x, y if np.ndim(y) == 1 else np.reshape(y, [len(y), -1]))
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The label of each example, float32 `[n, labels]`, or `[n]` where a label is one number."""
        return self.task_.predict(self._new_rows(X))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = not self._learner().reads_tables  # on functions of another kind than it knows
        tags.target_tags.multi_output = self._width > 1
        return tags


_loaded = functools.lru_cache(maxsize=4)(registry.load)
