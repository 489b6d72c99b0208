"""Give memory back to the operating system after large requests; glibc's allocator otherwise keeps what was freed."""

import ctypes
import threading

PAUSE_SECONDS = 0.2  # after the end of a large request, for others that end with it; also the least time between two trims


class Reclaimer:
    """Gives freed memory back, shortly after it is asked to, in a thread of its own. Thread-safe."""

    def __init__(self) -> None:
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none, and keep less
        self._lock = threading.Lock()
        self._waiting = False

    def soon(self) -> None:
        """Ask for it; asking again before it is done costs nothing."""
        with self._lock:
            if self._waiting or self._trim is None:
                return
            self._waiting = True
        timer = threading.Timer(PAUSE_SECONDS, self._give_back)
        timer.daemon = True
        timer.start()

    def _give_back(self) -> None:
        with self._lock:
            self._waiting = False
        if self._trim is not None:
            self._trim(0)
