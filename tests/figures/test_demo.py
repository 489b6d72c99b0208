import matplotlib.image
import numpy as np
import pytest

from zoo import ZooError
from zoo.figures import demo, style


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "out"
    return folder, demo.make(folder)


def test_the_task_can_be_loaded_again(made):
    import zoo

    folder, facts = made
    curve = np.linspace(-5, 5, 50)
    want = facts["amplitude"] * np.sin(curve - facts["phase"])
    assert np.mean((zoo.load_task(folder / "wave").predict(curve) - want) ** 2) < 0.01


def test_the_picture_shows_the_wave_the_model_and_the_points(made):
    pixels = matplotlib.image.imread(made[0] / "wave.png")[..., :3]
    for colour in (style.LEARNED, style.POINTS):
        wanted = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
        assert np.sum(np.abs(pixels - wanted).max(axis=-1) < 0.02) > 200


def test_the_report_says_how_large_and_how_alike(made):
    report = demo.report(made[1])
    assert all(about["file"] in report for about in made[1]["formats"].values())
    assert all(about["difference"] < 1e-4 for about in made[1]["formats"].values())


def test_a_folder_that_exists_is_kept(made):
    with pytest.raises(ZooError, match="exists already"):
        demo.make(made[0])
