import pytest

from zoo.serving import GrpcClient
from zoo.serving.client import grpc_client
from zoo.utils.errors import ZooError


@pytest.mark.parametrize(("timeout", "deadline"), [((3.0, 60.0), 63.0), (5.0, 5.0), (2, 2)])
def test_one_deadline_covers_connecting_and_the_answer(monkeypatch, timeout, deadline):
    made = []

    class Transport:
        name = address = "m"

        def __init__(self, *arguments):
            made.append(arguments)

    monkeypatch.setattr(grpc_client, "GrpcTransport", Transport)
    GrpcClient("here:1", "m", timeout=timeout, headers={"authorization": "Bearer x"})
    assert made == [("here:1", "m", deadline, None, {"authorization": "Bearer x"})]


@pytest.mark.parametrize(
    ("address", "options", "message"),
    [
        ("http://here:1", {}, r"address='http://here:1': pass host and port"),
        ("here:1", {"timeout": 0}, "timeout=0: pass seconds above 0"),
        ("here:1", {"name": "a b"}, "name='a b'"),
        ("here:1", {"version": 1, "label": "stable"}, "pass one of the two"),
    ],
)
def test_invalid_arguments_are_refused(address, options, message):
    with pytest.raises(ZooError, match=message):
        GrpcClient(address, **{"name": "tiny", **options})


def test_it_says_where_and_what_it_is():
    with GrpcClient("here:8500", "tiny", label="stable") as client:
        assert repr(client) == "<GrpcClient of tiny at here:8500, label 'stable'>"
