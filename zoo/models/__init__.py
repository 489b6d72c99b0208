"""One method per file, assembled from layers, each a `zoo.learner.MetaLearner`."""
