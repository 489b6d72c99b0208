"""Lake's own runs as tasks: the same 20 for everybody, seen as Omniglot is, with baselines that need no learning."""

import numpy as np
import one_shot_runs as drawn
import pytest
from pictures import provided

from zoo.datasets import LakeRuns
from zoo.datasets.episodes.lake_runs import HAUSDORFF, PIXELS
from zoo.datasets.images import omniglot
from zoo.datasets.images.one_shot_runs import read_runs
from zoo.utils.errors import ZooError

real = pytest.mark.skipif(not drawn.REAL.exists(), reason="set ZOO_LAKE_RUNS to all_runs.zip of the Omniglot repository")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return drawn.written(tmp_path_factory.mktemp("runs") / "all_runs.zip")


@pytest.mark.parametrize("size", [28, 56])
def test_tasks_are_the_runs_with_ink_as_1(path, size):
    tasks = LakeRuns(path, size).draw()
    assert tasks.support_x.shape == tasks.query_x.shape == (20, 20, size, size, 1)
    assert {part.dtype.name for part in (tasks.support_x, tasks.support_y, tasks.query_x, tasks.query_y)} == {"float32"}
    assert tasks.support_size.tolist() == [20] * 20
    np.testing.assert_array_equal(tasks.support_y, np.broadcast_to(np.eye(20), [20, 20, 20]))
    np.testing.assert_array_equal(tasks.query_y.argmax(axis=-1), drawn.answers())
    assert tasks.support_x.min() == 0
    ink = read_runs(path).training.mean(axis=(2, 3))
    np.testing.assert_allclose(tasks.support_x.mean(axis=(2, 3, 4)), ink, atol=0.5 / 255)  # an average over areas keeps it


def test_drawings_of_full_size_stay_as_they_are(path):
    np.testing.assert_array_equal(LakeRuns(path, 105).draw().query_x[..., 0], read_runs(path).test)


def test_nothing_of_them_is_drawn_at_random_or_trained_on(path):
    runs = LakeRuns(path)
    (condition,) = runs.conditions()
    for one, same in zip(runs.draw(20, 1), runs.draw(20, 9, **condition), strict=True):
        np.testing.assert_array_equal(one, same)
    assert runs.validation_condition() is None
    assert runs.calibration_tasks() == []
    with pytest.raises(ZooError, match="for evaluation only"):
        runs.stream(1, 1)
    with pytest.raises(ZooError, match=r"tasks=5 of .*Lake's runs are 20"):
        runs.draw(5, 1)
    with pytest.raises(ZooError, match="'shots': 5"):
        runs.draw(20, 1, shots=5)
    with pytest.raises(ZooError, match="choose from 1 to 105"):
        LakeRuns(path, 106)


def test_the_interval_is_over_runs(path):
    tasks = LakeRuns(path).draw()
    answers = tasks.query_y.copy()
    answers[:10] = np.roll(answers[:10], 1, axis=-1)  # half of the runs all wrong
    ((_, rates),) = LakeRuns(path).score(answers, tasks)
    assert rates.tolist() == [1.0] * 10 + [0.0] * 10
    assert LakeRuns(path).summarise(rates) == (0.5, pytest.approx(1.96 * 0.5 / 20**0.5))


def test_a_drawing_that_is_moved_is_found_by_its_shape_and_not_by_its_pixels(path):
    runs = LakeRuns(path)
    found = runs.baselines(runs.draw())
    assert list(found) == [PIXELS, HAUSDORFF]
    assert found[HAUSDORFF].tolist() == [0.0] * 20
    assert found[PIXELS].shape == (20,)
    assert found[PIXELS].mean() > 0.5


@real
def test_the_baselines_err_as_published_on_lakes_own():
    """38.75 % is the figure that the data came with; both prove that the drawings and their answers are read rightly."""
    runs = LakeRuns(drawn.REAL)
    wrong = {name: 400 * rates.mean() for name, rates in runs.baselines(runs.draw()).items()}
    assert wrong == {HAUSDORFF: pytest.approx(155), PIXELS: pytest.approx(324)}


@real
def test_lakes_own_drawings_are_those_of_omniglot_to_the_bit():
    if not provided("omniglot:3.0.0"):
        pytest.skip("TensorFlow Datasets has no Omniglot and cannot be reached; set TFDS_DATA_DIR to a folder that holds it")
    known = {picture.tobytes() for picture in omniglot.characters(28).x}
    tasks = LakeRuns(drawn.REAL).draw()
    for x in (tasks.support_x, tasks.query_x):
        assert {picture.tobytes() for picture in np.rint(255 * x).astype(np.uint8).reshape(400, 28, 28, 1)} <= known
