"""What must always hold, over every entry of the zoo: an entry is tested the moment its file exists."""

import dataclasses
import functools
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pictures
import pytest
from zoo.models.kept_support import KeptSupport

from zoo import export
from zoo.datasets import Benchmark
from zoo.evaluation import card as measuring
from zoo.export import as_litert, as_onnx, as_saved_model, parity
from zoo.hub import registry
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.set_learner import SetLearner
from zoo.training import trainer

SAME = {"rtol": 1e-4, "atol": 1e-4}  # two ways to the same float32 numbers
FRAMES = {"rtol": 1e-3, "atol": 1e-3}  # a pixel at the edge of a disc multiplies the rounding of a latent


def predict(learner, episode, **changes):
    return learner(episode | changes).numpy()


def support(name, learner, rows=6, seed=0):
    drawn = drawn_tasks(name, 1, seed)
    return drawn.support_x[0, :rows], measuring.labels(learner, drawn.support_y[0, :rows])


def queries(name):
    return drawn_tasks(name, 1, seed=1).query_x[0, :4]


def numbers(task, x):
    """What a task model predicts, before a classifier names the classes."""
    return task.logits(x) if task.classes else task.predict(x)


@functools.cache
def drawn_tasks(name, tasks, seed):
    episodes = pictures.in_place(registry.entry(name).benchmark)
    return episodes.draw(tasks, seed=100 + seed, **episodes.conditions()[0])


def test_is_a_learner_and_declares_itself(name, learner):
    entry = registry.entry(name)
    assert isinstance(learner, MetaLearner)
    assert learner.config == entry.config
    assert all(set(entry.benchmark.conditions()[0]) <= set(figure.condition) for figure in entry.published)
    for method in ("stream", "conditions", "draw", "errors"):
        assert callable(getattr(entry.benchmark, method)), method
        assert hasattr(Benchmark, method)
    assert entry.benchmark.metric and entry.benchmark.horizon >= 1 and entry.benchmark.test_tasks >= 1


def test_queries_one_by_one_are_the_same_as_together(learner, episode):
    together = predict(learner, episode)
    for at in range(together.shape[1]):
        alone = predict(learner, episode, query_x=episode["query_x"][:, at : at + 1])
        np.testing.assert_allclose(alone[:, 0], together[:, at], **SAME)


def test_one_task_alone_is_the_same_as_in_a_batch(learner, episode):
    together = predict(learner, episode)
    for task in range(len(together)):
        alone = predict(learner, {key: part[task : task + 1] for key, part in episode.items()})
        np.testing.assert_allclose(alone[0], together[task], **SAME)


def test_the_order_of_the_support_does_not_matter(learner, episode, same):
    """As exactly as the processor's products allow where the learner reads a set; sums of gradients may round otherwise."""
    episode["support_size"][:] = 7
    order = np.random.default_rng(1).permutation(7)
    parts = [episode["support_x"], episode["support_y"]]
    want = learner.adapt(*parts, episode["support_size"])
    got = learner.adapt(*(part[:, order] for part in parts), episode["support_size"])
    if isinstance(learner, KeptSupport):  # it keeps the examples as they came
        got, want = ({"prediction": learner.apply(task, episode["query_x"])} for task in (got, want))
    for key in want:
        if isinstance(learner, SetLearner):
            same(got[key], want[key])
        else:
            np.testing.assert_allclose(got[key], want[key], **SAME)


@pytest.mark.parametrize("garbage", [np.nan, np.inf, -np.inf, 1e30])
def test_rows_beyond_support_size_change_nothing(learner, episode, garbage):
    want = predict(learner, episode)
    for key in ("support_x", "support_y"):
        for task, size in enumerate(episode["support_size"]):
            episode[key][task, size:] = garbage
    np.testing.assert_array_equal(predict(learner, episode), want)
    task, size = 1, episode["support_size"][1]
    trimmed = {key: part[task : task + 1] for key, part in episode.items()}
    trimmed |= {key: trimmed[key][:, :size] for key in ("support_x", "support_y")}
    np.testing.assert_allclose(predict(learner, trimmed)[0], want[task], **SAME)


def test_adapt_and_apply_keep_no_state(learner, episode):
    first = predict(learner, episode)
    predict(learner, episode, support_y=-episode["support_y"])
    np.testing.assert_array_equal(predict(learner, episode), first)


def test_threads_get_what_one_thread_gets(name, learner):
    tasks = drawn_tasks(name, 8, seed=0)

    def answer(task):
        x, y = tasks.support_x[task, :6], measuring.labels(learner, tasks.support_y[task, :6])
        return numbers(learner.learn(x, y), tasks.query_x[task, :6])

    want = [answer(task) for task in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            for one, other in zip(pool.map(answer, range(8)), want, strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)


def test_before_save_is_after_load(name, learner, tmp_path):
    x, y = support(name, learner)
    query = queries(name)
    learner.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(numbers(loaded.learn(x, y), query), numbers(learner.learn(x, y), query))


@pytest.fixture
def first_of_its_kind(name, learner):
    """Exporting costs, and an entry's own exports are compared when its card is written: here one entry of each kind."""
    alike = [other for other in registry.names() if registry.entry(other).learner is type(learner)]
    if name != alike[0]:
        pytest.skip(f"the graph is that of {alike[0]} with other weights and sizes")


@pytest.mark.usefixtures("first_of_its_kind")
def test_a_task_model_is_the_same_in_every_format(name, learner, tmp_path):
    x, y = support(name, learner)
    query = queries(name)
    task = learner.learn(x, y)
    assert_same_everywhere(task, {"query_x": query}, numbers(task, query), tmp_path)


@pytest.mark.usefixtures("first_of_its_kind")
def test_a_learner_is_the_same_in_every_format(name, learner, tmp_path, monkeypatch):
    """The default signature; `tests/export/test_signatures.py` exports all signatures of each kind."""
    x, y = support(name, learner)
    query = queries(name)
    task = learner.learn(x, y)
    default = learner.endpoints()["serving_default"]
    monkeypatch.setattr(learner, "endpoints", lambda: {"serving_default": default})
    support_x, support_y, support_size = learner.support(x, y, classes=task.classes)
    inputs = {"support_x": support_x, "support_y": support_y, "support_size": support_size, "query_x": query[None]}
    assert_same_everywhere(learner, inputs, numbers(task, query)[None], tmp_path)


def assert_same_everywhere(model, inputs, want, folder):
    export.saved_model(model, folder / "saved")
    export.onnx(model, folder / "model.onnx")
    export.litert(model, folder / "model.tflite")
    for runner in (
        as_saved_model.runner(folder / "saved")("serving_default"),
        as_onnx.runner(folder / "model.onnx"),
        as_litert.runner(folder / "model.tflite")("serving_default"),
    ):
        np.testing.assert_allclose(runner(inputs)["prediction"], want, **(FRAMES if want.shape[-1] > 100 else SAME))


def test_three_signatures_compose(learner):
    endpoints = learner.endpoints()
    assert list(endpoints)[:3] == ["serving_default", "adapt", "apply"]
    inputs = parity.example(endpoints["serving_default"], {"tasks": 2, "support": 5, "query": 3}, seed=0)
    query = {"query_x": inputs.pop("query_x")}
    task = endpoints["adapt"](**inputs)
    np.testing.assert_allclose(
        endpoints["apply"](**task, **query)["prediction"],
        endpoints["serving_default"](**inputs, **query)["prediction"],
        **SAME,
    )


def test_outputs_lead_with_the_task_axis_and_leave_as_float32_or_int32(learner):
    for endpoint in learner.endpoints().values():
        inputs = parity.example(endpoint, {"tasks": 3, "support": 5, "query": 2}, seed=0)
        for output in endpoint(**inputs).values():
            assert output.shape[0] == 3
            assert output.dtype.name in ("float32", "int32")


def test_same_seed_same_first_training_step(name):
    entry = registry.entry(name)
    if entry.weights_of or not entry.recipe.steps:
        pytest.skip("it is not trained")
    entry = dataclasses.replace(entry, benchmark=pictures.in_place(entry.benchmark))

    def first_loss():
        learner = trainer.untrained(entry)
        learner.compile(trainer.optimizer(entry.recipe), trainer.loss(entry.recipe), run_eagerly=True)
        stream = entry.benchmark.stream(entry.recipe.tasks_per_step, entry.recipe.seed)
        return learner.train_on_batch(*next(iter(stream)))

    assert first_loss() == first_loss()


def test_a_trained_learner_is_better_than_an_untrained_one(name, learner):
    from zoo.evaluation.scores import errors

    if not learner.trainable_weights:
        pytest.skip("it has no weights")
    entry = registry.entry(name)
    drawn = drawn_tasks(name, min(500, entry.benchmark.test_tasks // 10), seed=99)
    untrained = registry.load(name, weights=None)
    trained, fresh = (errors(one, entry.benchmark, drawn)[0][1].mean() for one in (learner, untrained))
    # One network for all tasks, told nothing of them, can be little better.
    share = 0.9 if name.startswith("pretrained") else 0.5
    assert trained < share * fresh
