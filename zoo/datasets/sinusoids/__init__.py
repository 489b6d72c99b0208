"""Sinusoid regression."""
