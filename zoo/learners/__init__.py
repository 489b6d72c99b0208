"""What a learner is: the seam, the labels, the capabilities, and the parts that models are composed of. Knows no model."""

from zoo.utils import backend

backend.check()  # before a file of it imports Keras
