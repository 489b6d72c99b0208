"""Streams of segments: five for each batch of instances, the same after a restart; and runs in parts are runs together."""

import numpy as np
import tensorflow as tf

from zoo.datasets.optimizees import Quadratics, optimizees
from zoo.datasets.optimizees.hand_written import RATES
from zoo.datasets.optimizees.optimizees import SEGMENTS, in_parts, split_inputs


def taken(start, count, seed=3):
    return list(Quadratics().stream(2, seed, start).take(count).as_numpy_iterator())


def test_five_segments_share_their_instances_and_only_the_first_begins_anew():
    steps = taken(0, 2 * SEGMENTS)
    assert [step["fresh"].tolist() for step in steps] == 2 * ([[1.0, 1.0]] + 4 * [[0.0, 0.0]])
    for name in ("start", "w", "y"):
        for step in range(1, SEGMENTS):
            np.testing.assert_array_equal(steps[step][name], steps[0][name])
        assert not np.array_equal(steps[SEGMENTS][name], steps[0][name])
    assert 0.001 < steps[0]["start"].std() < 0.03


def test_a_stream_goes_on_where_it_was_and_depends_on_its_seed():
    whole = taken(0, 9)
    for at, step in zip(range(7, 9), taken(7, 2), strict=True):
        for name, part in step.items():
            np.testing.assert_array_equal(part, whole[at][name])
    assert not np.array_equal(taken(0, 1, seed=4)[0]["w"], whole[0]["w"])


def test_no_stream_gives_what_is_drawn():
    drawn = Quadratics().draw(2, 3)
    assert not np.array_equal(drawn.w, taken(0, 1)[0]["w"]) and not np.array_equal(drawn.start, taken(0, 1)[0]["start"])


def test_runs_in_parts_are_runs_together(monkeypatch):
    benchmark, sizes = Quadratics(), []
    drawn = benchmark.draw(5, 1)

    def run(start, instances):
        sizes.append(len(start))
        return tf.reduce_sum(instances["w"], axis=2) + start

    start, instances = split_inputs(drawn.inputs)
    monkeypatch.setattr(optimizees, "AT_ONCE", 20)
    got = in_parts(run, drawn.inputs, benchmark.optimizees[0])
    assert sizes == [2, 2, 1]
    np.testing.assert_allclose(got, instances["w"].sum(axis=2) + start, rtol=1e-6, atol=1e-6)


def test_baselines_have_the_rate_that_is_best_on_instances_of_their_own():
    benchmark = Quadratics()
    drawn = benchmark.draw(100, 1)
    found = benchmark.baselines(drawn)
    assert len(found) == 4
    for name, values in found.items():
        kind, rate = name.split(", learning rate ")
        others = [benchmark._scored(kind, each, drawn).mean() for each in RATES]
        assert values.mean() == benchmark._scored(kind, float(rate), drawn).mean()
        assert values.mean() <= 2.0 * np.nanmin(others)  # the rate was chosen elsewhere
