import csv
import dataclasses
import json

import keras
import numpy as np
import pytest
from zoo.models.pretrained import PretrainedConfig

from zoo.datasets import ClassBatches
from zoo.hub import registry
from zoo.hub.entry import Recipe
from zoo.models.nearest_neighbour import NearestNeighbour
from zoo.models.siamese import SiameseConfig, SiameseNetwork
from zoo.training import trainer
from zoo.utils.errors import ZooError


def weights(folder):
    return np.concatenate([value.ravel() for value in registry.load(str(folder)).get_weights()])


def stop_after(monkeypatch, epochs):
    """Kill training right after the state of an epoch was written."""
    end = trainer.Resume.on_epoch_end

    def killed(self, epoch, logs=None):
        end(self, epoch, logs)
        if epoch + 1 == epochs:
            raise KeyboardInterrupt

    monkeypatch.setattr(trainer.Resume, "on_epoch_end", killed)


@pytest.mark.parametrize("optimizer", ["adam", "muon", "kernel_muon"])
def test_a_killed_run_resumes_to_the_same_weights(tiny_entry, with_recipe, tmp_path, monkeypatch, optimizer):
    entry = with_recipe(tiny_entry, optimizer=optimizer)
    trainer.train(entry, tmp_path / "whole", progress=False)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        stop_after(patched, 2)
        trainer.train(entry, tmp_path / "killed", progress=False)
    assert not (tmp_path / "killed/model.keras").exists()
    trainer.train(entry, tmp_path / "killed", progress=False)
    np.testing.assert_array_equal(weights(tmp_path / "killed"), weights(tmp_path / "whole"))


@pytest.mark.parametrize("jit", [True, False])
def test_xla_is_used_as_the_recipe_says(tiny_entry, with_recipe, tmp_path, monkeypatch, jit):
    def compiled(self, *arguments, jit_compile="auto", **options):
        assert jit_compile is jit
        raise KeyboardInterrupt

    monkeypatch.setattr(type(tiny_entry.build()), "compile", compiled)
    with pytest.raises(KeyboardInterrupt):
        trainer.train(with_recipe(tiny_entry, jit=jit), tmp_path, progress=False)


def test_leaves_weights_curve_and_logs(tiny_entry, tmp_path):
    trainer.train(tiny_entry, tmp_path / "run", command="zoo train tiny", progress=False)
    with open(tmp_path / "run/training.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == [1, 2, 3, 4]
    assert all(float(row["validation"]) > 0 for row in rows)
    assert json.loads((tmp_path / "run/training.json").read_text())["command"] == "zoo train tiny"
    assert list((tmp_path / "run/logs").rglob("events.out.tfevents*"))
    assert not (tmp_path / "run/resume").exists()


def test_training_lowers_the_loss(tiny_entry, with_recipe, tmp_path):
    trainer.train(with_recipe(tiny_entry, steps=800, learning_rate=1e-2), tmp_path / "run", progress=False)
    with open(tmp_path / "run/training.csv", newline="") as file:
        errors = [float(row["validation"]) for row in csv.DictReader(file)]
    assert errors[-1] < errors[0]


def test_a_finished_run_is_not_overwritten(tiny_entry, tmp_path):
    trainer.train(tiny_entry, tmp_path / "run", progress=False)
    with pytest.raises(ZooError, match="exists already"):
        trainer.train(tiny_entry, tmp_path / "run", progress=False)
    trainer.train(tiny_entry, tmp_path / "run", force=True, progress=False)


def test_a_state_of_another_recipe_is_refused(tiny_entry, with_recipe, tmp_path, monkeypatch):
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        stop_after(patched, 1)
        trainer.train(tiny_entry, tmp_path / "run", progress=False)
    with pytest.raises(ZooError, match="another recipe"):
        trainer.train(with_recipe(tiny_entry, learning_rate=0.5), tmp_path / "run", progress=False)


def test_the_average_is_what_is_shipped(tiny_entry, with_recipe, tmp_path):
    for average in (None, 0.9):
        trainer.train(with_recipe(tiny_entry, average=average), tmp_path / str(average), progress=False)
    assert np.any(weights(tmp_path / "None") != weights(tmp_path / "0.9"))


def test_learning_rate_follows_the_schedule():
    recipe = Recipe(steps=100, tasks_per_step=1, learning_rate=0.5, warmup=10, steps_per_execution=1, epochs=1)
    rate = trainer.optimizer(recipe)._learning_rate
    assert [round(float(rate(step)), 3) for step in (0, 5, 10, 55, 100)] == [0.0, 0.25, 0.5, 0.25, 0.0]
    constant = Recipe(steps=100, tasks_per_step=1, learning_rate=0.5, schedule="constant", steps_per_execution=1, epochs=1)
    assert float(trainer.optimizer(constant).learning_rate) == 0.5


def test_steps_that_do_not_divide_are_refused():
    with pytest.raises(ValueError, match="multiple"):
        Recipe(steps=101, tasks_per_step=1, learning_rate=0.1)


def test_same_seed_same_first_step(tiny_entry):
    def first_step():
        keras.utils.set_random_seed(tiny_entry.recipe.seed)
        learner = tiny_entry.build()
        learner.compile(trainer.optimizer(tiny_entry.recipe), "mse", jit_compile=True)
        learner.fit(tiny_entry.benchmark.stream(4, 1).take(1), verbose=0, shuffle=False)
        return learner.get_weights()

    for one, other in zip(first_step(), first_step(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_a_classifier_trains_in_either_precision_and_ships_single(tiny_pictures, with_recipe, tmp_path, precision):
    """Unequal shots, so episodes are padded; the loss is that of logits."""
    entry = with_recipe(tiny_pictures, precision=precision)
    trainer.train(entry, tmp_path / "run", progress=False)
    learner = registry.load(str(tmp_path / "run"))
    assert learner.dtype_policy.name == "float32"
    assert np.isfinite(weights(tmp_path / "run")).all()
    with open(tmp_path / "run/training.csv", encoding="utf-8") as file:
        assert csv.DictReader(file).fieldnames == ["epoch", "seconds", "loss"]  # no classes are left to watch with
    moved = [value.numpy() for value in learner.encoder.normalisations[0].non_trainable_variables]
    assert not np.allclose(moved[0], 0)
    assert not np.allclose(moved[1], 1)


def test_a_rate_that_halves(tiny_pictures):
    rate = trainer.optimizer(tiny_pictures.recipe)._learning_rate
    assert [float(rate(step)) for step in (0, 3, 4, 7, 8)] == pytest.approx([1e-2, 1e-2, 5e-3, 5e-3, 2.5e-3])


def test_what_only_training_needs_is_not_shipped(tiny_pictures, with_recipe, tmp_path):
    """A run that stops in the middle goes on with the softmax over training classes, which the weights then lack."""
    config = PretrainedConfig(size=8, filters=(4,), shrink=("pool",))
    entry = dataclasses.replace(tiny_pictures, learner=NearestNeighbour, config=config)
    entry = dataclasses.replace(entry, benchmark=ClassBatches(entry.benchmark, examples=8))
    learner = registry.load(str(trainer.train(entry, tmp_path / "run", progress=False)))
    assert learner.config == config
    assert [weight.shape for weight in learner.weights] == [weight.shape for weight in entry.build().weights]
    assert len(trainer.untrained(entry).weights) == len(learner.weights) + 2
    assert np.abs(learner.center.numpy()).max() > 0


def test_kernels_of_a_training_in_half_precision_are_shipped_in_sixteen_bits(tiny_pictures, with_recipe, tmp_path):
    entry = with_recipe(tiny_pictures, precision="mixed_bfloat16")
    learner = registry.load(str(trainer.train(entry, tmp_path / "run", progress=False)))
    for weight in learner.trainable_weights:
        bits = weight.numpy().view(np.uint32)
        assert np.all(bits & 0xFF == 0) == (len(weight.shape) > 1)  # the last byte of float32's significand
    again = trainer._rounded(learner.trainable_weights[0].numpy())
    np.testing.assert_array_equal(again, learner.trainable_weights[0].numpy())
    np.testing.assert_allclose(trainer._rounded(np.float32([0.1, -3.3, 0.0])), [0.1, -3.3, 0.0], rtol=2.0**-16)


def test_a_learner_without_weights_is_written_at_once(tiny_pictures, tmp_path):
    nothing = Recipe(steps=0, tasks_per_step=1, learning_rate=0.0, schedule="constant", epochs=1)
    config = PretrainedConfig(size=8, filters=(), shrink=())
    entry = dataclasses.replace(tiny_pictures, learner=NearestNeighbour, config=config, recipe=nothing)
    learner = registry.load(str(trainer.train(entry, tmp_path / "run", progress=False)))
    assert not learner.trainable_weights
    with open(tmp_path / "run/training.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["epoch"] == "1"


def test_weights_of_another_entry_are_trained_there(tiny_pictures, tmp_path):
    with pytest.raises(ZooError, match="zoo train other"):
        trainer.train(dataclasses.replace(tiny_pictures, weights_of="other"), tmp_path)


def test_training_starts_from_the_encoder_of_another_entry(tiny_pictures, tmp_path):
    trainer.train(tiny_pictures, tmp_path / "run", progress=False)
    trained = registry.load(str(tmp_path / "run"))
    config = SiameseConfig(**{name: getattr(tiny_pictures.config, name) for name in ("size", "filters", "shrink")})
    entry = dataclasses.replace(tiny_pictures, learner=SiameseNetwork, config=config)
    fresh, started = (trainer.untrained(dataclasses.replace(entry, starts_from=name)) for name in (None, str(tmp_path / "run")))
    for one, other, own in zip(trained.encoder.weights, started.encoder.weights, fresh.encoder.weights, strict=True):
        np.testing.assert_array_equal(one, other)
        assert np.any(one != own)
    for one, other in zip(fresh.dense.weights, started.dense.weights, strict=True):
        np.testing.assert_array_equal(one, other)
