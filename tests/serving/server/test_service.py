import dataclasses

import numpy as np
import pytest

from zoo.serving.server import logs
from zoo.serving.server.batching_parameters import BatchingParameters
from zoo.serving.server.catalog import Catalog, Wanted
from zoo.serving.server.run_size import Axes
from zoo.serving.server.service import Limits, Service
from zoo.serving.wire.protocol import BadRequestError
from zoo.serving.wire.statuses import Code, StatusError
from zoo.utils.errors import ZooError

WAVE = Wanted("wave")


class Doubling:
    """A servable that doubles `x`, and keeps the shapes that it was run on."""

    name, version = "wave", 2

    def __init__(self):
        self.shapes = []

    def run(self, signature, inputs):
        self.shapes.append({name: value.shape for name, value in inputs.items()})
        return {"y": 2 * next(iter(inputs.values()))}

    def axes(self, signature, inputs):
        return Axes.of(inputs, {name: (value.dtype, (None,) * value.ndim) for name, value in inputs.items()})

    def numbers(self, signature, axes):
        return axes.numbers((0, 0, 10))

    def close(self):
        pass


@pytest.fixture(params=[None, BatchingParameters(max_batch_size=4, allowed_batch_sizes=(4,), pad_variable_length_inputs=True)])
def service(request):
    service = Service(Catalog.of({"wave": Doubling()}), Limits(batching=request.param))
    yield service
    service.close()


def answered(service, inputs, wanted=WAVE, signature="serving_default"):
    with service.call(wanted, "REST") as call, service.lease(call) as servable:
        call.signature = signature
        return service.run(call, servable, inputs)


def counted(service, status):
    return f':tensorflow:serving:request_count{{model_name="wave",status="{status}"}} 1.0' in service.page().decode()


def test_a_request_is_answered_and_counted(service):
    np.testing.assert_array_equal(answered(service, {"x": np.ones((3, 1))})["y"], 2 * np.ones((3, 1)))
    assert counted(service, "OK")
    assert 'zoo_versions_available{model_name="wave"} 1.0' in service.page().decode()


@pytest.mark.parametrize("size", [0, -1, 3, 2**31 - 1])
def test_a_support_size_outside_its_support_is_refused_before_the_graph_runs(service, size):
    support = {"support_x": np.zeros((1, 2, 1)), "support_size": np.array([size], np.int32)}
    with pytest.raises(StatusError, match=rf"support_size is {size} in task 0, but must be from 1 to 2") as refused:
        answered(service, support)
    assert refused.value.code == Code.INVALID_ARGUMENT
    assert counted(service, "INVALID_ARGUMENT")
    with service.catalog.lease(WAVE) as servable:
        assert servable.shapes == []


@pytest.mark.parametrize("steps", [-1, 1001, 100_000])
def test_steps_that_a_graph_would_clip_are_refused(service, steps):
    with pytest.raises(StatusError, match=f"steps is {steps} in task 0, but must be from 0 to 1000") as refused:
        answered(service, {"x": np.ones((1, 1)), "steps": np.array([steps], np.int32)}, signature="fine_tune")
    assert refused.value.code == Code.INVALID_ARGUMENT


def test_a_run_of_too_many_numbers_is_refused_before_it_starts(service):
    service.limits = dataclasses.replace(service.limits, numbers=1000)
    with pytest.raises(StatusError, match="a tensor of up to 1010 numbers, at most 1000") as refused:
        answered(service, {"x": np.ones((1, 101))})
    assert refused.value.code == Code.INVALID_ARGUMENT
    assert answered(service, {"x": np.ones((1, 100))})["y"].size == 100


def test_large_runs_together_are_bounded_and_small_ones_go_on(service):
    large = np.ones((1, 200_000))
    with service.running.hold(service.limits.numbers - 1):
        with pytest.raises(StatusError, match=r"large requests hold .* numbers") as refused:
            answered(service, {"x": large})
        assert refused.value.code == Code.UNAVAILABLE
        assert answered(service, {"x": np.ones((1, 10))})["y"].size == 10
    assert answered(service, {"x": large})["y"].size == 200_000
    assert service.running.held == 0


def test_a_refusal_keeps_nothing_of_its_request(service):
    def refuse(service, wanted, body):
        raise StatusError(Code.INVALID_ARGUMENT, "no")

    error = service.submit(refuse, WAVE, "REST", b"body").exception(30)
    frame = error.__traceback__
    while frame.tb_next:
        frame = frame.tb_next
    assert (error.message, error.__context__, frame.tb_frame.f_code.co_name) == ("no", None, "_bare")


def test_padding_by_batching_stays_possible(service):
    support = {"support_x": np.zeros((1, 2, 1)), "support_size": np.array([2], np.int32)}
    assert answered(service, support)["y"].shape == (1, 2, 1)
    with service.catalog.lease(WAVE) as servable:
        assert servable.shapes[0]["support_size"] == ((4,) if service.batcher else (1,))  # filled with copies of the row


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (BadRequestError("no"), Code.INVALID_ARGUMENT),
        (StatusError(Code.NOT_FOUND, "no"), Code.NOT_FOUND),
        (KeyError("no"), Code.INTERNAL),
    ],
)
def test_every_failure_has_a_status_and_only_the_servers_own_are_logged(service, monkeypatch, raised, code):
    logged = []
    monkeypatch.setattr(logs, "event", lambda *_, **fields: logged.append(fields["status"]))
    with pytest.raises(StatusError, match="no") as refused, service.call(WAVE, "REST"):
        raise raised
    assert refused.value.code == code
    assert counted(service, code.name)
    assert logged == (["INTERNAL"] if code == Code.INTERNAL else [])


def test_names_that_clients_made_up_are_not_counted(service):
    with pytest.raises(StatusError) as refused:
        answered(service, {}, Wanted("made_up"))
    assert refused.value.code == Code.NOT_FOUND
    assert "made_up" not in service.page().decode()


def test_a_closed_service_refuses_work_and_counts_it(service):
    assert service.submit(lambda service, wanted, more: (wanted, more), WAVE, "gRPC", 3).result(30) == (WAVE, 3)
    service.admission.close()
    with pytest.raises(StatusError, match="shutting down"):
        service.submit(lambda service, wanted: None, WAVE, "gRPC")
    assert counted(service, "UNAVAILABLE")


@pytest.mark.parametrize(
    ("limits", "message"), [({"queue": -1}, "queue -1: it must be 0"), ({"body": 0}, "body 0"), ({"deadline": 0}, "deadline")]
)
def test_limits_that_cannot_be_are_refused(limits, message):
    with pytest.raises(ZooError, match=message):
        Limits(**limits)
