"""Samplers: episodes of labelled classes, whatever the classes are of."""
