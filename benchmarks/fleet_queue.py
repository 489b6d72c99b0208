"""Requests that wait for cores: a simulation of a server event by event, and closed forms that plan it and check it.

`simulated` is a queue of c cores, first come first served, with Poisson arrivals and service times of any distribution. With
`Batches` a request is read by one core, and waits with all that were read since; a core that finds nothing to read runs them
together. `zoo serve` and TensorFlow Serving, with a timeout of 0, lie between the two, as the operating system orders their
threads: were the oldest work done first, each request would be run as soon as it was read, alone. Closed forms: A. K. Erlang,
1917; F. Pollaczek, 1930, and A. Khinchin, 1932.
"""

import heapq
import math
from collections import deque
from dataclasses import dataclass

import numpy as np

WARM_UP = 0.1  # share of the requests, the first ones, that are not counted


@dataclass(frozen=True)
class Batches:
    """How requests are run together.

    Attributes:
        largest: requests in a batch.
        run: seconds of a core for a batch of one, which the service times hold.
        further: seconds that each further request adds to a batch.
    """

    largest: int
    run: float
    further: float


def simulated(arrivals: np.ndarray, service: np.ndarray, cores: int, batches: Batches | None = None) -> np.ndarray:
    """Seconds from arrival to answer of every request but the first tenth.

    Args:
        arrivals: seconds at which requests come, ascending `[n]`.
        service: seconds of a core that each takes alone `[n]`.
        cores: c, how many requests are worked at.
        batches: None to answer each alone.
    """
    answered = _alone(arrivals, service, cores) if batches is None else _together(arrivals, service, cores, batches)
    return (answered - arrivals)[int(WARM_UP * len(arrivals)) :]


def _alone(arrivals: np.ndarray, service: np.ndarray, cores: int) -> np.ndarray:
    free = [0.0] * cores  # when each core is done, as a heap
    answered = np.empty(len(arrivals))
    for at, (came, takes) in enumerate(zip(arrivals.tolist(), service.tolist(), strict=True)):
        answered[at] = max(came, free[0]) + takes
        heapq.heapreplace(free, answered[at])
    return answered


def _together(arrivals: np.ndarray, service: np.ndarray, cores: int, batches: Batches) -> np.ndarray:
    came, reading = arrivals.tolist(), np.maximum(service - batches.run, 0.0).tolist()
    answered = np.empty(len(came))
    unread: deque[int] = deque()
    unrun: deque[int] = deque()
    busy: list[tuple[float, bool, list[int]]] = []  # when a core is done, whether it ran a batch, and of which requests
    at = 0
    while at < len(came) or busy:
        if busy and (at == len(came) or busy[0][0] < came[at]):
            now, ran, done = heapq.heappop(busy)
            if ran:
                answered[done] = now
            else:
                unrun.extend(done)
        else:
            now = came[at]
            unread.append(at)
            at += 1
        while len(busy) < cores and (unread or unrun):
            if not unread:
                batch = [unrun.popleft() for _ in range(min(batches.largest, len(unrun)))]
                heapq.heappush(busy, (now + batches.run + batches.further * (len(batch) - 1), True, batch))
            else:
                one = unread.popleft()
                heapq.heappush(busy, (now + reading[one], False, [one]))
    return answered


def arrivals(rate: float, requests: int, generator: np.random.Generator) -> np.ndarray:
    """Seconds at which requests of a Poisson process come, `rate` a second."""
    return np.cumsum(generator.exponential(1 / rate, requests))


def services(mean: float, spread: float, requests: int, generator: np.random.Generator) -> np.ndarray:
    """Log-normal service times of a mean, in seconds; `spread` is the standard deviation of their logarithm."""
    return generator.lognormal(math.log(mean) - spread**2 / 2, spread, requests)


def erlang_c(cores: int, load: float) -> float:
    """The probability that a request waits in M/M/c, of a load between 0 and 1 on each core."""
    offered, blocked = cores * load, 1.0
    for count in range(1, cores + 1):
        blocked = offered * blocked / (count + offered * blocked)
    return blocked / (1 - load * (1 - blocked))


def in_system(cores: int, load: float) -> float:
    """Mean number of requests that wait or are answered in M/M/c."""
    return cores * load + erlang_c(cores, load) * load / (1 - load)


def planned(cores: int, load: float, mean: float, spread: float, share: float = 0.99) -> float:
    """Seconds within which a share of requests is answered, by a plan on the safe side.

    The waiting time that M/M/c exceeds as rarely, as services that vary less wait less, and a service time as long as that.

    Args:
        cores, load: as of `erlang_c`.
        mean, spread: of service times, as of `services`.
        share: of requests.
    """
    waits = erlang_c(cores, load) / (1 - share)
    waiting = max(0.0, math.log(waits)) * mean / (cores * (1 - load))
    quantile = {0.5: 0.0, 0.99: 2.3263}[share]
    return waiting + mean * math.exp(spread * quantile - spread**2 / 2)


def mm1_quantile(load: float, mean: float, share: float) -> float:
    """Seconds within which M/M/1 answers a share of requests: the time in the system is exponential."""
    return -math.log(1 - share) * mean / (1 - load)


def mg1_waiting(load: float, mean: float, variation: float) -> float:
    """Mean seconds of waiting in M/G/1, by Pollaczek and Khinchin; `variation` is the squared coefficient of variation."""
    return load * mean * (1 + variation) / (2 * (1 - load))
