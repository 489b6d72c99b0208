"""Benchmarks of labelled classes, whatever the classes are of: N-way episodes, trials within a group, batches of a classifier."""

from zoo.datasets.episodes.class_batches import ClassBatches
from zoo.datasets.episodes.lake import LakeTrials
from zoo.datasets.episodes.lake_runs import LakeRuns
from zoo.datasets.episodes.n_way import NWay

__all__ = ["ClassBatches", "LakeRuns", "LakeTrials", "NWay"]
