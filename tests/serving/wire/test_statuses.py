import grpc
import pytest

from zoo.serving.wire.statuses import HTTP, Code, StatusError


def test_codes_are_grpcs_and_each_has_an_http_status():
    assert {code.name: code.value for code in Code} == {code.name: code.value[0] for code in grpc.StatusCode}
    assert HTTP.keys() == set(Code)


@pytest.mark.parametrize(
    ("code", "status"), [("INVALID_ARGUMENT", 400), ("NOT_FOUND", 404), ("UNAVAILABLE", 503), ("INTERNAL", 500)]
)
def test_the_statuses_are_tensorflow_servings(code, status):
    assert HTTP[Code[code]] == status


def test_an_unknown_code_is_unknown():
    error = StatusError(77, "odd")
    assert (error.code, error.message, str(error)) == (Code.UNKNOWN, "odd", "odd")
    assert StatusError(5, "gone").code is Code.NOT_FOUND


def test_what_a_message_quotes_is_cut():
    message = StatusError(3, "x" * 1_000_000).message
    assert (len(message), message[-2:]) == (4002, " …")
