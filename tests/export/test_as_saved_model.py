import numpy as np
import pytest
import tensorflow as tf

from zoo import ZooError, export
from zoo.export import as_saved_model, parity
from zoo.learners.endpoint import Endpoint

RANDOM = "fingerprint.pb"  # holds a uuid


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != RANDOM}


@pytest.fixture(scope="module")
def exported(predicting, tmp_path_factory):
    """The tiny learner's folder, and the differences that were found."""
    folder = tmp_path_factory.mktemp("saved_model") / "learner"
    return folder, export.saved_model(predicting, folder)


def test_it_agrees_with_the_live_learner_and_padding_stays_out(exported, padded_and_trimmed):
    folder, differences = exported
    assert differences == {"serving_default": pytest.approx(0, abs=1e-5)}
    padded, trimmed = map(as_saved_model.runner(folder)("serving_default"), padded_and_trimmed)
    np.testing.assert_allclose(padded["prediction"], trimmed["prediction"], atol=1e-6)


def test_twice_the_same_bytes_but_for_a_random_number(exported, predicting, count_on, tmp_path):
    count_on()
    as_saved_model.write(predicting, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(exported[0])


def test_a_loop_with_a_gradient_twice_the_same_bytes(descent, count_on, tmp_path):
    export.saved_model(descent, tmp_path / "one")
    count_on()
    as_saved_model.write(descent, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_weights_are_stored_once(tiny, part, tmp_path):
    as_saved_model.write(part(tiny, "serving_default", "adapt"), tmp_path / "model")  # both read them
    stored = (tmp_path / "model/variables/variables.data-00000-of-00001").stat().st_size
    bytes_of_weights = 4 * tiny.count_params()
    assert bytes_of_weights <= stored < 1.5 * bytes_of_weights + 2000


def test_some_endpoints_are_written_without_a_check(descent, monkeypatch, tmp_path):
    monkeypatch.setattr(parity, "check", lambda *_: pytest.fail("checked"))
    double = Endpoint(lambda x: {"y": 2 * x}, {"x": tf.TensorSpec([None], tf.float32)}, {"x": ("query",)})
    as_saved_model.write(descent, tmp_path / "model", {"double": double})
    assert list(tf.saved_model.load(str(tmp_path / "model")).signatures) == ["double"]
    assert as_saved_model.runner(tmp_path / "model")("double")({"x": np.array([1.5], np.float32)})["y"] == [3]


def test_it_holds_the_served_signatures_with_their_strings(tiny_names, tmp_path):
    x = np.random.default_rng(1).uniform(size=[2, 8, 8, 1]).astype(np.float32)
    assert set(export.saved_model(tiny_names, tmp_path / "names")) == {"serving_default", "classify"}
    found = as_saved_model.runner(tmp_path / "names")("classify")({"query_x": x})
    assert [name.decode() for name in found["class"]] == tiny_names.predict(x).tolist()
    np.testing.assert_allclose(found["probability"], tiny_names.predict_proba(x), rtol=1e-5)
    as_saved_model.write(tiny_names, tmp_path / "again", tiny_names.served_endpoints())
    assert (tmp_path / "names/saved_model.pb").read_bytes() == (tmp_path / "again/saved_model.pb").read_bytes()


def test_a_task_leaves_alone_what_is_there_and_answers_batches_of_any_size(tiny_task, tmp_path):
    path = tmp_path / "task"
    path.write_text("mine")
    with pytest.raises(ZooError, match="exists already"):
        export.saved_model(tiny_task, path)
    assert path.read_text() == "mine"
    path.unlink()
    assert export.saved_model(tiny_task, path)["serving_default"] < 1e-5
    assert [found.name for found in tmp_path.iterdir()] == ["task"]
    run = as_saved_model.runner(path)("serving_default")
    for rows in (1, 5):
        x = np.linspace(-1, 1, rows, dtype=np.float32)
        np.testing.assert_allclose(run({"query_x": x[:, None]})["prediction"][:, 0], tiny_task.predict(x), rtol=1e-5, atol=1e-6)
    as_saved_model.write(tiny_task, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(path)


def test_nothing_appears_when_the_export_differs(tiny_task, tmp_path, monkeypatch):
    monkeypatch.setattr(parity, "TOLERANCE", -1.0)
    with pytest.raises(ZooError, match=r"SavedModel, signature 'serving_default': .* differs from the live model"):
        export.saved_model(tiny_task, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
