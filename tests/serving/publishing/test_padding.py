"""TensorFlow Serving's batching, emulated: requests of different sizes are padded, concatenated, run once, and taken apart again.

As `tensorflow_serving/batching/batching_util.cc` does, every axis but the first is filled up to the longest with the first
element of the request's own tensor, and a batch is filled up to an allowed size with copies of the last request's first row.
"""

import numpy as np
import pytest

from zoo.serving.publishing import warm_up

REQUESTS = (
    {"tasks": 1, "support": 3, "query": 2, "candidates": 2, "steps": 3},
    {"tasks": 2, "support": 7, "query": 4, "candidates": 5, "steps": 1},
    {"tasks": 1, "support": 1, "query": 1, "candidates": 3, "steps": 4},
)
ALLOWED = 6  # the next allowed size above the four tasks
SEES_FILLING = {"best"}  # SIGNATURES.md says what to do instead


@pytest.fixture(scope="module")
def learner():
    """Two inputs, one of them the past output: filled with copies of a number, an example becomes another one."""
    import keras

    from zoo.models.mela import MeLA, MeLAConfig

    keras.utils.set_random_seed(0)
    widths = {"row_widths": (8,), "pool": 8, "code_widths": (8,), "generator_widths": (8,), "task_widths": (6,)}
    return MeLA(MeLAConfig(inputs=2, history=1, **widths), name="two")


def requests(endpoints, signature):
    for seed, sizes in enumerate(REQUESTS):
        inputs = warm_up.draw(endpoints[signature], sizes, seed, warm_up.learned_task(endpoints, sizes, seed))
        if "support_size" in inputs:
            inputs["support_size"][:] = sizes["support"]
        if "steps" in inputs:
            inputs["steps"][:] = sizes["steps"]
        yield inputs


def together(endpoint, made):
    """The answers to requests that were run as one batch, padding left in."""
    concatenated = {}
    for name in endpoint.inputs:
        longest = np.max([inputs[name].shape[1:] for inputs in made], axis=0).astype(int)
        filled = []
        for inputs in made:
            value = inputs[name]
            gaps = [(0, 0), *((0, wanted - size) for wanted, size in zip(longest, value.shape[1:], strict=True))]
            filled.append(np.pad(value, gaps, constant_values=value.flat[0]))
        rows = sum(len(value) for value in filled)
        concatenated[name] = np.concatenate([*filled, *[filled[-1][:1]] * (ALLOWED - rows)])
    answer = {name: value.numpy() for name, value in endpoint(**concatenated).items()}
    first = 0
    for inputs in made:
        count = len(next(iter(inputs.values())))
        yield {name: value[first : first + count] for name, value in answer.items()}
        first += count


def differences(endpoint, made):
    """For each request, how far its answer out of the batch, cut to its own sizes, is from its answer alone."""
    for inputs, batched in zip(made, together(endpoint, made), strict=True):
        alone = {name: value.numpy() for name, value in endpoint(**inputs).items()}
        yield max(
            float(np.max(np.abs(batched[name][tuple(map(slice, value.shape))] - value)))
            for name, value in alone.items()
            if name not in SEES_FILLING
        )


@pytest.mark.parametrize(
    "signature", ["serving_default", "adapt", "apply", "fine_tune", "influence", "update", "query_scores", "rollout"]
)
def test_every_task_is_answered_as_if_it_came_alone(learner, signature):
    endpoints = learner.endpoints()
    assert max(differences(endpoints[signature], list(requests(endpoints, signature)))) < 1e-5


def test_no_signature_is_left_out(learner):
    (parameters,) = test_every_task_is_answered_as_if_it_came_alone.pytestmark
    assert set(parameters.args[1]) == set(learner.endpoints())


@pytest.mark.parametrize("signature", ["serving_default", "adapt", "influence", "rollout"])
def test_without_the_true_size_the_filling_would_be_learned_from(learner, signature):
    endpoints = learner.endpoints()
    made = list(requests(endpoints, signature))
    for inputs in made:
        inputs["support_size"][:] = max(sizes["support"] for sizes in REQUESTS)
    # Alone the rows beyond the support are not there, so the answer alone is the right one.
    apart = list(differences(endpoints[signature], made))
    assert apart[0] > 1e-3
    assert apart[1] < 1e-5  # the longest one was not filled up
