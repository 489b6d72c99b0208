"""One method per file, assembled from layers, each a `zoo.learners.meta_learner.MetaLearner`."""
