import os

import pytest

from zoo.utils import locks


def test_one_at_a_time(tmp_path):
    (tmp_path / "lock").touch()
    held = locks.take(tmp_path / "lock")
    assert locks.take(tmp_path / "lock") is None
    os.close(held)
    os.close(locks.take(tmp_path / "lock"))
    with pytest.raises(FileNotFoundError):
        locks.take(tmp_path / "none")
