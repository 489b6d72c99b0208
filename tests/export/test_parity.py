"""What counts as a difference: of numbers, of numbers in parts, of names and indices of the largest, and of other strings."""

import numpy as np
import pytest
import tensorflow as tf

from zoo import ZooError
from zoo.export import parity
from zoo.learners.endpoint import Endpoint

NAMES = (b"ash", b"elm", b"oak")
SPEC = {"x": tf.TensorSpec([None], tf.float32)}
NAMED = Endpoint(lambda x: {}, SPEC, {"x": ("query",)}, names={"class": ("probability", NAMES)})
WANT = {"class": np.array([b"ash", b"oak"], object), "probability": np.array([[0.5, 0.49999, 0.1], [0.1, 0.2, 0.7]])}


def compared(got, endpoint=NAMED, want=WANT):
    return parity.compare(endpoint, {"x": np.zeros(2)}, want, want | {"class": np.array(got)}, "it", "here")


def test_a_name_counts_as_wrong_as_its_number_is_below_the_largest():
    assert compared([b"ash", b"oak"]) == 0
    assert compared([b"elm", b"oak"]) == pytest.approx(1e-5)  # as good as a tie


@pytest.mark.parametrize(
    ("got", "by"), [([b"oak", b"oak"], "0.4"), ([b"ash", b"elm"], "0.5"), ([b"ash", b"yew"], "inf"), ([b"", b"oak"], "inf")]
)
def test_a_wrong_name_is_refused(got, by):
    with pytest.raises(ZooError, match=rf"it: output 'class' differs from the live model by {by} here"):
        compared(got)


def test_names_of_another_shape_are_refused():
    with pytest.raises(ZooError, match=r"output 'class' should be \(2,\) here, but is \(1,\)"):
        compared([b"ash"])


def test_other_strings_are_equal_or_infinitely_different():
    plain, want = Endpoint(lambda x: {}, SPEC, {}), {"class": WANT["class"]}
    assert compared([b"ash", b"oak"], plain, want) == 0
    with pytest.raises(ZooError, match="differs from the live model by inf"):
        compared([b"elm", b"oak"], plain, want)


CHOSEN = Endpoint(lambda x: {}, SPEC, {"x": ("query",)}, choices={"best": "score"})
SCORES = {"best": np.array([0, 2], np.int32), "score": np.array([[0.5, 0.49999, 0.1], [0.1, 0.2, 0.7]])}


def chosen(best, scores=SCORES):
    return parity.compare(CHOSEN, {"x": np.zeros(2)}, scores, scores | {"best": np.array(best, np.int32)}, "it", "here")


def test_an_index_counts_as_wrong_as_its_number_is_below_the_largest():
    assert chosen([0, 2]) == 0
    assert chosen([1, 2]) == pytest.approx(1e-5)  # as good as a tie
    large = {"best": np.array([0], np.int32), "score": np.array([[2000.0, 1999.9, -4000.0]])}
    assert chosen([1], large) == pytest.approx(0.1 / 4000)  # relative to the largest number


@pytest.mark.parametrize(("best", "by"), [([2, 2], "0.4"), ([0, 1], "0.5"), ([0, 3], "inf"), ([-1, 2], "inf")])
def test_a_wrong_index_is_refused(best, by):
    with pytest.raises(ZooError, match=rf"it: output 'best' differs from the live model by {by} here"):
        chosen(best)


def test_the_index_that_query_scores_gives_is_a_choice(tiny):
    assert tiny.endpoints()["query_scores"].choices == {"best": "score"}


def test_numbers_differ_relative_to_the_largest_above_one_and_nan_never_passes():
    plain = Endpoint(lambda x: {}, SPEC, {})
    assert parity.difference(plain, "y", np.array([0.5]), np.array([0.25])) == 0.25
    assert parity.difference(plain, "y", np.array([101.0, 0.0]), np.array([100.0, 0.0])) == pytest.approx(0.01)
    with pytest.raises(ZooError, match="output 'y' differs from the live model by nan"):
        parity.compare(plain, {"x": np.zeros(1)}, {"y": np.zeros(1)}, {"y": np.array([np.nan])}, "it", "here")


def test_numbers_in_parts_are_compared_by_their_sums():
    parts = Endpoint(lambda x: {}, SPEC, {}, in_parts=("y",))
    assert parity.difference(parts, "y", np.array([[0.25, 0.75]]), np.array([[0.5, 0.5]])) == 0


def test_the_tolerance_grows_with_the_steps():
    plain, want = Endpoint(lambda x: {}, SPEC, {}), {"y": np.zeros(1)}
    got = {"y": np.full(1, 3 * parity.TOLERANCE)}
    assert parity.compare(plain, {"steps": np.array([4])}, want, got, "it", "here") == pytest.approx(3 * parity.TOLERANCE)
    with pytest.raises(ZooError, match=r"more than 0\.0002"):
        parity.compare(plain, {"steps": np.array([2])}, want, got, "it", "here")


def test_random_inputs_fill_the_padding_with_garbage():
    axes = {"support_x": ("tasks", "support"), "support_y": ("tasks", "support"), "support_size": ("tasks",)}
    specs = {"support_x": [None, None, 2], "support_y": [None, None, 1]}
    inputs = {name: tf.TensorSpec(shape, tf.float32) for name, shape in specs.items()}
    endpoint = Endpoint(lambda **_: {}, inputs | {"support_size": tf.TensorSpec([None], tf.int32)}, axes)
    made = parity.example(endpoint, {"tasks": 2, "support": 5}, 0)
    assert made["support_x"].shape == (2, 5, 2)
    assert made["support_size"].tolist() == [3, 3]
    assert np.isfinite(made["support_x"][:, :3]).all()
    assert np.isnan(made["support_y"][0, 3:]).all()


def test_an_unknown_signature_is_refused_with_those_there_are():
    with pytest.raises(ZooError, match="no signature 'apply'; this model has serving_default"):
        parity.choose({"serving_default": NAMED}, "apply")
