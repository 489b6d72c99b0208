"""The page of all figures; each figure is tested with the file that draws it."""

import pytest

from zoo import ZooError
from zoo.figures import ball, mela, style, video, waves

NAMES = [
    *("2a_gradient_steps", "2b_one_wave", "2c_asking", "2d_asked", "code_space"),
    *("3a_rooms", "3b_rollout", "ball_gradient_steps", "4_influence", "5a_video_frames", "5b_video_rollout"),
]


def blank(name):
    return style.Picture(name, f"About {name}.", style.axes(2, 1)[0], ("x",), [(1,)])


@pytest.fixture
def blanks(monkeypatch):
    """A blank picture in place of each figure, under its name."""
    drawn = {
        waves: {"gradient_steps": NAMES[0], "one_wave": NAMES[1], "code_space": NAMES[4]},
        ball: {"rooms": NAMES[5], "rollout": NAMES[6], "gradient_steps": NAMES[7], "influence": NAMES[8]},
        video: {"frames": NAMES[9], "rollout": NAMES[10]},
    }
    for module, functions in drawn.items():
        for function, name in functions.items():
            monkeypatch.setattr(module, function, lambda name=name: blank(name))
    monkeypatch.setattr(waves, "asking", lambda: tuple(map(blank, NAMES[2:4])))


def test_all_figures_come_in_the_order_of_the_paper(blanks):
    assert [picture.name for picture in mela.pictures()] == NAMES
    assert len(NAMES) == mela.COUNT


def test_all_of_them_are_on_one_page(monkeypatch, tmp_path):
    monkeypatch.setattr(mela, "pictures", lambda: map(blank, ("one", "two")))
    assert mela.draw(tmp_path / "mela", progress=False) == ["one", "two"]
    assert (tmp_path / "mela/README.md").read_text(encoding="utf-8").startswith(mela.HEADLINE)


def test_a_folder_that_exists_is_kept_and_nothing_is_measured(monkeypatch, tmp_path):
    monkeypatch.setattr(mela, "pictures", lambda: pytest.fail("measured"))
    with pytest.raises(ZooError, match="exists already"):
        mela.draw(tmp_path, progress=False)
    assert list(tmp_path.iterdir()) == []
