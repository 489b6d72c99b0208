import pytest

from zoo.layers import QueryContext, SetEncoder, SupportContext, WeightedL1
from zoo.layers.shapes import known_sizes


def test_known_sizes_are_the_last_ones():
    assert known_sizes(WeightedL1(), (None, 7, 5, 3), 2) == (5, 3)
    assert known_sizes(WeightedL1(), (4,), 1) == (4,)


@pytest.mark.parametrize("shape", [(None, 8, None, 3), (5, 3), ()])
def test_unknown_and_missing_sizes_are_refused(shape):
    with pytest.raises(ValueError, match="WeightedL1: the last 3 sizes of its input must be known, but its shape is "):
        known_sizes(WeightedL1(), shape, 3)


@pytest.mark.parametrize("layer", [WeightedL1, SupportContext, QueryContext])
def test_layers_as_wide_as_their_input_must_know_it(layer):
    with pytest.raises(ValueError, match=rf"{layer.__name__}: the last size .* its shape is \(None, 5, None\)"):
        layer().build((None, 5, None))


def test_only_the_last_size_must_be_known():
    SetEncoder((4, 3), (5, 2)).build((None, None, 7))
    SupportContext().build((None, None, 7))
