"""The text of a plan in C; that it computes what NumPy computes is tested with the plans."""

import numpy as np
import pytest

from zoo.export import c_source
from zoo.export.c_plan import Dense, Each, Plan, View, Weights

KERNEL, SCALE = np.array([[1.0, -2.5], [0.1, 3.0]], np.float32), np.array([0.5, 0.25], np.float32)


def plan(weights=None, slope=0.0, operation="Tanh"):
    """y = operation(x times a matrix) + 2."""
    steps = (
        Dense(View("x", 0, 2), "task/kernel:0", View("m", 1, 2)),
        Each(operation, (View("m", 1, 2),), View("m", 1, 2), slope),
        Each("Add", (View("m", 1, 2), View("two", 0, 1)), View("y", 0, 2)),
    )
    constants = {"task/kernel:0": weights or Weights(KERNEL), "two": Weights(np.array([2.0], np.float32))}
    return Plan(2, 2, steps, constants, 3)


def test_steps_are_calls_and_loops_in_order():
    text = c_source.source(plan(), "wave")
    assert text.startswith('/* wave: see wave.h. Made by zoo. */\n#include <math.h>\n\n#include "wave.h"\n')
    assert "static const float wave_task_kernel_0[4] = {\n    1.0f, -2.5f, 0.100000001f, 3.0f\n};" in text
    body = text[text.index("void wave_predict(const float *x, float *y)") :]
    assert [line.strip() for line in body.splitlines() if line.strip()][2:] == [
        *("float m[3];", "int i;", "wave_dense(x, 2, wave_task_kernel_0, 2, m + 1);"),
        *("for (i = 0; i < 2; i++)", "m[i + 1] = tanhf(m[i + 1]);"),
        *("for (i = 0; i < 2; i++)", "y[i] = m[i + 1] + 2.0f;", "}"),
    ]
    assert "wave_dense_int8" not in text


def test_int8_weights_have_a_scale_for_each_output():
    text = c_source.source(plan(Weights(np.array([[2, -5], [1, 127]], np.int8), SCALE)), "wave")
    assert "static const signed char wave_task_kernel_0[4] = {\n    2, -5, 1, 127\n};" in text
    assert "static const float wave_task_kernel_0_scale[2] = {\n    0.5f, 0.25f\n};" in text
    assert "wave_dense_int8(x, 2, wave_task_kernel_0, wave_task_kernel_0_scale, 2, m + 1);" in text


def test_a_slope_is_written_where_it_is_used():
    assert "m[i + 1] > 0.0f ? m[i + 1] : 0.200000003f * m[i + 1]" in c_source.source(plan(slope=0.2, operation="LeakyRelu"), "w")


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1.0f"), (0.1, "0.100000001f"), (1e20, "1.00000002e+20f"), (-3.5, "-3.5f"), (1 / 3, "0.333333343f")],
)
def test_a_number_reads_back_as_the_same_float32(number, text):
    assert c_source._literal(number) == text
    assert np.float32(text.removesuffix("f")) == np.float32(number)


def test_the_header_has_sizes_and_the_scheme():
    text = c_source.header(plan(), "wave", "a task of waves", 0.0123)
    assert text.startswith("/* wave: a task of waves, 2 numbers in, 2 numbers out.")
    for line in ("WAVE_INPUTS 2", "WAVE_OUTPUTS 2", "WAVE_FLASH_BYTES 20", "WAVE_RAM_BYTES 12"):
        assert f"#define {line}\n" in text
    assert "Weights and all arithmetic are float32." in text
    assert "at most 0.012," in text
    assert c_source.flash(plan(Weights(KERNEL.astype(np.int8), SCALE))) == 4 + 8 + 4
    assert "Weights are int8" in c_source.header(plan(Weights(KERNEL.astype(np.int8), SCALE)), "wave", "a task", 0.0)
