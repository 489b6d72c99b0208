"""Momentum descent that runs backwards to the bit: fixed-point numbers, and what a division leaves over is kept.

D. Maclaurin, D. Duvenaud, R. Adams, "Gradient-based hyperparameter optimization through reversible learning", 2015, sections 2
and 3. A velocity that shrinks at every step loses bits, and without these the way back is lost; 64-bit integers and a buffer of
remainders keep them, log2(1 / momentum) bits a step and weight. Departure: the buffer is a list of arrays of 62 bits rather than
one integer without bounds for each weight.
"""

from fractions import Fraction

import numpy as np

from zoo.utils.errors import ZooError

SCALE = 2.0**52  # integers to one
FAR = 2.0**10  # beyond this a fixed-point number could overflow
FINEST = 2**10  # largest denominator of a momentum
ROOM = 2**62


class Remainders:
    """A stack of digits of any bases, for every weight one; each operation can be taken back."""

    def __init__(self, count: int):
        self.word = np.zeros(count, np.int64)
        self.room = 1  # the word is below this
        self.full: list[np.ndarray] = []
        self.past: list[tuple[int, bool]] = []  # the room before each operation, and whether it began a word

    @property
    def nbytes(self) -> int:
        """Bytes that it holds."""
        return self.word.nbytes * (1 + len(self.full))

    def push(self, digits: np.ndarray, bases: np.ndarray) -> None:
        """Put a digit, `0 <= digit < base`, on each stack."""
        largest = int(bases.max())
        begins = self.room * largest > ROOM
        self.past.append((self.room, begins))
        if begins:
            self.full.append(self.word)
            self.word, self.room = np.zeros_like(self.word), 1
        self.word = self.word * bases + digits
        self.room *= largest

    def pop(self, bases: np.ndarray) -> np.ndarray:
        """Take a digit of any base, `[P]`, off each word; 0 where nothing is left."""
        self.past.append((self.room, False))
        self.word, digits = np.divmod(self.word, bases)
        self.room = -(-self.room // int(bases.min()))
        return digits

    def push_back(self, bases: np.ndarray) -> np.ndarray:
        """Take back the last `push`, and return its digits."""
        self.room, begun = self.past.pop()
        self.word, digits = np.divmod(self.word, bases)
        if begun:
            self.word = self.full.pop()
        return digits

    def pop_back(self, digits: np.ndarray, bases: np.ndarray) -> None:
        """Take back the last `pop`."""
        self.room, _ = self.past.pop()
        self.word = self.word * bases + digits


class ExactMomentum:
    """Weights and velocities, which `step` moves and `position_back` and `velocity_back` return to where they were.

    v <- momentum v - (1 - momentum) gradient, then w <- w + rate v. Momenta are those of `rational`.
    """

    def __init__(self, weights: np.ndarray):
        self._w = _fixed(weights)
        self._v = np.zeros_like(self._w)
        self.remainders = Remainders(len(self._w))

    @property
    def weights(self) -> np.ndarray:
        """float64 `[P]`."""
        return self._w / SCALE

    @property
    def velocity(self) -> np.ndarray:
        """float64 `[P]`."""
        return self._v / SCALE

    def step(self, gradient: np.ndarray, rate: np.ndarray, momentum: "Momentum") -> None:
        """One step; gradient and rate are `[P]`.

        Raises:
            ZooError: if a number leaves the range of fixed-point numbers: the run diverges.
        """
        whole, left = np.divmod(self._v, momentum.below)
        self.remainders.push(left, momentum.below)
        self._v = whole * momentum.above + self.remainders.pop(momentum.above)
        self._v -= _fixed((1.0 - momentum.value) * gradient)
        self._w += _fixed(rate * self.velocity)

    def position_back(self, rate: np.ndarray) -> None:
        """The weights before the last step: the gradient at them is what `velocity_back` asks for."""
        self._w -= _fixed(rate * self.velocity)

    def velocity_back(self, gradient: np.ndarray, momentum: "Momentum") -> None:
        """The velocity before the last step."""
        whole, kept = np.divmod(self._v + _fixed((1.0 - momentum.value) * gradient), momentum.above)
        self.remainders.pop_back(kept, momentum.above)
        self._v = whole * momentum.below + self.remainders.push_back(momentum.below)


class Momentum:
    """Momenta of every weight as fractions of small whole numbers.

    Attributes:
        above, below: int64 `[P]`.
        value: `above / below`.
    """

    def __init__(self, momenta: np.ndarray, group: np.ndarray):
        """Of momenta `[G]` and the group of each weight, `[P]`.

        Raises:
            ZooError: if a momentum is not between 0 and 1.
        """
        if not (np.all(momenta > 0.0) and np.all(momenta < 1.0)):
            between = f"from {np.min(momenta):g} to {np.max(momenta):g}"
            raise ZooError(f"momenta {between}: a run that is to be reversed needs momenta between 0 and 1.")
        inside = 1.0 / FINEST
        fractions = [Fraction(min(max(value, inside), 1.0 - inside)).limit_denominator(FINEST) for value in momenta.tolist()]
        self.above = np.array([fraction.numerator for fraction in fractions], np.int64)[group]
        self.below = np.array([fraction.denominator for fraction in fractions], np.int64)[group]
        self.value = self.above / self.below


def _fixed(x: np.ndarray) -> np.ndarray:
    if not np.all(np.abs(x) < FAR):
        raise ZooError(
            f"a weight, velocity or step of {np.max(np.abs(x)):g}: the run diverges; start from smaller learning rates."
        )
    return np.rint(x * SCALE).astype(np.int64)
