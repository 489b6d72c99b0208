"""Prepared data in the cache: made once, whole or not at all, whoever else makes it at the same time."""

import threading

import numpy as np
import pytest

from zoo.datasets.images import cache


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def arrays():
    return {"x": np.arange(200_000), "names": np.array(["ä", "b"])}


def test_data_is_prepared_once(home):
    calls = []
    for _ in range(2):
        found = cache.kept("some-1", lambda: calls.append(1) or arrays())
        np.testing.assert_array_equal(found["x"], arrays()["x"])
        assert found["names"].tolist() == ["ä", "b"]
    assert calls == [1]
    assert [path.name for path in (home / "zoo").iterdir()] == ["some-1.npz"]


def test_many_at_once_leave_one_whole_file(home):
    together, found = threading.Barrier(6), []

    def prepare():
        together.wait()  # none finds what another wrote: all write at the same time
        return arrays()

    threads = [threading.Thread(target=lambda: found.append(cache.kept("some", prepare))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(each["x"], arrays()["x"]) for each in found)
    assert len(found) == 6
    assert [path.name for path in (home / "zoo").iterdir()] == ["some.npz"]
    assert np.array_equal(cache.kept("some", lambda: pytest.fail("it is there"))["x"], arrays()["x"])


def test_a_failed_preparation_leaves_nothing(home):
    with pytest.raises(RuntimeError, match="no data"):
        cache.kept("some", lambda: (_ for _ in ()).throw(RuntimeError("no data")))
    assert not list(home.rglob("*.npz"))


def test_a_damaged_file_is_prepared_anew(home):
    cache.kept("some", arrays)
    path = home / "zoo" / "some.npz"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.warns(UserWarning, match=r"some.npz cannot be read .* prepared anew"):
        assert np.array_equal(cache.kept("some", arrays)["x"], arrays()["x"])
    assert np.array_equal(cache.kept("some", lambda: pytest.fail("it is there"))["x"], arrays()["x"])


def test_a_place_that_cannot_be_written_is_no_error(home):
    (home / "zoo").write_text("a file where the folder should be")
    with pytest.warns(UserWarning, match="cannot be kept"):
        assert np.array_equal(cache.kept("some", arrays)["x"], arrays()["x"])
