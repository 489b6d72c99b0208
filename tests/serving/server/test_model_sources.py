import pytest

from zoo.serving.server.model_sources import Policy, on_disk


def test_versions_are_folders_called_by_an_integer(tmp_path):
    for name in ("1", "0002", "12", "v1", "1.2", "1.tmp", ".partial", "-3", "99999999999999999999", "٣"):
        (tmp_path / name).mkdir()
    (tmp_path / "7").touch()
    (tmp_path / "002").mkdir()
    assert on_disk(tmp_path) == {1: tmp_path / "1", 2: tmp_path / "002", 12: tmp_path / "12"}
    with pytest.raises(OSError, match="gone"):
        on_disk(tmp_path / "gone")


def test_policies_choose():
    found = {1, 2, 5}
    assert Policy().choose(found) == {5}
    assert Policy(latest=2).choose(found) == {2, 5}
    assert Policy(latest=None).choose(found) == found
    assert Policy(specific=(1, 9)).choose(found) == {1}
