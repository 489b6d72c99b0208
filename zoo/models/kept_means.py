"""Classifiers whose learned task is the mean of every class's embedded examples, and how many they were."""

from zoo.layers import merge_means, padded_ways
from zoo.learners.embedding_classifier import Classifier


class KeptMeans(Classifier):
    """Learned task: `prototype [B, ways, D]`, and `count [B, ways]`, the examples that each stands for."""

    def merge(self, task, other):
        prototype, count = merge_means(task["prototype"], task["count"], other["prototype"], other["count"])
        return {"prototype": prototype, "count": count}

    def pad_ways(self, learned, ways):
        return padded_ways(learned, ways)
