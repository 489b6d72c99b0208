import pytest

from zoo.hub import task_schema


def test_what_is_no_file_or_too_large_is_not_read(tmp_path, monkeypatch):
    with pytest.raises(OSError):
        task_schema.about(tmp_path / "task.json")
    with pytest.raises(ValueError, match="is no file"):
        task_schema.about(tmp_path)
    (tmp_path / "task.json").write_text("{}")
    monkeypatch.setattr(task_schema, "MOST_TEXT", 1)
    with pytest.raises(ValueError, match="is no file of at most 1 bytes"):
        task_schema.about(tmp_path / "task.json")


def test_what_is_quoted_is_short():
    with pytest.raises(ValueError, match="all of one kind") as raised:
        task_schema._check_classes(["elm", 1] * 10_000)
    assert len(str(raised.value)) < 200
