import threading

import pytest

from zoo.serving.server.catalog import RETRIES, Catalog, State, Wanted
from zoo.serving.server.model_sources import ModelSource, Policy
from zoo.serving.wire.statuses import Code, StatusError


class Fake:
    """A servable that is only a name, a version, and a flag."""

    warmed = 0

    def __init__(self, name, version):
        self.name, self.version, self.closed = name, version, False

    def close(self):
        self.closed = True


@pytest.fixture
def disk(tmp_path):
    """A folder of one model whose versions are made and removed, and a catalog of it that fails to load what it is told to."""

    class Disk:
        def __init__(self):
            self.base, self.broken, self.loaded = tmp_path / "m", set(), []
            self.base.mkdir()
            self.catalog = Catalog(self.load, retry_seconds=0)

        def load(self, name, version, path):
            self.loaded.append(version)
            if version in self.broken:
                raise StatusError(Code.NOT_FOUND, "no such file")
            return Fake(name, version)

        def put(self, *versions):
            for version in versions:
                (self.base / str(version)).mkdir()

        def refresh(self, policy=None, labels=()):
            self.catalog.refresh([ModelSource("m", self.base, policy or Policy(), labels)])

        def states(self):
            return {version.number: version.state for version in self.catalog.status(Wanted("m"))}

        def serves(self, **wanted):
            with self.catalog.lease(Wanted("m", **wanted)) as servable:
                return servable.version

    return Disk()


def test_a_new_version_takes_over_and_the_old_one_ends(disk):
    disk.put(1)
    disk.refresh()
    with disk.catalog.lease(Wanted("m")) as held:
        disk.put(2)
        disk.refresh()
        assert disk.serves() == 2
        assert disk.states() == {2: State.AVAILABLE, 1: State.UNLOADING}
        assert not held.closed
    disk.catalog.refresh()
    assert held.closed
    assert disk.states() == {2: State.AVAILABLE, 1: State.END}
    with pytest.raises(StatusError, match=r"Specific\(m, 1\)"):
        disk.serves(version=1)


def test_a_version_that_cannot_be_loaded_changes_nothing_and_is_tried_again(disk):
    disk.put(1)
    disk.refresh()
    disk.put(2)
    disk.broken.add(2)
    for _ in range(RETRIES + 3):
        disk.refresh()
    assert disk.loaded == [1] + [2] * (RETRIES + 1)
    assert disk.serves() == 1
    (failed,) = disk.catalog.status(Wanted("m", 2))
    assert (failed.state, failed.code, failed.message) == (State.END, Code.NOT_FOUND, "no such file")
    assert "version 2: no such file" in disk.catalog.failures("m")
    (disk.base / "2").rmdir()
    disk.refresh()
    disk.broken.clear()
    disk.put(2)
    disk.refresh()
    assert disk.serves() == 2


def test_a_policy_decides_which_versions_are_served(disk):
    disk.put(1, 2, 3)
    disk.refresh(Policy(latest=2))
    assert disk.catalog.available("m") == [2, 3]
    disk.refresh(Policy(latest=None))
    assert disk.catalog.available("m") == [1, 2, 3]
    disk.refresh(Policy(specific=(1, 7)))
    assert disk.catalog.available("m") == [1]
    assert disk.serves() == 1


def test_a_label_moves_to_a_version_once_that_is_available(disk):
    disk.put(1)
    disk.refresh(labels=(("stable", 1), ("next", 2)))
    assert disk.serves(label="stable") == 1
    with pytest.raises(StatusError, match="Unrecognized servable version label: next") as refused:
        disk.serves(label="next")
    assert refused.value.code == Code.INVALID_ARGUMENT
    everything = Policy(latest=None)
    disk.refresh(everything, labels=(("stable", 2),))
    assert disk.serves(label="stable") == 1
    disk.put(2)
    disk.refresh(everything, labels=(("stable", 2),))
    assert disk.serves(label="stable") == 2


def test_a_disk_that_goes_away_unloads_nothing_and_an_emptied_one_everything(disk):
    disk.put(1)
    disk.refresh()
    disk.base.rename(disk.base.with_name("gone"))
    disk.refresh()
    assert disk.serves() == 1
    disk.base.mkdir()
    disk.refresh()
    assert disk.states() == {1: State.END}
    with pytest.raises(StatusError, match=r"Latest\(m\)"):
        disk.serves()


def test_a_model_that_is_no_longer_configured_ends(disk):
    disk.put(1)
    disk.refresh()
    disk.catalog.refresh([])
    assert disk.states() == {1: State.END}


def test_leases_count_over_threads(disk):
    disk.put(1)
    disk.refresh()
    barrier = threading.Barrier(9)

    def hold():
        with disk.catalog.lease(Wanted("m")) as servable:
            barrier.wait(10)
            barrier.wait(10)
            assert not servable.closed

    threads = [threading.Thread(target=hold) for _ in range(8)]
    for thread in threads:
        thread.start()
    barrier.wait(10)
    disk.catalog.close()
    assert disk.states() == {1: State.UNLOADING}
    barrier.wait(10)
    for thread in threads:
        thread.join()
    disk.catalog.close()
    assert disk.states() == {1: State.END}
