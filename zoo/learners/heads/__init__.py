"""Heads of classifiers: what is learned of embedded examples, and how an embedded query is compared with it."""
