import time

from zoo.serving.server import memory
from zoo.serving.server.memory import Reclaimer


def test_many_wishes_are_one_trim_and_later_ones_another(monkeypatch):
    monkeypatch.setattr(memory, "PAUSE_SECONDS", 0.05)
    reclaimer, trims = Reclaimer(), []
    reclaimer._trim = trims.append
    for expected in ([0], [0, 0]):
        for _ in range(10):
            reclaimer.soon()
        until = time.monotonic() + 30
        while len(trims) < len(expected) and time.monotonic() < until:
            time.sleep(0.01)
        assert trims == expected


def test_a_c_library_without_it_is_left_alone():
    reclaimer = Reclaimer()
    reclaimer._trim = None
    reclaimer.soon()
    assert not reclaimer._waiting
