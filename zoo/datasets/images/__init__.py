"""Sources of pictures, and their distortions."""

from typing import TYPE_CHECKING

from zoo.utils import lazy

if TYPE_CHECKING:
    from zoo.datasets.images.augmentation import Augmentation
    from zoo.datasets.images.colour_augmentation import ColourAugmentation
    from zoo.datasets.images.drawn_pictures import DrawnPictures
    from zoo.datasets.images.image_folder import ImageFolder, Report, names_of, read_folder, read_pictures
    from zoo.datasets.images.mnist import MNIST
    from zoo.datasets.images.omniglot import Omniglot
    from zoo.datasets.images.split_folder import SplitFolder

__all__ = [
    "MNIST",
    "Augmentation",
    "ColourAugmentation",
    "DrawnPictures",
    "ImageFolder",
    "Omniglot",
    "Report",
    "SplitFolder",
    "names_of",
    "read_folder",
    "read_pictures",
]

__getattr__ = lazy.names(
    __name__,
    {
        "Augmentation": "augmentation",
        "ColourAugmentation": "colour_augmentation",
        "DrawnPictures": "drawn_pictures",
        "ImageFolder": "image_folder",
        "MNIST": "mnist",
        "Omniglot": "omniglot",
        "Report": "image_folder",
        "SplitFolder": "split_folder",
        "names_of": "image_folder",
        "read_folder": "image_folder",
        "read_pictures": "image_folder",
    },
)
