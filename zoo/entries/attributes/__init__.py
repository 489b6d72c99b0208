"""Entries on classes that are known by what is said of them."""
