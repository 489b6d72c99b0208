from zoo.serving.publishing import generated


def test_a_file_is_rewritten_until_it_is_edited(tmp_path):
    path = tmp_path / "a.yaml"
    assert generated.write(path, "one: 1\n") is None
    assert generated.write(path, "one: 2\n") is None
    assert path.read_text().endswith("\none: 2\n")
    before = path.stat().st_mtime_ns
    assert generated.write(path, "one: 2\n") is None
    assert path.stat().st_mtime_ns == before
    path.write_text(path.read_text() + "mine: 3\n")
    assert "was edited" in generated.write(path, "one: 4\n")
    assert path.read_text().endswith("one: 2\nmine: 3\n")
    path.write_text("no first line: 1\n")
    assert "was edited" in generated.write(path, "one: 4\n")
    path.unlink()
    assert generated.write(path, "one: 5\n") is None
    assert generated.is_untouched(path.read_text())
    assert [child.name for child in tmp_path.iterdir()] == ["a.yaml"]
