"""A promise: what it is about, how a model renounces it, and the function that holds it."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from promises.subject import Subject
from zoo.learners.learner import Learner
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.zoo_model import ZooModel

Offers = Callable[[Any], bool]


@dataclass(frozen=True)
class Promise:
    """A promise.

    Attributes:
        check: raises an AssertionError where a subject breaks it.
        of: says whether it is about a model at all, such as `is_learner`; what a model can do, not what it would rather not.
        unless: an attribute and the value by which the body of a model's class renounces it; None where no model may.
    """

    check: Callable[[Subject], None]
    of: Offers
    unless: tuple[str, Any] | None = None

    @property
    def name(self) -> str:
        """The promise in words."""
        return self.check.__name__.replace("_", " ")

    def renounced(self, model: Any) -> bool:
        """Whether a class that the model is made of renounces the promise in its own body; the seam itself renounces nothing."""
        if self.unless is None:
            return False
        name, value = self.unless
        bodies = [vars(each) for each in type(model).__mro__ if each not in (ZooModel, Learner, MetaLearner)]
        said = next((body[name] for body in bodies if name in body), None)
        return said is value

    def holds_for(self, model: Any) -> bool:
        """Whether a model has to keep it."""
        return self.of(model) and not self.renounced(model)

    def hold(self, subject: Subject) -> None:
        """Hold it over a subject, if it has to be kept."""
        if not self.holds_for(subject.model):
            return
        try:
            self.check(subject)
        except Exception as error:
            error.add_note(f"{subject.model.name} breaks a promise: {self.name}")
            raise


def promise(of: Offers, unless: tuple[str, Any] | None = None) -> Callable[[Callable[[Subject], None]], Promise]:
    """Make a promise of a function; see `Promise`."""
    return lambda check: Promise(check, of, unless)


def of_module(module: ModuleType) -> list[Promise]:
    """Every promise of a module, in order."""
    return [found for found in vars(module).values() if isinstance(found, Promise)]


def is_model(model: Any) -> bool:
    """All models."""
    return isinstance(model, ZooModel)


def is_learner(model: Any) -> bool:
    """Models with a support set."""
    return isinstance(model, MetaLearner)


def tells_classes(model: Any) -> bool:
    """Learners whose labels are classes."""
    return is_learner(model) and model.tells_classes
