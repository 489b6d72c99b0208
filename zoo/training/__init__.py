"""Training an entry from its recipe."""

from zoo.utils import backend, extras

backend.check()  # before a file of it imports Keras
extras.need("train", "training")
