from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zoo.layers.coordinates import DISPLACEMENT, Inertial, Scaled, coordinates

numbers = st.floats(-10, 10, width=32, allow_subnormal=False)


@given(numbers, numbers)
def test_scaled_outputs_undo_scaled_labels(x, y):
    seen = Scaled(5.0, 3.0)
    x, y = np.float32([[x]]), np.float32([[y]])
    np.testing.assert_allclose(seen.output(x, seen.label(x, y)), y, rtol=1e-5, atol=1e-30)
    np.testing.assert_allclose(seen.example(x), x / 5, rtol=1e-6)


@given(st.lists(numbers, min_size=7, max_size=7), st.lists(numbers, min_size=2, max_size=2))
def test_inertial_outputs_undo_inertial_labels(x, y):
    seen = Inertial(history=3, width=2)
    x, y = np.float32([x]), np.float32([y])
    np.testing.assert_allclose(seen.output(x, seen.label(x, y)), y, atol=1e-4)


def test_a_straight_flight_has_label_zero_wherever_it_is():
    seen = Inertial(history=3, width=2)
    x = np.float32([[0.1, 0.5, 0.2, 0.45, 0.3, 0.4]])
    np.testing.assert_allclose(seen.label(x, np.float32([[0.4, 0.35]])), [[0, 0]], atol=1e-6)
    np.testing.assert_allclose(seen.example(x)[0, 2:], np.array([0.1, -0.05, 0.1, -0.05]) / DISPLACEMENT, atol=1e-5)


def test_an_inertial_example_is_the_newest_position_the_displacements_and_the_rest():
    x = np.float32([[0.25, 0.5, 0.5, 0.75, 1.0]])  # two positions, and one number more
    want = [[0.0, 0.5, 0.25 / DISPLACEMENT, 0.25 / DISPLACEMENT, 1.0]]
    np.testing.assert_allclose(Inertial(history=2, width=2).example(x), want, rtol=1e-6)


def test_a_config_says_which_coordinates():
    flight = {"history": 3, "outputs": 2}
    assert coordinates(SimpleNamespace(inertial=True, input_scale=5.0, **flight)) == Inertial(3, 2)
    assert coordinates(SimpleNamespace(inertial=False, input_scale=5.0, output_scale=3.0, **flight)) == Scaled(5.0, 3.0)
    assert coordinates(SimpleNamespace(inertial=False, **flight)) == Scaled(1.0, 1.0)
