import shutil

import numpy as np
import pytest
import tensorflow as tf

from zoo.serving.publishing import warm_up
from zoo.serving.server.servable import Servable, newest_version
from zoo.serving.wire.protocol import BadRequestError
from zoo.serving.wire.statuses import Code, StatusError

pytestmark = pytest.mark.xdist_group("served")


@pytest.fixture(scope="module")
def wave(served):
    servable = Servable("wave", *newest_version(served / "wave"))
    yield servable
    servable.close()


def test_it_answers_as_tensorflow_does_and_knows_its_inputs(wave, served):
    x = np.array([[0.5], [-1.0]], np.float32)
    want = tf.saved_model.load(str(served / "wave" / "2")).signatures["serving_default"](query_x=tf.constant(x))["prediction"]
    np.testing.assert_allclose(wave.run("serving_default", {"query_x": x})["prediction"], want, rtol=1e-5, atol=1e-6)
    assert wave.specs("serving_default") == {"query_x": (np.dtype(np.float32), (None, 1))}
    assert (wave.version, wave.warmed) == (2, 0)


def test_an_unknown_signature_is_refused(wave):
    with pytest.raises(BadRequestError, match='Serving signature name: "adapt" not found in signature def'):
        wave.specs("adapt")


def test_what_the_graph_refuses_is_an_invalid_argument(wave):
    with pytest.raises(StatusError) as refused:
        wave.run("serving_default", {"query_x": np.zeros((2, 3), np.float32)})
    assert refused.value.code == Code.INVALID_ARGUMENT


def test_data_types_that_are_not_served_are_named(tmp_path):
    module = tf.Module()
    function = tf.function(lambda x: {"y": x}, input_signature=[tf.TensorSpec([None], tf.float64, "x")])
    tf.saved_model.save(module, str(tmp_path / "1"), signatures={"serving_default": function})
    servable = Servable("double", *newest_version(tmp_path))
    with pytest.raises(BadRequestError, match="x of signature serving_default is DT_DOUBLE; this server takes DT_FLOAT"):
        servable.specs("serving_default")
    servable.close()


def test_metadata_has_tensorflow_servings_form(wave):
    answer = wave.metadata()
    assert answer["model_spec"] == {"name": "wave", "signature_name": "", "version": "2"}
    definition = answer["metadata"]["signature_def"]["signature_def"]["serving_default"]
    assert definition["inputs"]["query_x"]["dtype"] == "DT_FLOAT"
    assert [axis["size"] for axis in definition["inputs"]["query_x"]["tensor_shape"]["dim"]] == ["-1", "1"]
    assert set(wave.signature_map().signature_def) == set(wave.signatures)


def test_its_warm_up_requests_are_run_and_one_that_fails_keeps_it_from_being_served(served, tmp_path):
    shutil.copytree(served / "wave" / "1", tmp_path / "1")
    right = warm_up.Request("serving_default", {"query_x": np.zeros((2, 1), np.float32)})
    warm_up.write(tmp_path / "1", "wave", [right, right])
    servable = Servable("wave", *newest_version(tmp_path))
    assert servable.warmed == 2
    servable.close()
    warm_up.write(tmp_path / "1", "wave", [warm_up.Request("adapt", {})])
    with pytest.raises(StatusError, match='warm-up failed: Serving signature name: "adapt" not found'):
        Servable("wave", *newest_version(tmp_path))


def test_what_is_no_model_is_refused_with_the_loaders_words(tmp_path):
    (tmp_path / "1").mkdir()
    with pytest.raises(StatusError, match="Could not find SavedModel"):
        Servable("none", 1, tmp_path / "1")
    with pytest.raises(FileNotFoundError, match="holds no version: TensorFlow Serving wants"):
        newest_version(tmp_path / "1")
