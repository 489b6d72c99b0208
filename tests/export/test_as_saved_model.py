import numpy as np
import tensorflow as tf

from zoo import export
from zoo.export import as_saved_model


def test_weights_are_stored_once(tiny, tmp_path, only):
    only(tiny, "serving_default", "adapt")  # both read them
    export.saved_model(tiny, tmp_path / "model")
    stored = (tmp_path / "model/variables/variables.data-00000-of-00001").stat().st_size
    bytes_of_weights = 4 * tiny.count_params()
    assert bytes_of_weights <= stored < 1.5 * bytes_of_weights + 2000


def test_it_holds_the_served_signatures_with_their_strings(tiny_names, tmp_path):
    x = np.random.default_rng(1).uniform(size=[2, 8, 8, 1]).astype(np.float32)
    assert set(export.saved_model(tiny_names, tmp_path / "names")) == {"serving_default", "classify"}
    found = as_saved_model.runner(tmp_path / "names")("classify")({"query_x": x})
    assert [name.decode() for name in found["class"]] == tiny_names.predict(x).tolist()


def test_some_endpoints_are_written_without_a_check(tiny, tmp_path):
    endpoints = {"adapt": tiny.endpoints()["adapt"]}
    as_saved_model.write(tiny, tmp_path / "model", endpoints)
    assert list(tf.saved_model.load(str(tmp_path / "model")).signatures) == ["adapt"]


def test_batches_of_any_size_are_answered(tiny_task, tmp_path):
    export.saved_model(tiny_task, tmp_path / "task")
    run = as_saved_model.runner(tmp_path / "task")("serving_default")
    for rows in (1, 5):
        x = np.linspace(-1, 1, rows, dtype=np.float32)
        np.testing.assert_allclose(run({"query_x": x[:, None]})["prediction"][:, 0], tiny_task.predict(x), rtol=1e-5, atol=1e-6)
