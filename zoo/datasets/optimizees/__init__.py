"""Problems for optimizers: random quadratics, and small networks of digits."""

from zoo.datasets.optimizees.digit_networks import DigitNetworks
from zoo.datasets.optimizees.quadratics import Quadratics

__all__ = ["DigitNetworks", "Quadratics"]
