import threading

import pytest

from zoo.serving.server.admission import Admission
from zoo.serving.wire.statuses import Code, StatusError


def test_so_many_run_so_many_wait_and_the_next_is_refused():
    admission, go_on = Admission(threads=2, queue=1), threading.Event()
    taken = [admission.submit(go_on.wait, 30) for _ in range(3)]
    with pytest.raises(StatusError, match="3 requests run or wait") as refused:
        admission.submit(go_on.wait)
    assert refused.value.code == Code.UNAVAILABLE
    assert taken[2].cancel()  # who gives up gives the place back
    taken[2] = admission.submit(go_on.wait, 30)
    go_on.set()
    assert all(future.result(30) for future in taken)
    admission.submit(int).result(30)
    admission.close()
    with pytest.raises(StatusError, match="shutting down"):
        admission.submit(int)


def test_work_that_fails_gives_its_place_back():
    admission = Admission(threads=1, queue=0)
    for _ in range(3):
        future = admission.submit(int, "no number")
        assert isinstance(future.exception(30), ValueError)
        while admission.taken:
            pass
    admission.close()
