"""Classifiers whose learned task is the mean of every class's embedded examples, and how many they were."""

from zoo.classifier import Classifier
from zoo.layers import merged_means, padded_ways


class KeptMeans(Classifier):
    """Learned task: `prototype [B, ways, D]`, and `count [B, ways]`, the examples that each stands for."""

    def joined(self, task, other):
        prototype, count = merged_means(task["prototype"], task["count"], other["prototype"], other["count"])
        return {"prototype": prototype, "count": count}

    def widened(self, learned, ways):
        return padded_ways(learned, ways)
