"""Two workers on loopback train what one worker trains; one that is killed ends the job, which resumes to the same weights.

The optimisers and norms are those of all shipped recipes. Processes take seconds to start, so one pair trains all of them.
"""

import csv
import dataclasses
import json
import shutil
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
import two_workers

from zoo.datasets import FreshSinusoids
from zoo.hub import registry
from zoo.training import local_workers, trainer, workers
from zoo.training.cluster import Place
from zoo.utils.errors import ZooError


def run(folder, *more):
    local_workers.run([sys.executable, two_workers.__file__, str(folder), *more], 2)


def weights(folder):
    return np.concatenate([value.ravel() for value in registry.load(str(folder)).get_weights()])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """What two workers trained: a folder for each optimiser, and the run `whole`."""
    folder = tmp_path_factory.mktemp("two")
    run(folder)
    return folder


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """What is left of the run `whole` when one of two workers is killed in its third epoch, and the line that says so."""
    folder = tmp_path_factory.mktemp("killed")
    with pytest.raises(ZooError) as told:
        run(folder, "1", "3")
    return folder, str(told.value)


@pytest.mark.parametrize("name", two_workers.shipped())
def test_two_workers_train_what_one_trains(trained, tmp_path, name):
    entry = two_workers.case(name)
    trainer.train(entry, tmp_path / "one", progress=False)
    one = weights(tmp_path / "one")
    assert np.isfinite(one).all()
    np.testing.assert_allclose(weights(trained / name), one, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", [name for name in two_workers.shipped() if not name.endswith("None")])
def test_every_limit_of_the_norm_is_reached_in_these_runs(name):
    """Or they would say nothing of where the gradient is clipped."""
    entry = two_workers.case(name)
    learner = trainer.untrained(entry)
    learner.compile("sgd", "mse")
    x, y, weight = next(iter(entry.benchmark.stream(two_workers.TASKS, entry.recipe.seed)))
    with tf.GradientTape() as tape:
        loss = learner.compute_loss(x, y, learner(x, training=True), weight)
    norm = tf.linalg.global_norm(tape.gradient(loss, learner.trainable_variables))
    assert norm > 2 * entry.recipe.clip_norm


def test_the_chief_alone_writes_and_says_how_many_took_part(trained):
    whole = trained / "whole"
    assert sorted(path.name for path in whole.iterdir()) == ["logs", "model.keras", "training.csv", "training.json"]
    about = json.loads((whole / "training.json").read_text())
    assert (about["command"], about["workers"]) == ("zoo train waves", 2)
    with open(whole / "training.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]
    assert all(float(row["validation"]) > 0 for row in rows)


def test_workers_that_differ_in_a_bit_stop(trained):
    assert (trained / "said_0").read_text() == "agreed"
    assert "worker 1 of 2 has other weights than the chief" in (trained / "said_1").read_text()


def test_a_killed_worker_ends_the_job_which_resumes_to_the_same_weights(trained, killed, tmp_path):
    folder, line = killed
    assert line == (
        "worker 1 was ended by SIGKILL, and the others with it; run the command again: it resumes after the last epoch that was "
        "saved."
    )
    assert len(json.loads((folder / "whole/resume/state.json").read_text())["curve"]) == 2
    shutil.copytree(folder, tmp_path / "again")
    run(tmp_path / "again", "2", "0")  # nobody is killed
    np.testing.assert_array_equal(weights(tmp_path / "again/whole"), weights(trained / "whole"))


def test_one_worker_goes_on_where_two_were_stopped(trained, killed, tmp_path):
    shutil.copytree(killed[0] / "whole", tmp_path / "one")
    trainer.train(two_workers.waves(two_workers.WHOLE), tmp_path / "one", progress=False)
    np.testing.assert_allclose(weights(tmp_path / "one"), weights(trained / "whole"), rtol=1e-6, atol=1e-6)
    assert json.loads((tmp_path / "one/training.json").read_text())["workers"] == {"1": 2, "2": 2}


@pytest.fixture
def second():
    """The second of three workers, who never meets the others."""
    return workers.Workers(Place(("a:1", "b:1", "c:1"), 1), None)


def test_workers_divide_the_tasks_of_each_step(second):
    whole, part = FreshSinusoids().stream(6, 1), second.part(FreshSinusoids().stream(6, 1), 6)
    for (x, y), (own_x, own_y) in zip(whole.take(3), part.take(3), strict=True):
        np.testing.assert_array_equal(own_y, y[2:4])
        assert set(own_x) == set(x)
        for key in x:
            np.testing.assert_array_equal(own_x[key], x[key][2:4])


def test_what_has_no_row_for_each_task_is_refused(second):
    with pytest.raises(ZooError, match=r"a part of shape \(1,\), not a row for each of 6 tasks; take one worker"):
        second.part(tf.data.Dataset.from_tensors({"number": [3]}), 6)


@pytest.mark.parametrize(
    ("name", "tasks", "message"),
    [
        ("mela_sinusoid", 64, r"3 workers cannot divide .* tasks_per_step=64 evenly; take one of: 1, 2, 4, 8, 16, 32, 64\."),
        ("protonet_omniglot", 1, r"tasks_per_step=1 evenly; take one of: 1\."),
        ("lstm_optimizer_quadratic", 128, "a step of LSTMOptimizer goes on .* take one worker"),
        ("snail_bandit", 128, "a step of SnailPolicy goes on"),
        ("pixels_omniglot", 1, "no steps of training"),
    ],
)
def test_batches_that_cannot_be_divided_are_refused(name, tasks, message, second, tmp_path):
    entry = registry.entry(name)
    assert entry.recipe.tasks_per_step == tasks
    with pytest.raises(ZooError, match=message):
        trainer.train(entry, tmp_path, workers=second)
    assert not list(tmp_path.iterdir())


def test_a_normalisation_of_keras_is_refused_where_it_is_trained(second):
    model = two_workers.waves(two_workers.WHOLE).build()
    model.compile("sgd", "mse")
    assert workers.refused(model) == ""
    model.more = keras.layers.BatchNormalization(name="norm")
    with pytest.raises(ZooError, match="layer 'norm' of Keras normalises by the moments of one worker's part"):
        second.train_function(model)
    model.more.trainable = False
    assert workers.refused(model) == ""


def test_batches_that_can_be_divided_are_not(second):
    entry = two_workers.waves(dataclasses.replace(two_workers.WHOLE, tasks_per_step=6))
    second.check(entry)


def test_a_lost_worker_is_told_in_one_line_and_other_errors_are_what_they_are():
    with pytest.raises(ZooError, match="another worker of this training is gone; start all of them again"), workers._together():
        raise tf.errors.UnavailableError(None, None, "Collective ops is aborted by: recvmsg:Connection reset by peer")
    with pytest.raises(tf.errors.InvalidArgumentError), workers._together():
        raise tf.errors.InvalidArgumentError(None, None, "shapes differ")


def test_who_joins_too_late_is_told(monkeypatch):
    def started():
        raise RuntimeError("Collective ops must be configured at program startup")

    monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", started)
    with pytest.raises(ZooError, match="at work before the workers joined"):
        workers.join(Place(("a:1", "b:1"), 0))
