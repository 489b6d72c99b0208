"""Benchmarks of labelled classes, whatever they are of: N-way episodes, some labels left out, trials, batches, streams."""

from zoo.datasets.episodes.class_batches import ClassBatches
from zoo.datasets.episodes.class_streams import ClassStreams
from zoo.datasets.episodes.label_split import LabelSplit
from zoo.datasets.episodes.lake import LakeTrials
from zoo.datasets.episodes.lake_runs import LakeRuns
from zoo.datasets.episodes.n_way import NWay
from zoo.datasets.episodes.semi_supervised import SemiSupervised, SemiSupervisedTasks
from zoo.datasets.episodes.task_table import TaskTable

__all__ = [
    "ClassBatches",
    "ClassStreams",
    "LabelSplit",
    "LakeRuns",
    "LakeTrials",
    "NWay",
    "SemiSupervised",
    "SemiSupervisedTasks",
    "TaskTable",
]
