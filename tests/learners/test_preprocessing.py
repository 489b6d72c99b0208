"""Pictures as encoders want them: every name on numbers, those of `keras.applications` among them, and what is refused."""

import numpy as np
import pytest
from keras.src.applications.imagenet_utils import preprocess_input

from zoo.learners.preprocessing import NAMED, Preprocessing, preprocessing
from zoo.utils.errors import ZooError

X = np.random.default_rng(0).uniform(0, 1, (2, 4, 3, 3)).astype(np.float32)


@pytest.mark.parametrize(("name", "theirs"), [("-1..1", "tf"), ("imagenet", "torch"), ("caffe", "caffe")])
def test_names_are_what_keras_applications_do(name, theirs):
    np.testing.assert_allclose(NAMED[name](X), preprocess_input(255.0 * X, mode=theirs), rtol=1e-4, atol=1e-3)


def test_numbers_are_a_scale_and_an_offset():
    np.testing.assert_allclose(preprocessing("0..255", 3)(X), 255.0 * X, rtol=1e-6)
    np.testing.assert_array_equal(preprocessing("0..1", 3)(X), X)
    np.testing.assert_allclose(preprocessing((2, [0.0, 1.0, 2.0]), 3)(X), 2.0 * X + np.float32([0, 1, 2]), rtol=1e-6)
    assert preprocessing((1, 0), 5) == Preprocessing()


@pytest.mark.parametrize("given", ["bytes", (1.0,), (1.0, "a"), (1.0, float("nan")), 3, ((), 0.0), (1.0, [1.0, 2.0]), "imagenet"])
def test_anything_else_is_refused_on_one_line(given):
    with pytest.raises(ZooError, match="preprocess=") as raised:
        preprocessing(given, 4 if given == "imagenet" else 3)
    assert "\n" not in str(raised.value)
