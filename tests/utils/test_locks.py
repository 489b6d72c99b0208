import os
import threading

import pytest

from zoo.utils import locks


def test_one_at_a_time(tmp_path):
    inside = []

    def enter():
        with locks.hold(tmp_path / "lock"):
            inside.append(len(inside) % 2 == 0)
            inside.append(True)

    with locks.hold(tmp_path / "lock"):
        assert locks.take(tmp_path / "lock") is None
        threads = [threading.Thread(target=enter) for _ in range(4)]
        for thread in threads:
            thread.start()
        assert inside == []
    for thread in threads:
        thread.join()
    assert inside == [True] * 8
    descriptor = locks.take(tmp_path / "lock")
    os.close(descriptor)
    with pytest.raises(FileNotFoundError):
        locks.take(tmp_path / "none")
