"""What holds of every format: an export replaces what an export wrote, and nothing else."""

import pytest

from zoo import ZooError, export


@pytest.mark.parametrize(
    ("exporter", "there"),
    [
        (export.saved_model, "out/thesis.txt"),
        (export.saved_model, "out"),
        (export.onnx, "out/thesis.txt"),
        (export.onnx, "out/thesis.onnx"),
        (export.onnx, "out"),
        (export.onnx, "out.onnx"),
        (export.litert, "out"),
        (export.c, "out.c"),
        (export.c, "out.h"),
    ],
)
def test_what_no_export_wrote_is_not_replaced(tiny_task, tmp_path, exporter, there):
    (tmp_path / there).parent.mkdir(exist_ok=True)
    (tmp_path / there).write_text("years of work")
    name = {export.c: "out.c"}.get(exporter, "out.onnx" if there == "out.onnx" else "out")
    with pytest.raises(ZooError, match="nothing that the zoo wrote"):
        exporter(tiny_task, tmp_path / name, force=True)
    assert (tmp_path / there).read_text() == "years of work"
    (tmp_path / there).unlink()
    for _ in range(2):
        exporter(tiny_task, tmp_path / name, force=True)
