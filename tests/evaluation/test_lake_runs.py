"""Which models Lake's runs take, and what is measured of them: what learning each run and predicting would give."""

import dataclasses
import types

import keras
import numpy as np
import one_shot_runs as drawn
import pytest

from zoo.datasets import read_folder, read_pictures
from zoo.evaluation import lake_runs
from zoo.learners.labels import Classes
from zoo.learners.shape import Shape
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork
from zoo.utils.errors import ZooError


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return drawn.written(tmp_path_factory.mktemp("runs") / "all_runs.zip")


def test_error_rates_are_those_of_learning_and_predicting_each_run(path):
    keras.utils.set_random_seed(0)
    model = PrototypicalNetwork(PrototypicalConfig(size=20, filters=(4,), shrink=("pool",)), name="small")
    benchmark = lake_runs.benchmark_of(model, "small", path)
    assert benchmark.size == 20
    found = lake_runs.error_rates_of_runs(model, benchmark)
    assert found.shape == (20,)
    assert 0.1 < found.mean() < 0.95  # not perfect, and better than chance
    tasks = benchmark.draw()
    for run in (0, 13):
        learned = model.learn(tasks.support_x[run], np.arange(20))
        assert (learned.predict(tasks.query_x[run]) != drawn.answers()[run]).mean() == pytest.approx(found[run])


def model(axes=(28, 28, 1), ways=None, tells=True):
    return types.SimpleNamespace(example=Shape(axes), labels=Classes(ways), tells_classes=tells)


def test_classifiers_of_drawings_are_taken_of_twenty_classes_or_any_number(path):
    assert lake_runs.benchmark_of(model(), "a", path).size == 28
    assert lake_runs.benchmark_of(model((105, 105, 1), ways=20), "a", path).size == 105


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (model((28, 28, 3)), r"a is no classifier of grey pictures \(an example is \[28, 28, 3\]\); Lake's runs take"),
        (model((28, 27, 1)), "no classifier of grey pictures"),
        (model((106, 106, 1)), "no classifier of grey pictures"),
        (model(("columns",)), "no classifier of grey pictures"),
        (model(tells=False), "no classifier of grey pictures"),
        (types.SimpleNamespace(tells_classes=True), "a learns nothing from examples; Lake's runs take"),
        (model(ways=5), r"a answers with labels \[5\]; Lake's runs have 20 classes each"),
    ],
)
def test_other_models_are_refused(path, other, message):
    with pytest.raises(ZooError, match=message):
        lake_runs.benchmark_of(other, "a", path)


def test_a_classifier_of_fewer_classes_is_refused(path):
    few = model()
    few.most_classes = 5
    with pytest.raises(ZooError, match="a tells 5 classes apart at most; Lake's runs have 20 each"):
        lake_runs.benchmark_of(few, "a", path)


def test_masks_are_refused(path):
    masks = types.SimpleNamespace(example=Shape((28, 28, 1)), labels=Classes(within=(28, 28)), tells_classes=True)
    with pytest.raises(ZooError, match=r"labels \[28, 28, ways\]"):
        lake_runs.benchmark_of(masks, "a", path)


@pytest.mark.skipif(not drawn.REAL.exists(), reason="set ZOO_LAKE_RUNS to all_runs.zip of the Omniglot repository")
def test_the_figure_of_the_first_page_comes_out_of_files_that_are_read_as_a_users_are(shipped, tmp_path):
    """6 of 400 wrong, as seen in training; 8 they were blind, with a coarser shrinking."""
    import zipfile

    learner = shipped("protonet_omniglot_lake")
    benchmark = lake_runs.benchmark_of(learner, "protonet_omniglot_lake", drawn.REAL)
    assert 400 * lake_runs.error_rates_of_runs(learner, benchmark).mean() == pytest.approx(6)
    with zipfile.ZipFile(drawn.REAL) as archive:
        archive.extractall(tmp_path)
    answers = benchmark.draw().query_y.argmax(axis=-1)
    rates = []
    for run, right in enumerate(answers, 1):
        folder = tmp_path / f"run{run:02d}"
        for number in range(1, 21):
            (folder / f"classes/{number:02d}").mkdir(parents=True)
            (folder / f"training/class{number:02d}.png").rename(folder / f"classes/{number:02d}/one.png")
        data, _ = read_folder(folder / "classes", size=56, channels=1)
        queries = read_pictures(sorted((folder / "test").iterdir()), size=56, channels=1)
        learned = learner.learn(data.x, [int(data.names[label]) - 1 for label in data.labels])
        rates.append((learned.predict(queries[0]) != right).mean())
    assert 400 * np.mean(rates) == pytest.approx(6)
    assert dataclasses.replace(benchmark).summarise(np.array(rates))[1] == pytest.approx(0.0122, abs=5e-5)
