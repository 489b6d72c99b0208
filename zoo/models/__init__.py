"""One method per file, assembled from layers, each a `zoo.learners.meta_learner.MetaLearner`."""

from zoo.utils import backend

backend.check()  # before a file of it imports Keras
