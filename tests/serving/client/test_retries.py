import pytest

from zoo.serving import Retries, ServerError
from zoo.utils.errors import ZooError


def run(retries, errors):
    """Fail by each error in turn, then answer; the waits, and the answer or the error."""
    waits, left = [], list(errors)

    def send():
        if left:
            raise left.pop(0)
        return "answer"

    try:
        return waits, retries.run(send, waits.append)
    except ServerError as error:
        return waits, error


def busy(**options):
    return ServerError("busy", **{"repeat": "safe", **options})


def test_waits_grow_and_end():
    waits, answer = run(Retries(5, first_wait=1.0, longest_wait=4.0), [busy() for _ in range(5)])
    assert answer == "answer"
    for wait, longest in zip(waits, (1, 2, 4, 4, 4), strict=True):
        assert longest / 2 <= wait <= longest
    waits, error = run(Retries(2, first_wait=0.0), [busy() for _ in range(5)])
    assert (len(waits), error.attempts) == (2, 3)


def test_waits_differ_from_client_to_client():
    assert len({tuple(run(Retries(1), [busy(retry_after=wait)])[0]) for wait in [None] * 5 + [1.0] * 5}) == 10


@pytest.mark.parametrize(("repeat", "after_lost", "again"), [("never", True, 0), ("lost", False, 0), ("lost", True, 1)])
def test_only_what_may_be_is_repeated(repeat, after_lost, again):
    waits, _ = run(Retries(4, after_lost=after_lost), [ServerError("gone", repeat=repeat)])
    assert len(waits) == again


def test_the_server_says_when():
    waits, answer = run(Retries(2, longest_wait=5.0), [busy(retry_after=4.0)])
    assert answer == "answer"
    assert 4.0 <= waits[0] <= 4.1
    waits, error = run(Retries(2, longest_wait=5.0), [busy(retry_after=6.0)])
    assert (waits, error.attempts) == ([], 1)


def test_numbers_below_zero_are_refused():
    with pytest.raises(ZooError, match="0 or more"):
        Retries(-1)
