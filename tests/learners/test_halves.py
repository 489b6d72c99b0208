"""The two halves of a classifier: one after the other they answer as the task does, in every format; kilobytes each head."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
import task_ways

import zoo
from zoo.export import labels, quantization
from zoo.learners import made
from zoo.learners.halves import encoder_of, head_of
from zoo.models import anil, encoded, matching_fce, prototypical
from zoo.utils.errors import ZooError


def learners():
    return [
        prototypical.tiny()["cosine"],
        next(iter(matching_fce.tiny().values())),
        encoded.tiny()["pictures that are not square"],
        anil.tiny()["two steps"],
    ]


@pytest.mark.parametrize("learner", learners(), ids=lambda each: type(each).__name__)
def test_one_after_the_other_they_are_the_task(learner, tmp_path):
    task, x = made.task(learner), made.queries(learner)
    zoo.export.onnx(task.head_only(), tmp_path / "head.onnx")
    zoo.export.onnx(learner.encoder_only(), tmp_path / "encoder.onnx")
    run = {name: onnxruntime.InferenceSession(tmp_path / f"{name}.onnx").run for name in ("head", "encoder")}
    (embedding,) = run["encoder"](["embedding"], {"query_x": x})
    np.testing.assert_allclose(embedding, learner.graphs.embed(x), rtol=1e-4, atol=1e-5)
    (got,) = run["head"](["prediction"], {"query_x": embedding})
    want = task.answers(x)
    np.testing.assert_allclose(got, want, atol=1e-4 * max(1.0, np.abs(want).max()))
    assert labels.read(tmp_path / "head.onnx") == [str(each) for each in task.classes]
    assert labels.ood_threshold(tmp_path / "head.onnx") == task.ood_threshold


def test_a_head_is_kilobytes_and_leaves_in_every_format(tmp_path):
    learner = zoo.encoded(None, shape=64, licence="Apache-2.0")
    x = np.random.default_rng(0).normal(size=(200, 64)).astype(np.float32)
    head = learner.learn(x, np.arange(200) % 10).head_only()
    for write, path in ((zoo.export.litert, "head.tflite"), (zoo.export.onnx, "head.onnx")):
        write(head, tmp_path / path)
        assert (tmp_path / path).stat().st_size < 10 * 64 * 4 + 8_000  # and none of the 200 examples
    zoo.export.saved_model(head, tmp_path / "1")
    assert (tmp_path / "1" / "assets.extra" / "licence.txt").read_text().startswith("Apache-2.0; SHA-256 of the encoder's")
    props = {each.key: each.value for each in onnx.load(tmp_path / "head.onnx").metadata_props}
    assert props["licence"] == learner.licence and json.loads(props["classes"]) == list(range(10))


@pytest.mark.parametrize("kind", ["float32", "int8"])
def test_a_head_of_class_means_is_c_source_that_answers_alike(kind, tmp_path):
    learner = prototypical.tiny()["cosine"]
    task, x = made.task(learner), made.queries(learner)
    left = task_ways.c(task.head_only(), tmp_path, kind)
    got = left.run({"query_x": learner.graphs.embed(x).numpy()})["prediction"]
    want = task.answers(x)
    tolerance = 1e-5 if kind == "float32" else quantization.TOLERANCES[kind]
    np.testing.assert_allclose(got, want, rtol=0, atol=tolerance * np.abs(want).max())


def test_a_head_of_anil_is_a_dense_layer_in_c(tmp_path):
    learner = anil.tiny()["two steps"]
    task, x = made.task(learner), made.queries(learner)
    left = task_ways.c(task.head_only(), tmp_path, "float32")
    got = left.run({"query_x": learner.graphs.embed(x).numpy()})["prediction"]
    np.testing.assert_allclose(got, task.answers(x), rtol=1e-4, atol=1e-5)


def test_a_served_head_names_the_classes():
    learner = prototypical.tiny()["cosine"]
    task, x = made.task(learner), made.queries(learner)
    got = task.head_only().served_endpoints()["classify"](query_x=learner.graphs.embed(x))
    label, odds, score = task.classify(x)
    assert [each.decode() for each in got["class"].numpy()] == [str(each) for each in label]
    np.testing.assert_allclose(got["probability"], odds, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(got["ood_score"], score, rtol=1e-3, atol=1e-4)


def test_what_has_no_halves_is_refused(tiny):
    task = made.task(tiny)
    for half, given in ((head_of, task), (head_of, tiny), (encoder_of, tiny), (encoder_of, task), (head_of, 3)):
        with pytest.raises(ZooError, match=r"has no (head|encoder) of its own"):
            half(given)
    with pytest.raises(ZooError, match="has no head of its own"):
        task.head_only()
    assert encoder_of(made.task(prototypical.tiny()["cosine"])).title.startswith("encoder of ")
