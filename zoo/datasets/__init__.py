"""What entries are trained and evaluated on: benchmarks, and the sources that they draw from. They know no layer and no model."""

from typing import TYPE_CHECKING

from zoo.utils import lazy

if TYPE_CHECKING:
    from zoo.datasets.acting import Bandits, TabularMDPs
    from zoo.datasets.attributes import DescribedClasses
    from zoo.datasets.benchmark import Batch, Benchmark, Condition, Questions, Tasks
    from zoo.datasets.episodes import (
        ClassBatches,
        ClassStreams,
        LabelSplit,
        LakeRuns,
        LakeTrials,
        NWay,
        SemiSupervised,
        TaskTable,
    )
    from zoo.datasets.images import (
        MNIST,
        Augmentation,
        ColourAugmentation,
        DrawnPictures,
        ImageFolder,
        Omniglot,
        Report,
        SplitFolder,
        names_of,
        read_folder,
        read_pictures,
    )
    from zoo.datasets.labelled import InMemory, Labelled, Source
    from zoo.datasets.optimizees import DigitNetworks, Quadratics
    from zoo.datasets.rooms import BallVideo, BouncingBall, simulate, windows
    from zoo.datasets.sinusoids import FixedSinusoids, FreshSinusoids
    from zoo.datasets.tables.synthetic import SyntheticTables

__all__ = [
    "MNIST",
    "Augmentation",
    "BallVideo",
    "Bandits",
    "Batch",
    "Benchmark",
    "BouncingBall",
    "ClassBatches",
    "ClassStreams",
    "ColourAugmentation",
    "Condition",
    "DescribedClasses",
    "DigitNetworks",
    "DrawnPictures",
    "FixedSinusoids",
    "FreshSinusoids",
    "ImageFolder",
    "InMemory",
    "LabelSplit",
    "Labelled",
    "LakeRuns",
    "LakeTrials",
    "NWay",
    "Omniglot",
    "Quadratics",
    "Questions",
    "Report",
    "SemiSupervised",
    "Source",
    "SplitFolder",
    "SyntheticTables",
    "TabularMDPs",
    "TaskTable",
    "Tasks",
    "names_of",
    "read_folder",
    "read_pictures",
    "simulate",
    "windows",
]

__getattr__ = lazy.names(
    __name__,
    {
        "Augmentation": "images",
        "BallVideo": "rooms",
        "Bandits": "acting",
        "Batch": "benchmark",
        "Benchmark": "benchmark",
        "BouncingBall": "rooms",
        "ClassBatches": "episodes",
        "ClassStreams": "episodes",
        "ColourAugmentation": "images",
        "Condition": "benchmark",
        "DescribedClasses": "attributes",
        "DigitNetworks": "optimizees",
        "DrawnPictures": "images",
        "FixedSinusoids": "sinusoids",
        "FreshSinusoids": "sinusoids",
        "ImageFolder": "images",
        "InMemory": "labelled",
        "LabelSplit": "episodes",
        "Labelled": "labelled",
        "LakeRuns": "episodes",
        "LakeTrials": "episodes",
        "MNIST": "images",
        "NWay": "episodes",
        "Omniglot": "images",
        "Quadratics": "optimizees",
        "Questions": "benchmark",
        "Report": "images",
        "SemiSupervised": "episodes",
        "Source": "labelled",
        "SplitFolder": "images",
        "SyntheticTables": "tables.synthetic",
        "TabularMDPs": "acting",
        "TaskTable": "episodes",
        "Tasks": "benchmark",
        "names_of": "images",
        "read_folder": "images",
        "read_pictures": "images",
        "simulate": "rooms",
        "windows": "rooms",
    },
)
