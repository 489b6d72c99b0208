"""Files of ONNX as functions: opened once, when they are first called."""

import numpy as np
import pytest

from zoo.runtime.sessions import Sessions


def test_a_graph_takes_what_it_reads_and_leaves_the_rest(waves, tiny):
    task = {name: np.asarray(value) for name, value in tiny.learn([0.0, 1.0], [1.0, 2.0]).learned.items()}
    query = np.array([[[0.5], [1.5]]], np.float32)
    graphs = Sessions(waves.folder)
    found = graphs.run("apply", task | {"query_x": query, "of no use": query})
    assert list(found) == ["prediction"]
    np.testing.assert_allclose(found["prediction"], tiny.graphs.apply(task, query), rtol=1e-5)


def test_a_file_is_opened_once_and_only_when_it_is_called(waves, tmp_path):
    (tmp_path / "apply.onnx").write_bytes(waves.file("apply").read_bytes())
    graphs = Sessions(tmp_path)
    inputs = waves.learn([0.0], [1.0]).learned | {"query_x": np.ones([1, 1, 1], np.float32)}
    graphs.run("apply", inputs)
    (tmp_path / "apply.onnx").unlink()
    graphs.run("apply", inputs)
    with pytest.raises(Exception, match=r"update\.onnx"):
        graphs.run("update", inputs)
