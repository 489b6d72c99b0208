"""Learned optimizers: losses of networks and functions that they were not trained on, after so many steps."""
