"""Every card measured again, statistically: `./dev test-cards`, with `--changed` only those whose entries have changed.

Plain `./dev test` leaves this file out; there each entry has two tests of its own, see `tests/entries`.
"""

import keras
import pictures
import pytest

from zoo.evaluation.scores import measured
from zoo.hub import registry


@pytest.fixture
def benchmark(name):
    """That of the entry, on its real data."""
    found = registry.entry(name).benchmark
    if pictures.missing(found):
        pytest.skip("TensorFlow Datasets lacks its data; set TFDS_DATA_DIR to a folder that holds it")
    return found


def mean(model, benchmark, tasks, seed):
    answering, embedded = model.for_evaluation(benchmark)
    drawn = embedded.draw(tasks, seed, **benchmark.conditions()[0])
    return benchmark.summarise(measured(answering, embedded, drawn)[0][1])[0]


def test_the_headline_is_measured_again_on_other_tasks(name, benchmark):
    """A new seed must agree with the card within the two intervals; one in ten thousand true cards would fail by chance."""
    headline, model = registry.card(name)["evaluation"]["scores"][0], registry.load(name)
    # A quarter of the tasks; convolutions cost: of classifiers 200.
    tasks = min(headline["tasks"], 200) if model.tells_classes else headline["tasks"] // 4
    spread = 2 * (1 + headline["tasks"] / tasks) ** 0.5 * headline["interval"]
    assert abs(mean(model, benchmark, tasks, seed=2) - headline["mean"]) <= spread


def test_the_headline_is_reproduced_on_the_same_tasks(name, benchmark):
    told = registry.card(name)["evaluation"]
    again = mean(registry.load(name), benchmark, told["scores"][0]["tasks"], told["seed"])
    assert again == pytest.approx(told["scores"][0]["mean"], rel=1e-3)


def test_a_trained_model_is_better_than_an_untrained_one(name, benchmark):
    keras.utils.set_random_seed(99)
    trained, untrained = registry.load(name), registry.load(name, weights=None)
    if not trained.trainable_weights:
        pytest.skip("it has no weights")
    # A hundred tasks of classes at least: of twenty, the error can be twice the mean.
    tasks = min(500, max(100 if trained.tells_classes else 8, benchmark.test_tasks // 10))
    # One network for all tasks, given nothing of them, can be little better.
    # An untrained learner of tables solves its last layer as a trained one does, and answers no worse than a linear model.
    share = 0.9 if name.startswith(("pretrained", "tabular")) else 0.5
    # An LSTM is half wrong at the second instance, as in its paper, and guessing four times in five. An untrained optimizer
    # already steps against gradients, whose signs its preprocessing hands on.
    if name in ("lstm_omniglot", "lstm_optimizer_mnist"):
        share = 0.7
    found, before = (mean(model, benchmark, tasks, seed=99) for model in (trained, untrained))
    assert found > before / 0.9 if benchmark.higher_is_better else found < share * before
