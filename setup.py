"""For tools that still ask for this file; all about the package is in `pyproject.toml`."""

from setuptools import setup

setup()
