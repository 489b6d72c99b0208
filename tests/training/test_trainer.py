"""Training: a run that is killed resumes to the same weights, and what is shipped is what the recipe says.

What several tests look at is trained once for the module: a network of one hidden layer, and a classifier of small pictures.
"""

import contextlib
import csv
import dataclasses
import json
import shutil

import numpy as np
import pytest

from zoo.datasets import ClassBatches, FreshSinusoids
from zoo.evaluation import card
from zoo.hub import registry
from zoo.hub.entry import Entry, Recipe
from zoo.learners.pretrained_classifier import PretrainedConfig
from zoo.models.nearest_neighbour import NearestNeighbour
from zoo.models.no_adaptation import NoAdaptation, NoAdaptationConfig
from zoo.models.siamese import SiameseConfig, SiameseNetwork
from zoo.training import trainer
from zoo.utils.errors import ZooError

RECIPE = Recipe(steps=400, tasks_per_step=4, learning_rate=1e-2, steps_per_execution=20, epochs=4, average=0.9)
NETWORK = NoAdaptationConfig(inputs=3, task_widths=(6,), activation="tanh")
WAVES = Entry(NoAdaptation, NETWORK, FreshSinusoids((0.5, 0.5), (0.5, 1.0), oracle=True), RECIPE)


def weights(folder):
    return np.concatenate([value.ravel() for value in registry.load(str(folder)).get_weights()])


def curve(folder):
    with open(folder / "training.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@contextlib.contextmanager
def after_epoch(number, then):
    """Do something right after the state of an epoch was written."""
    end = trainer.Resume.on_epoch_end

    def on_epoch_end(self, epoch, logs=None):
        end(self, epoch, logs)
        if epoch + 1 == number:
            then()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainer.Resume, "on_epoch_end", on_epoch_end)
        yield


def whole_and_killed(entry, folder, epoch):
    """Folders of a finished run, and of what is left of it on disk if it is killed after an epoch."""
    whole, killed = folder / "whole", folder / "killed"
    with after_epoch(epoch, lambda: shutil.copytree(whole, killed)):
        trainer.train(entry, whole, command="zoo train waves", progress=False)
    assert not (killed / "model.keras").exists()
    return whole, killed


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    return whole_and_killed(WAVES, tmp_path_factory.mktemp("waves"), 2)


@pytest.fixture
def whole(both):
    """A finished run."""
    return both[0]


@pytest.fixture
def killed(both, tmp_path):
    """The same run, killed after two of its four epochs."""
    return shutil.copytree(both[1], tmp_path / "killed")


@pytest.fixture(scope="module")
def runs():
    """Finished runs of a classifier by their precision."""
    return {}


@pytest.fixture
def classifier(runs, tiny_pictures, with_recipe, tmp_path_factory):
    """Trains a classifier once in each precision: unequal shots, so that episodes are padded."""

    def trained(precision):
        if precision not in runs:
            runs[precision] = tmp_path_factory.mktemp(precision) / "run"
            trainer.train(with_recipe(tiny_pictures, precision=precision), runs[precision], progress=False)
        return runs[precision]

    return trained


def test_a_killed_run_resumes_to_the_same_weights(whole, killed):
    trainer.train(WAVES, killed, progress=False)
    np.testing.assert_array_equal(weights(killed), weights(whole))
    assert [row["loss"] for row in curve(killed)] == [row["loss"] for row in curve(whole)]


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_a_curriculum_is_gone_on_with_where_it_was(with_recipe, tmp_path, epoch):
    """Two epochs of one point each, then two of the benchmark itself, whose batches have another shape."""
    entry = with_recipe(WAVES, steps=40, epochs=4, steps_per_execution=5)
    easier = dataclasses.replace(entry, curriculum=((FreshSinusoids((1.0,), oracle=True), 2),))
    whole, killed = whole_and_killed(easier, tmp_path, epoch)
    trainer.train(easier, killed, progress=False)
    np.testing.assert_array_equal(weights(killed), weights(whole))
    trainer.train(entry, tmp_path / "other", progress=False)
    first, other = (float(curve(folder)[0]["loss"]) for folder in (whole, tmp_path / "other"))
    assert first != other
    with pytest.raises(ValueError, match="leave one or more of 4 to the benchmark"):
        dataclasses.replace(easier, curriculum=((easier.benchmark, 4),))


def test_a_curve_holds_all_scores_that_the_benchmark_has_watched():
    assert trainer._called({"instance": 2, "steps": 0}, {"instance": 2, "steps": 0}) == "validation"
    assert trainer._called({"instance": 5, "steps": 0}, {"instance": 2, "steps": 0}) == "validation instance 5"


@pytest.mark.parametrize("optimizer", ["muon", "kernel_muon"])
def test_every_optimiser_resumes_to_the_same_weights(with_recipe, tmp_path, optimizer):
    entry = with_recipe(WAVES, optimizer=optimizer, steps=4, epochs=2, steps_per_execution=1, jit=False)
    whole, killed = whole_and_killed(entry, tmp_path, 1)
    trainer.train(entry, killed, progress=False)
    np.testing.assert_array_equal(weights(killed), weights(whole))


def test_a_state_of_another_recipe_is_refused(killed, with_recipe):
    with pytest.raises(ZooError, match="another recipe"):
        trainer.train(with_recipe(WAVES, learning_rate=0.5), killed, progress=False)


@pytest.mark.parametrize("jit", [True, False])
def test_xla_is_used_as_the_recipe_says(with_recipe, tmp_path, monkeypatch, jit):
    def compiled(self, *arguments, jit_compile="auto", **options):
        assert jit_compile is jit
        raise KeyboardInterrupt

    monkeypatch.setattr(NoAdaptation, "compile", compiled)
    with pytest.raises(KeyboardInterrupt):
        trainer.train(with_recipe(WAVES, jit=jit), tmp_path, progress=False)


def test_leaves_weights_curve_and_logs(whole):
    assert [int(row["epoch"]) for row in curve(whole)] == [1, 2, 3, 4]
    assert all(float(row["validation"]) > 0 for row in curve(whole))
    assert json.loads((whole / "training.json").read_text())["command"] == "zoo train waves"
    assert list((whole / "logs").rglob("events.out.tfevents*"))
    assert not (whole / "resume").exists()
    assert card._training(whole, "")["curve"] == "training.csv"


def test_training_lowers_the_error_on_validation_tasks_which_is_that_of_what_is_shipped(whole, with_recipe):
    errors = [float(row["validation"]) for row in curve(whole)]
    assert errors[-1] < errors[0]
    shipped = trainer._validation(registry.load(str(whole)), with_recipe(WAVES, average=None))
    assert shipped() == {"validation": pytest.approx(errors[-1], rel=1e-4)}


def test_a_finished_run_is_not_overwritten(whole):
    with pytest.raises(ZooError, match="exists already"):
        trainer.train(WAVES, whole, progress=False)


def test_the_average_is_what_is_shipped_and_the_same_seed_takes_the_same_steps(whole, with_recipe, tmp_path):
    trainer.train(with_recipe(WAVES, average=None), tmp_path / "last", progress=False)
    assert np.any(weights(tmp_path / "last") != weights(whole))
    assert [row["loss"] for row in curve(tmp_path / "last")] == [row["loss"] for row in curve(whole)]


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_a_classifier_trains_in_either_precision_and_ships_single(classifier, precision):
    run = classifier(precision)
    learner = registry.load(str(run))
    assert learner.dtype_policy.name == "float32"
    assert np.isfinite(weights(run)).all()
    assert list(curve(run)[0]) == ["epoch", "seconds", "loss"]  # no classes are left to validate on
    moved = [value.numpy() for value in learner.encoder.normalisations[0].non_trainable_variables]
    assert not np.allclose(moved[0], 0)
    assert not np.allclose(moved[1], 1)
    assert learner.calibration.temperature != 1  # it is calibrated last


def test_kernels_of_a_training_in_half_precision_are_shipped_in_sixteen_bits(classifier):
    learner = registry.load(str(classifier("mixed_bfloat16")))
    for weight in learner.trainable_weights:
        bits = weight.numpy().view(np.uint32)
        assert np.all(bits & 0xFF == 0) == (len(weight.shape) > 1)  # the last byte of float32's significand
    again = trainer._rounded(learner.trainable_weights[0].numpy())
    np.testing.assert_array_equal(again, learner.trainable_weights[0].numpy())
    np.testing.assert_allclose(trainer._rounded(np.float32([0.1, -3.3, 0.0])), [0.1, -3.3, 0.0], rtol=2.0**-16)


def test_training_starts_from_the_encoder_of_another_entry(classifier, tiny_pictures):
    trained = registry.load(str(classifier("float32")))
    config = SiameseConfig(**{name: getattr(tiny_pictures.config, name) for name in ("size", "filters", "shrink")})
    entry = dataclasses.replace(tiny_pictures, learner=SiameseNetwork, config=config)
    fresh, started = (
        trainer.untrained(dataclasses.replace(entry, starts_from=name)) for name in (None, str(classifier("float32")))
    )
    for one, other, own in zip(trained.encoder.weights, started.encoder.weights, fresh.encoder.weights, strict=True):
        np.testing.assert_array_equal(one, other)
        assert np.any(one != own)
    for one, other in zip(fresh.dense.weights, started.dense.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_only_training_needs_is_not_shipped(tiny_pictures, tmp_path):
    """A run that stops in the middle goes on with the softmax over training classes, which the weights then lack."""
    config = PretrainedConfig(size=8, filters=(4,), shrink=("pool",))
    entry = dataclasses.replace(tiny_pictures, learner=NearestNeighbour, config=config)
    entry = dataclasses.replace(entry, benchmark=ClassBatches(entry.benchmark, examples=8))

    def stop():
        raise KeyboardInterrupt

    with after_epoch(1, stop), pytest.raises(KeyboardInterrupt):
        trainer.train(entry, tmp_path / "run", progress=False)
    learner = registry.load(str(trainer.train(entry, tmp_path / "run", progress=False)))
    assert learner.config == config
    assert [weight.shape for weight in learner.weights] == [weight.shape for weight in entry.build().weights]
    assert len(trainer.untrained(entry).weights) == len(learner.weights) + 2
    assert np.abs(learner.center.numpy()).max() > 0


def test_a_learner_without_weights_is_written_at_once_and_again_only_by_force(tiny_pictures, tmp_path):
    nothing = Recipe(steps=0, tasks_per_step=1, learning_rate=0.0, schedule="constant", epochs=1)
    config = PretrainedConfig(size=8, filters=(), shrink=())
    entry = dataclasses.replace(tiny_pictures, learner=NearestNeighbour, config=config, recipe=nothing)
    learner = registry.load(str(trainer.train(entry, tmp_path / "run", progress=False)))
    assert not learner.trainable_weights
    assert [row["epoch"] for row in curve(tmp_path / "run")] == ["1"]
    with pytest.raises(ZooError, match="exists already"):
        trainer.train(entry, tmp_path / "run", progress=False)
    trainer.train(entry, tmp_path / "run", force=True, progress=False)


def test_weights_of_another_entry_are_trained_there(tiny_pictures, tmp_path):
    with pytest.raises(ZooError, match="zoo train other"):
        trainer.train(dataclasses.replace(tiny_pictures, weights_of="other"), tmp_path)


def test_what_a_user_keeps_in_a_folder_named_resume_stays(tmp_path):
    for name in ("cv.pdf", "recipe.txt", "state.json", "epoch_3.weights.h5"):
        (tmp_path / name).touch()
    trainer._forget(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["cv.pdf"]
    (tmp_path / "cv.pdf").unlink()
    trainer._forget(tmp_path)
    assert not tmp_path.exists()
