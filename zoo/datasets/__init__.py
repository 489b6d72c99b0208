"""Episodes as `tf.data`. They know no layer and no model."""

from zoo.datasets.attributes import DescribedClasses
from zoo.datasets.augmentation import Augmentation
from zoo.datasets.ball_world import simulate
from zoo.datasets.bouncing_ball import BouncingBall, windows
from zoo.datasets.class_batches import ClassBatches
from zoo.datasets.colour_augmentation import ColourAugmentation
from zoo.datasets.drawn_pictures import DrawnPictures
from zoo.datasets.episodes import Episodes, Questions, Tasks
from zoo.datasets.image_folder import ImageFolder, Report, read_folder, read_pictures
from zoo.datasets.labelled import InMemory, Labelled, Source
from zoo.datasets.lake import LakeTrials
from zoo.datasets.mnist import MNIST
from zoo.datasets.n_way import NWay
from zoo.datasets.omniglot import Omniglot
from zoo.datasets.sinusoid import FixedSinusoids, FreshSinusoids
from zoo.datasets.video import BallVideo

__all__ = [
    "MNIST",
    "Augmentation",
    "BallVideo",
    "BouncingBall",
    "ClassBatches",
    "ColourAugmentation",
    "DescribedClasses",
    "DrawnPictures",
    "Episodes",
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
