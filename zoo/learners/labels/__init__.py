"""Kinds of labels, one object each."""

from zoo.learners.labels.classes import Classes
from zoo.learners.labels.labels import Given, Labels
from zoo.learners.labels.nothing import Nothing
from zoo.learners.labels.numbers import Numbers
from zoo.learners.labels.tokens import Tokens

__all__ = ["Classes", "Given", "Labels", "Nothing", "Numbers", "Tokens"]
