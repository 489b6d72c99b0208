"""A model zoo for learning new tasks from a handful of examples, on TensorFlow and Keras 3.

    import zoo

    learner = zoo.load("mela_sinusoid")
    task = learner.learn(x, y)
    task.predict(x_new)
    zoo.export.onnx(task, "wave.onnx")

Importing `zoo` imports no TensorFlow; the first `load` does.
"""

import importlib
from typing import TYPE_CHECKING, Any

from zoo.hub.registry import card, load, names
from zoo.utils import backend
from zoo.utils.errors import ZooError

if TYPE_CHECKING:
    from zoo import datasets, evaluation, export, layers, learners, models, serving, training
    from zoo.evaluation.background import calibrate
    from zoo.hub.task_folder import load as load_task
    from zoo.hub.task_folder import save as save_task
    from zoo.models.around import maml
    from zoo.models.encoded import encoded

__version__ = "0.1.0"
__all__ = [
    "ZooError",
    "calibrate",
    "card",
    "datasets",
    "encoded",
    "evaluation",
    "export",
    "layers",
    "learners",
    "load",
    "load_task",
    "maml",
    "models",
    "names",
    "save_task",
    "serving",
    "training",
]

_ESTIMATORS = ("FewShotClassifier", "FewShotRegressor")  # not in __all__: they need scikit-learn
_FUNCTIONS = {"calibrate": "evaluation.background", "encoded": "models.encoded", "maml": "models.around"}
_PARTS = ("datasets", "evaluation", "export", "layers", "learners", "models", "serving", "training")


def __getattr__(name: str) -> Any:
    if name == "layers":
        backend.check()  # the other parts check it themselves; layers know none of the zoo's tools
    if name in _PARTS:
        return importlib.import_module(f"zoo.{name}")
    if name in ("load_task", "save_task"):
        return getattr(importlib.import_module("zoo.hub.task_folder"), name.removesuffix("_task"))
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(f"zoo.{_FUNCTIONS[name]}"), name)
    if name in _ESTIMATORS:
        return getattr(importlib.import_module("zoo.estimators"), name)
    raise AttributeError(f"module 'zoo' has no attribute {name!r}; it has {', '.join(__all__)}.")
