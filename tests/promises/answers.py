"""Promises about the answers of every endpoint of every model: each row on its own, no state, and graphs that are the model."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from promises.promise import is_learner, is_model, promise
from promises.subject import SAME, Arrays, Once, Subject, example
from zoo.export import parity
from zoo.learners import made

TASKS = 3


@promise(of=is_model)
def every_output_leads_with_the_axis_of_tasks_and_is_float32_or_int32(subject: Subject) -> None:
    for name, endpoint in subject.endpoints.items():
        for output, value in endpoint.run(**example(endpoint, TASKS)).items():
            assert value.shape[0] == TASKS, (name, output)
            assert value.dtype.name in ("float32", "int32"), (name, output)


@promise(of=is_model)
def a_call_leaves_nothing_behind(subject: Subject) -> None:
    for name, endpoint in subject.endpoints.items():
        inputs = example(endpoint, TASKS)
        first = endpoint.run(**inputs)
        endpoint.run(**example(endpoint, TASKS, seed=9))
        assert_identical(name, endpoint.run(**inputs), first)


@promise(of=is_model)
def a_row_alone_is_answered_as_in_a_batch(subject: Subject) -> None:
    for name, endpoint in subject.endpoints.items():
        inputs = example(endpoint, TASKS)
        together = endpoint.run(**inputs)
        for task in range(TASKS):
            alone = endpoint.run(**{key: value[task : task + 1] for key, value in inputs.items()})
            assert_close(endpoint, name, alone, {key: value[task : task + 1] for key, value in together.items()})


@promise(of=is_model)
def the_graph_answers_as_the_function_does(subject: Subject) -> None:
    """The default endpoint, whose graph is exported; `exports` compares every one."""
    name, endpoint = next(iter(subject.endpoints.items()))
    inputs = example(endpoint, TASKS)
    assert_close(endpoint, name, endpoint.run(**inputs), {key: value.numpy() for key, value in endpoint(**inputs).items()})


@promise(of=is_model)
def threads_get_what_one_thread_gets(subject: Subject) -> None:
    endpoint = next(iter(subject.endpoints.values()))
    drawn = [example(endpoint, 1, seed=seed) for seed in range(8)]

    def answer(inputs: Arrays) -> np.ndarray:
        return next(iter(endpoint.run(**inputs).values()))

    assert_threads_agree(answer, drawn)


@promise(of=is_learner)
def threads_learn_what_one_thread_learns(subject: Subject) -> None:
    model = subject.model

    def answer(seed: int) -> np.ndarray:
        return model.learn(*made.support(model, 6, seed)).answers(made.queries(model))

    assert_threads_agree(answer, range(8))


@promise(of=is_learner)
def keras_call_and_compiled_graphs_answer_alike(subject: Subject) -> None:
    episode = subject.episode()
    want = subject.answers(episode)["prediction"]
    np.testing.assert_allclose(subject.model(episode), want, **SAME)
    np.testing.assert_allclose(subject.model.answers(episode), want, **SAME)


@promise(of=is_learner)
def adapt_then_apply_is_the_default_signature(subject: Subject) -> None:
    endpoints = subject.endpoints
    assert list(endpoints)[:3] == ["serving_default", "adapt", "apply"]
    inputs = parity.example(endpoints["serving_default"], {"tasks": 2, "support": 5, "query": 3}, seed=0)
    query = {"query_x": inputs.pop("query_x")}
    task = endpoints["adapt"].run(**inputs)
    want = endpoints["serving_default"].run(**inputs, **query)
    assert_close(endpoints["apply"], "apply", endpoints["apply"].run(**task, **query), want)


@promise(of=is_learner)
def a_query_is_answered_as_if_it_were_alone(subject: Subject) -> None:
    """One by one as together; and what else is asked, whatever it holds, tells nothing."""
    episode = subject.episode()
    together = subject.answers(episode)["prediction"]
    for at in range(together.shape[1]):
        alone = subject.answers(episode | {"query_x": episode["query_x"][:, at : at + 1]})["prediction"]
        np.testing.assert_allclose(alone[:, 0], together[:, at], **SAME)
    for garbage in (np.nan, 1e30):
        others = episode["query_x"].copy()
        others[:, 1:] = garbage
        got = subject.answers(episode | {"query_x": others})["prediction"]
        np.testing.assert_allclose(got[:, 0], together[:, 0], **SAME)


def assert_close(endpoint: Once, name: str, got: Arrays, want: Arrays) -> None:
    """Two ways to the same numbers, as exports are compared."""
    for output, value in want.items():
        assert got[output].shape == value.shape, (name, output)
        found = parity.difference(endpoint, output, got[output], value)
        assert found <= parity.TOLERANCE, f"{name}, {output}: {found:.3g} apart"


def assert_identical(name: str, got: Arrays, want: Arrays) -> None:
    """The same to the last bit."""
    for output, value in want.items():
        np.testing.assert_array_equal(got[output], value, err_msg=f"{name}, {output}")


def assert_threads_agree(answer, drawn) -> None:
    """Eight threads, twice, as one."""
    want = [answer(each) for each in drawn]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(2):
            for one, other in zip(pool.map(answer, drawn), want, strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)
