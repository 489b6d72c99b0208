"""When a request is sent again, and how long after: only where no model saw it, unless asked for, and never without end."""

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

    A request is repeated where no model saw it: a server too busy to take it (429, 503), or no connection. A request whose
    answer was lost, by a read timeout or a connection that broke, is not, though a repeated prediction would do no harm to its
    result: the server may still be at work on the first, so that repeats multiply the load of a server that is slow already, and
    a request that brings a server down would bring down the next one too. `after_lost` is the way to ask for it.

    Attributes:
        most: how many times more a request is sent, at most.
        first_wait: seconds before the first repeat; doubled before each further one, half of it by chance.
        longest_wait: no wait is longer, in seconds; a server that asks for a longer one by Retry-After is not waited for.
        after_lost: if true, a request whose answer was lost is sent again too.
    """

    most: int = 4
    first_wait: float = 0.1
    longest_wait: float = 10.0
    after_lost: bool = False

    def __post_init__(self) -> None:
        if self.most < 0 or self.first_wait < 0 or self.longest_wait < 0:
            raise ZooError(f"{self}: a number of retries and the seconds between them are 0 or more.")

    def run(self, send: Callable[[], Answer], sleep: Callable[[float], None] = time.sleep) -> Answer:
        """Send until an answer comes.

        Args:
            send: sends once, raises a `ServerError` where that fails.
            sleep: waits so many seconds.

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
        """Seconds to wait after so many attempts, the last of which failed by `error`; None where it must not be repeated."""
        if attempts > self.most or error.repeat == "never" or (error.repeat == "lost" and not self.after_lost):
            return None
        if error.retry_after is None:
            return min(self.longest_wait, self.first_wait * 2 ** (attempts - 1)) * random.uniform(0.5, 1.0)
        if error.retry_after > self.longest_wait:
            return None
        # A little later than asked, each client by another bit, so that they do not all come back in the same moment.
        return error.retry_after + self.first_wait * random.random()
