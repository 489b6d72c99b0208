"""Promises about training and saving: one seed is one first step, and what is loaded is what was saved."""

import json
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np

from promises.answers import assert_identical
from promises.promise import is_learner, is_model, promise
from promises.subject import Subject, example, rebuilt
from zoo.learners import made

CLASSES = 3  # of training as an ordinary classifier


@promise(of=is_model)
def a_config_is_plain_data_that_makes_the_same_model(subject: Subject) -> None:
    model = subject.model
    other = type(model).from_config(json.loads(json.dumps(model.get_config())))
    assert other.config == model.config
    assert [each.shape for each in other.weights] == [each.shape for each in model.weights]
    assert [each.path for each in other.weights] == [each.path for each in model.weights]


@promise(of=is_model)
def what_is_loaded_is_what_was_saved(subject: Subject) -> None:
    """And loading traces nothing."""
    model = subject.model
    path = subject.folder / "model.keras"
    model.save(path)
    loaded = keras.saving.load_model(path, safe_mode=True)
    assert not vars(loaded.graphs)["_made"]
    assert type(loaded) is type(model) and loaded.config == model.config
    for got, want in zip(loaded.weights, model.weights, strict=True):
        np.testing.assert_array_equal(got.numpy(), want.numpy(), err_msg=want.path)
    if is_learner(model):
        x, y = made.support(model)
        got, want = (each.learn(x, y) for each in (loaded, model))
        query = made.queries(model)
        np.testing.assert_array_equal(got.answers(query), want.answers(query))
        np.testing.assert_array_equal(got.predict(query), want.predict(query))
        return
    name, endpoint = next(iter(subject.endpoints.items()))
    inputs = example(endpoint)
    got = {key: value.numpy() for key, value in loaded.endpoints()[name].traced()(*inputs.values()).items()}
    assert_identical(name, got, endpoint.run(**inputs))


@promise(of=is_model)
def the_same_seed_gives_the_same_first_step(subject: Subject) -> None:
    if subject.batch is None or not subject.model.trainable_weights:
        return

    def first() -> tuple[Any, list[np.ndarray], list[np.ndarray]]:
        model = rebuilt(subject.model, seed=7)
        model.prepare(SimpleNamespace(training_classes=CLASSES), len(subject.batch[1]))
        model.compile(keras.optimizers.Adam(1e-3), subject.loss, run_eagerly=True)
        before = [weight.numpy() for weight in model.trainable_weights]
        return model.train_on_batch(*subject.batch), before, [weight.numpy() for weight in model.trainable_weights]

    loss, before, after = first()
    again, _, after_again = first()
    assert np.isfinite(loss) and loss == again
    assert any(not np.array_equal(one, other) for one, other in zip(before, after, strict=True))
    for one, other in zip(after, after_again, strict=True):
        np.testing.assert_array_equal(one, other)
