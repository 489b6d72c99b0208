"""The bouncing ball: windows of paths, streams from their seeds, rooms of the evaluation apart from those of training."""

import numpy as np
import pytest

from zoo.datasets import BouncingBall, Tasks, simulate, windows
from zoo.utils.errors import ZooError


def parts(batch):
    inputs, query_y = batch
    return [*(part.numpy() for part in inputs.values()), query_y.numpy()]


def positions(x):
    return {position.tobytes() for position in x[..., :6].reshape(-1, 2)}


def test_windows_are_three_positions_and_the_next():
    path = simulate([[0, 0], [1, 0], [1, 1], [0, 1]], [0.5, 0.5], [0.1, 0.02], 9)
    x, y = windows(path)
    assert x.shape == (6, 6) and y.shape == (6, 2)
    np.testing.assert_array_equal(x[2].reshape(3, 2), path[2:5])
    np.testing.assert_array_equal(y[2], path[5])


@pytest.mark.parametrize("path", [np.zeros([3, 2]), np.zeros([9, 3]), np.zeros(9)])
def test_a_path_too_short_or_of_another_shape_is_refused(path):
    with pytest.raises(ZooError, match="4 positions or more"):
        windows(path)


def test_a_path_is_checked_against_its_room():
    room = [[0, 0], [1, 0], [1, 1], [0, 1]]
    path = simulate(room, [0.5, 0.5], [0.1, 0.02], 30)
    np.testing.assert_array_equal(windows(path, room)[0], windows(path)[0])
    path[7] = [1.2, 0.5]
    with pytest.raises(ZooError, match=r"leaves the room at position 7"):
        windows(path, room)
    path[7] = np.nan
    with pytest.raises(ZooError, match="NaN"):
        windows(path)


def test_an_episode_has_the_published_shape():
    support_x, support_y, size, query_x, query_y = parts(next(iter(BouncingBall().stream(3, seed=1))))
    assert support_x.shape == query_x.shape == (3, 100, 6)
    assert support_y.shape == query_y.shape == (3, 100, 2)
    assert (size == 100).all()


def test_a_stream_starts_at_any_step():
    for episodes in (BouncingBall(), BouncingBall(rooms=6)):
        steps = [parts(batch) for batch in episodes.stream(2, seed=1).take(5)]
        later = [parts(batch) for batch in episodes.stream(2, seed=1, start=3).take(2)]
        for want, got in zip(steps[3:], later, strict=True):
            for one, other in zip(want, got, strict=True):
                np.testing.assert_array_equal(one, other)


def test_the_seed_decides():
    first, again, other = (parts(next(iter(BouncingBall().stream(2, seed))))[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not positions(first) & positions(other)


def test_fixed_rooms_come_again_with_the_same_windows():
    passes = [np.concatenate([parts(b)[3] for b in BouncingBall(rooms=4).stream(2, 1, start).take(2)]) for start in (0, 2)]
    first, second = (np.sort(each.reshape(4, -1), axis=0) for each in passes)
    np.testing.assert_array_equal(first, second)


def test_support_sizes_are_drawn_from_those_given():
    sizes = np.concatenate([parts(batch)[2] for batch in BouncingBall(sizes=(5, 50)).stream(8, seed=1).take(20)])
    assert set(sizes) == {5, 50}


def test_tasks_per_step_must_divide_the_list():
    with pytest.raises(ZooError, match="must divide"):
        BouncingBall(rooms=10).stream(3, seed=1)


def test_labels_go_on_where_the_window_ends():
    drawn = BouncingBall().draw(20, seed=1)
    assert drawn.query_y.shape == (20, 100, 5, 2)
    for last, following in ((drawn.query_x[..., 4:], drawn.query_y[:, :, 0]), (drawn.query_y[:, :, 0], drawn.query_y[:, :, 1])):
        length = np.linalg.norm(following - last, axis=-1)
        assert length.max() <= 0.1 + 1e-6 and np.median(length) == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize(("split", "shared"), [("window", True), ("trajectory", False)])
def test_only_the_split_by_window_shares_positions(split, shared):
    drawn = BouncingBall().draw(10, seed=1, split=split)
    assert bool(positions(drawn.query_x) & positions(drawn.support_x)) == shared


def test_no_window_is_both_support_and_query():
    drawn = BouncingBall().draw(10, seed=1)
    for support, query in zip(drawn.support_x, drawn.query_x, strict=True):
        assert not {row.tobytes() for row in support} & {row.tobytes() for row in query}


def test_evaluation_rooms_are_never_trained_on():
    drawn = BouncingBall().draw(20, seed=1)
    for episodes in (BouncingBall(), BouncingBall(rooms=20)):
        assert not positions(drawn.support_x) & positions(parts(next(iter(episodes.stream(20, seed=1))))[0])


def test_the_knownis_given_the_corners():
    plain, known = (BouncingBall(oracle=oracle).draw(3, seed=1) for oracle in (False, True))
    np.testing.assert_array_equal(known.query_x[..., :6], plain.query_x)
    corners = known.query_x[:, 0, 6:].reshape(3, 4, 2)
    assert (known.query_x[..., 6:] == known.query_x[:, :1, 6:]).all()
    assert (corners[:, 0] < corners[:, 2]).all()


def test_the_error_is_the_mean_distance_after_each_step():
    drawn = Tasks(*(np.zeros(0),) * 4, query_y=np.zeros([2, 3, 5, 2]))
    predicted = drawn.query_y.copy()
    predicted[1, :, 4] = [0.3, 0.4]
    conditions, found = zip(*BouncingBall().score(predicted, drawn), strict=True)
    assert [one["distance"] for one in conditions] == [0.1, 0.2, 0.3, 0.4, 0.5]
    np.testing.assert_allclose(found, [[0, 0]] * 4 + [[0, 0.5]])
