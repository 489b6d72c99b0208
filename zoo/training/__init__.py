"""Training an entry from its recipe."""

from zoo.utils import backend

backend.check()  # before a file of it imports Keras
