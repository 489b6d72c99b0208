"""Promises of the capabilities: updates, gradient steps, rollouts, influence, attention, questions, calibration."""

from types import ModuleType
from typing import Any

import numpy as np

from promises.promise import is_learner, promise
from promises.subject import ROWS, SAME, Subject, example
from zoo.learners import made
from zoo.learners.capabilities import ALL, Calibrates, asks, attends, influences, refines, rolls_out, streams, updates
from zoo.learners.capabilities.calibrates import Calibration

STEPS = 3


def offers(capability: ModuleType) -> Any:
    """Learners with a capability."""
    return lambda model: is_learner(model) and capability.offered(model)


@promise(of=is_learner)
def every_capability_has_its_endpoints(subject: Subject) -> None:
    shared = subject.model.endpoints()["serving_default"]
    for capability in ALL:
        if capability.offered(subject.model):
            assert set(capability.endpoints(subject.model, shared)) <= set(subject.endpoints), capability.__name__


@promise(of=offers(updates))
def an_updated_task_is_the_task_of_all_examples(subject: Subject) -> None:
    """In two parts, of which the second may bring classes that the first did not have."""
    model = subject.model
    x, y = made.support(model, 6)
    query, whole = made.queries(model), model.learn(x, y)
    for first in (5, 2):
        task = model.learn(x[:first], y[:first])
        before = task.answers(query)
        updated = task.update(x[first:], y[first:])
        got = updated.answers(query)
        if whole.classes:  # new classes come last
            assert set(updated.classes) == set(whole.classes)
            got = got[..., [updated.classes.index(each) for each in whole.classes]]
        np.testing.assert_allclose(got, whole.answers(query), **SAME)
        np.testing.assert_array_equal(task.answers(query), before)


@promise(of=offers(refines))
def gradient_steps_are_counted_from_what_adapt_is_worth(subject: Subject) -> None:
    """Each task of a batch takes its own number of steps; as many as `adapt` is worth are `adapt`."""
    model, endpoint = subject.model, subject.endpoints["fine_tune"]
    episode = subject.episode((ROWS, 4, 4, 4))
    worth = model.adapt_steps
    wanted = [worth, 0, 1, STEPS]
    together = endpoint.run(**episode, steps=np.array(wanted, np.int32))["prediction"]
    assert np.isfinite(together).all()
    plain = subject.answers(episode)["prediction"]
    np.testing.assert_allclose(together[0], plain[0], **SAME)
    for task, steps in enumerate(wanted):
        one = {key: value[task : task + 1] for key, value in episode.items()}
        alone = endpoint.run(**one, steps=np.array([steps], np.int32))["prediction"]
        np.testing.assert_allclose(alone[0], together[task], **SAME)
    x, y = made.support(model, 5)
    for on in model.refiners():
        found = [model.learn(x, y, gradient_steps=steps, on=on).answers(made.queries(model)) for steps in (0, STEPS)]
        assert np.isfinite(found).all() and not np.array_equal(*found), on


@promise(of=offers(rolls_out))
def a_rollout_begins_with_the_prediction_and_goes_on_from_it(subject: Subject) -> None:
    model, endpoint = subject.model, subject.endpoints["rollout"]
    episode = subject.episode((ROWS, 4))
    path = endpoint.run(**episode, steps=np.array([1, STEPS], np.int32))["path"]
    assert path.shape[2] == STEPS
    prediction = subject.answers(episode)["prediction"]
    np.testing.assert_allclose(path[:, :, 0], prediction, **SAME)
    np.testing.assert_array_equal(path[0, :, 1:], np.repeat(path[0, :, :1], STEPS - 1, axis=1))  # one step: it stays there
    x = made.queries(model)
    np.testing.assert_allclose(subject.task.rollout(x, STEPS)[:, :2], subject.task.rollout(x, 2), **SAME)
    task, network = model.graphs.adapt(*(episode[f"support_{part}"] for part in ("x", "y", "size"))), model.task_network
    state = network.begin(episode["query_x"])
    for step in range(STEPS):
        state = network.advance(task, state)
        np.testing.assert_allclose(path[1, :, step], network.emit(state)[1], **SAME)


@promise(of=offers(streams))
def an_example_of_a_stream_is_answered_before_its_label_and_what_follows(subject: Subject) -> None:
    endpoint = subject.endpoints["stream"]
    inputs = example(endpoint)
    want = endpoint.run(**inputs)["answers"]
    assert want.shape == inputs["stream_y"].shape
    for place in range(want.shape[1]):
        changed = {name: value.copy() for name, value in inputs.items()}
        changed["stream_y"][:, place:] = 1.0 - changed["stream_y"][:, place:]
        changed["stream_x"][:, place + 1 :] = np.nan
        np.testing.assert_array_equal(endpoint.run(**changed)["answers"][:, : place + 1], want[:, : place + 1])


@promise(of=offers(influences))
def influence_adds_up_to_one_and_padding_has_none(subject: Subject) -> None:
    episode = subject.episode()
    share = subject.endpoints["influence"].run(**{key: episode[key] for key in subject.endpoints["influence"].inputs})[
        "influence"
    ]
    assert (share >= 0.0).all()
    np.testing.assert_allclose(share.sum(axis=1), 1.0, rtol=1e-5)
    for task, size in enumerate(episode["support_size"]):
        assert not share[task, size:].any()
    np.testing.assert_allclose(subject.task.influence.sum(), 1.0, rtol=1e-5)


@promise(of=offers(attends))
def attention_adds_up_to_one_over_the_labelled_examples(subject: Subject) -> None:
    episode = subject.episode()
    adapt, attention = subject.endpoints["adapt"], subject.endpoints["attention"]
    task = adapt.run(**{key: episode[key] for key in adapt.inputs})
    weight = attention.run(**task, query_x=episode["query_x"])["attention"]
    assert weight.shape == (*episode["query_x"].shape[:2], ROWS)
    assert (weight >= 0.0).all()
    np.testing.assert_allclose(weight.sum(axis=2), 1.0, rtol=1e-5)
    for task_number, size in enumerate(episode["support_size"]):
        assert not weight[task_number, :, size:].any()


@promise(of=offers(asks))
def a_question_is_the_best_candidate_and_no_known_example(subject: Subject) -> None:
    endpoint = subject.endpoints["query_scores"]
    inputs = example(endpoint)
    inputs["candidate_x"][:, 1] = inputs["support_x"][:, 2]
    found = endpoint.run(**inputs)
    assert np.isfinite(found["score"]).all() and (found["score"] >= 0.0).all()
    assert not found["score"][:, 1].any()
    np.testing.assert_array_equal(found["best"], found["score"].argmax(axis=1))


@promise(of=lambda model: is_learner(model) and isinstance(model, Calibrates))
def calibration_changes_odds_and_no_answer(subject: Subject) -> None:
    model, query = subject.model, made.queries(subject.model)
    kept, task = model.calibration, subject.task
    calibrated = task.answers(query)
    try:
        model.calibration = Calibration()
        plain = task.answers(query)
    finally:
        model.calibration = kept
    np.testing.assert_array_equal(calibrated.argmax(axis=-1), plain.argmax(axis=-1))
    assert not np.allclose(calibrated, plain)
