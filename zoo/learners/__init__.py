"""What a learner is: the seam, the labels, the capabilities, and the parts that models are composed of. Knows no model."""
