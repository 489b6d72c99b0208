"""Benchmark as `tf.data`. They know no layer and no model."""

from zoo.datasets.attributes import DescribedClasses
from zoo.datasets.benchmark import Benchmark, Questions, Tasks
from zoo.datasets.episodes.class_batches import ClassBatches
from zoo.datasets.episodes.lake import LakeTrials
from zoo.datasets.episodes.n_way import NWay
from zoo.datasets.images.augmentation import Augmentation
from zoo.datasets.images.colour_augmentation import ColourAugmentation
from zoo.datasets.images.drawn_pictures import DrawnPictures
from zoo.datasets.images.image_folder import ImageFolder, Report, read_folder, read_pictures
from zoo.datasets.images.mnist import MNIST
from zoo.datasets.images.omniglot import Omniglot
from zoo.datasets.labelled import InMemory, Labelled, Source
from zoo.datasets.rooms.ball_world import simulate
from zoo.datasets.rooms.bouncing_ball import BouncingBall, windows
from zoo.datasets.rooms.video import BallVideo
from zoo.datasets.sinusoids.sinusoid import FixedSinusoids, FreshSinusoids

__all__ = [
    "MNIST",
    "Augmentation",
    "BallVideo",
    "Benchmark",
    "BouncingBall",
    "ClassBatches",
    "ColourAugmentation",
    "DescribedClasses",
    "DrawnPictures",
    "FixedSinusoids",
    "FreshSinusoids",
    "ImageFolder",
    "InMemory",
    "Labelled",
    "LakeTrials",
    "NWay",
    "Omniglot",
    "Questions",
    "Report",
    "Source",
    "Tasks",
    "read_folder",
    "read_pictures",
    "simulate",
    "windows",
]
