import numpy as np
import pytest

from zoo.serving.client.metadata import Metadata, TensorInfo
from zoo.utils.errors import ZooError

FLOAT = np.dtype(np.float32)


def parsed(inputs, version="2"):
    definition = {"inputs": inputs, "outputs": {"prediction": {"dtype": "DT_FLOAT", "tensor_shape": {"unknown_rank": True}}}}
    signatures = {"serving_default": definition, "__saved_model_init_op": {"outputs": {"x": {"dtype": "DT_INVALID"}}}}
    return Metadata.parsed(
        {"model_spec": {"name": "m", "version": version}, "metadata": {"signature_def": {"signature_def": signatures}}}
    )


def test_reads_what_tensorflow_serving_writes():
    dims = [{"size": "-1", "name": ""}, {"size": "3", "name": ""}, {"size": "0"}]
    metadata = parsed({"query_x": {"dtype": "DT_FLOAT", "tensor_shape": {"dim": dims}}, "word": {"dtype": "DT_STRING"}})
    assert (metadata.name, metadata.version, set(metadata.signatures)) == ("m", 2, {"serving_default"})
    signature = metadata.signature("serving_default")
    assert signature.inputs == {"query_x": TensorInfo(FLOAT, (None, 3, 0)), "word": TensorInfo(None, None)}
    assert str(signature) == "query_x float32 [*, 3, 0], word another type [any shape] -> prediction float32 [any shape]"
    assert not metadata.is_task_model
    assert parsed({"query_x": {"dtype": "DT_FLOAT"}}).is_task_model


def test_strings_are_spoken_as_outputs_only():
    text = {"dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": "-1"}]}}
    signatures = {"classify": {"inputs": {"word": text}, "outputs": {"class": text}}}
    answer = {"model_spec": {"name": "m", "version": "1"}, "metadata": {"signature_def": {"signature_def": signatures}}}
    signature = Metadata.parsed(answer).signature("classify")
    assert (signature.inputs["word"].dtype, signature.outputs["class"].dtype) == (None, np.dtype(str))
    assert str(signature) == "word another type [*] -> class string [*]"


@pytest.mark.parametrize("version", ["x", None])
def test_another_form_is_refused(version):
    with pytest.raises((ValueError, TypeError)):
        parsed({}, version)


def test_an_unknown_signature_is_told_with_those_that_are_there():
    with pytest.raises(ZooError, match=r"m \(version 2\) has no signature 'adapt'.*it has serving_default"):
        parsed({}).signature("adapt")


def test_rows_have_a_fixed_shape():
    assert TensorInfo(FLOAT, (None, None, 2, 3)).row(2, "x") == (2, 3)
    for shape in (None, (None,), (None, None, None, 2)):
        with pytest.raises(ZooError, match="has such an open axis"):
            TensorInfo(FLOAT, shape).row(2, "x")


def test_shapes_that_fit():
    info = TensorInfo(FLOAT, (None, 2))
    assert info.holds((5, 2))
    assert not info.holds((5, 3))
    assert not info.holds((5,))
    assert TensorInfo(FLOAT, None).holds((1, 2, 3))
