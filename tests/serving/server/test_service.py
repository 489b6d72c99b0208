import numpy as np
import pytest

from zoo.serving.server import logs
from zoo.serving.server.batching_parameters import BatchingParameters
from zoo.serving.server.catalog import Catalog, Wanted
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

    def close(self):
        pass


@pytest.fixture(params=[None, BatchingParameters(max_batch_size=4, allowed_batch_sizes=(4,), pad_variable_length_inputs=True)])
def service(request):
    service = Service(Catalog.of({"wave": Doubling()}), Limits(batching=request.param))
    yield service
    service.close()


def answered(service, inputs, wanted=WAVE):
    with service.call(wanted, "REST") as call, service.lease(call) as servable:
        call.signature = "serving_default"
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
