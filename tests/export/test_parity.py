"""What counts as a difference where an output is no number: names of what is largest, and other strings."""

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
