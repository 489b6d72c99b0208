"""The worst of some episodes, its votes, and how right and wrong queries are drawn."""

import types

import keras
import numpy as np
import pictures
import pytest
from matplotlib.colors import to_rgba
from PIL import Image

from zoo.datasets import LakeTrials, NWay, Tasks
from zoo.figures import episode, style
from zoo.models.matching import MatchingConfig, MatchingNetwork
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork
from zoo.utils.logits import softmax

SMALL = {"size": 12, "filters": (4,), "shrink": ("pool",)}


@pytest.fixture
def drawn(monkeypatch):
    """What `draw` hands to `_figure`, which draws nothing; episodes are few and small."""
    given = types.SimpleNamespace()

    def figure(one, logits, votes, what, nearest, title):
        vars(given).update(one=one, logits=logits, votes=votes, what=what, nearest=nearest, title=title)
        return style.axes(1, 1)[0]

    monkeypatch.setattr(episode, "_figure", figure)
    for name, value in {"TRIED": 3, "WAYS": 4, "SHOTS": 2, "QUERIES": 2}.items():
        monkeypatch.setattr(episode, name, value)
    return given


def untrained(kind, config):
    keras.utils.set_random_seed(0)
    return kind(config(**SMALL))


@pytest.mark.parametrize("wrap", [lambda episodes: episodes, LakeTrials], ids=["episodes", "trials"])
def test_the_episode_with_the_most_mistakes_is_drawn(drawn, wrap, tmp_path):
    learner, episodes = untrained(PrototypicalNetwork, PrototypicalConfig), NWay(pictures.strokes(12), rotations=True)
    episode.draw(learner, wrap(episodes), tmp_path / "episode.png")
    tasks = episodes.draw(3, episode.SEED, ways=4, shots=2, queries=2)
    logits = np.asarray(learner.answers(tasks.inputs))
    wrong = (logits.argmax(axis=2) != tasks.query_y.argmax(axis=2)).sum(axis=1)
    worst = int(wrong.argmax())
    for got, want in zip(drawn.one, tasks, strict=True):
        np.testing.assert_array_equal(got, want[worst : worst + 1])
    np.testing.assert_allclose(drawn.logits, logits[worst], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(drawn.votes, softmax(drawn.logits))
    assert drawn.what == "probability of the classes"
    assert drawn.nearest == "nearest to\nprototype"
    assert drawn.title.startswith(
        f"{wrong[worst]} of 8 wrong, the most in 3 episodes, of whose queries {100 * wrong.mean() / 8:.2g} %"
    )


def test_a_learner_that_attends_shows_what_each_example_counted_class_by_class(drawn, tmp_path):
    learner = untrained(MatchingNetwork, MatchingConfig)
    episode.draw(learner, NWay(pictures.strokes(12)), tmp_path / "episode.png")
    assert drawn.what == "attention to the examples"
    assert drawn.nearest == "nearest\nquery"
    assert drawn.votes.shape == (8, 8)
    np.testing.assert_allclose(drawn.votes.reshape(8, 4, 2).sum(axis=2), softmax(drawn.logits), rtol=1e-3, atol=1e-5)


def test_rows_of_the_first_class_come_first_in_the_order_they_came_in():
    assert episode._by_class(np.eye(3)[[2, 0, 1, 0, 2]]).tolist() == [1, 3, 2, 0, 4]


def test_a_wrong_query_is_red_and_says_what_it_was_taken_for():
    label = np.eye(3, dtype=np.float32)
    support, query = np.full([1, 3, 4, 4, 1], 0.25), np.full([1, 6, 4, 4, 1], 0.75)
    one = Tasks(support, label[[[2, 0, 1]]], np.array([3]), query, label[[[0, 0, 1, 1, 2, 2]]])
    said = [0, 1, 1, 1, 2, 0]
    figure = episode._figure(one, label[said], np.eye(6, 3), "votes", "nearest", "a title")
    cells, panel = figure.axes
    frames = {tuple(frame.get_xy()): frame.get_edgecolor() for frame in cells.patches}
    side = 4 + episode.GAP
    places = {(left * side - 2, row * side - 2): (row, left - 3) for row in range(3) for left in (3, 4)}
    assert {places[place] for place, color in frames.items() if color == to_rgba(episode.WRONG)} == {(0, 1), (2, 1)}
    assert {places[place] for place, color in frames.items() if color == to_rgba(episode.RIGHT)} == {
        (0, 0),
        (1, 0),
        (1, 1),
        (2, 0),
    }
    assert [text.get_text() for text in cells.texts] == ["B", "A"]  # taken for
    canvas = cells.images[0].get_array()
    assert canvas.shape == (3 * side, 5 * side)
    assert (canvas[:4, :4] == 0.25).all() and (canvas[:4, 3 * side : 3 * side + 4] == 0.75).all()
    assert [tick.get_text() for tick in cells.get_xticklabels()] == ["learned from", "nearest", "queries\nred: taken for"]
    assert panel.get_xlabel() == "votes"
    assert figure.get_suptitle() == "a title"


def test_the_file_is_a_png_of_few_colours_in_place_of_what_was_there(tmp_path):
    path = tmp_path / "episode.png"
    figure, part = style.axes(2, 1)
    part.imshow(np.random.default_rng(0).uniform(size=[20, 20]), cmap="magma")
    episode._write(figure, path)
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("PNG", (200, 100))
        assert len(picture.convert("RGB").getcolors()) <= 64
    assert not style.plt.fignum_exists(figure.number)
