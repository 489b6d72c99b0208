"""Classes that are described by their attributes, for zero-shot learning."""

from zoo.datasets.attributes.described_classes import DescribedClasses

__all__ = ["DescribedClasses"]
