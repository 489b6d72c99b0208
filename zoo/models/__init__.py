"""One method per file, assembled from layers, each a `zoo.learners.zoo_model.ZooModel`."""

from zoo.utils import backend

backend.check()  # before a file of it imports Keras
