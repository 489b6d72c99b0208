"""When a request is sent again, and after how long: a bounded number of times, and by default only if no model ran."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from zoo.serving.client.errors import ServerError
from zoo.utils.errors import ZooError

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Retries:
    """How often and when a request is sent again.

    A request is repeated where no model ran: the server was too busy (429, 503), or there was no connection. A request whose
    answer was lost, by a read timeout or a broken connection, is not, although a repeated prediction would give the same result:
    the server may still be working on the first, so repeats multiply the load of a server that is slow already, and a request
    that crashes one server would crash the next. `after_lost` allows it.

    Attributes:
        most: largest number of repeats.
        first_wait: seconds before the first repeat, doubled before each further one; up to half of it is random.
        longest_wait: the longest wait in seconds; a request with a longer Retry-After is not repeated.
        after_lost: whether a request whose answer was lost is sent again too.
    """

    most: int = 4
    first_wait: float = 0.1
    longest_wait: float = 10.0
    after_lost: bool = False

    def __post_init__(self) -> None:
        if self.most < 0 or self.first_wait < 0 or self.longest_wait < 0:
            raise ZooError(f"{self}: the number of retries and the seconds between them must be 0 or more.")

    def run(self, send: Callable[[], Answer], sleep: Callable[[float], None] = time.sleep) -> Answer:
        """Send until there is an answer.

        Args:
            send: sends once; raises a `ServerError` on failure.
            sleep: waits for a number of seconds.

        Raises:
            ServerError: the last one, with the number of attempts.
        """
        attempts = 0
        while True:
            attempts += 1
            try:
                return send()
            except ServerError as error:
                error.attempts = attempts
                wait = self.wait(attempts, error)
                if wait is None:
                    raise
            sleep(wait)

    def wait(self, attempts: int, error: ServerError) -> float | None:
        """Seconds to wait after `attempts` attempts, the last of which failed by `error`; None where it must not be repeated."""
        if attempts > self.most or error.repeat == "never" or (error.repeat == "lost" and not self.after_lost):
            return None
        if error.retry_after is None:
            return min(self.longest_wait, self.first_wait * 2 ** (attempts - 1)) * random.uniform(0.5, 1.0)
        if error.retry_after > self.longest_wait:
            return None
        # A random bit later than Retry-After, so that clients do not all return at the same moment.
        return error.retry_after + self.first_wait * random.random()
