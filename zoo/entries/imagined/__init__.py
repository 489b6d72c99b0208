"""Entries that imagine further examples of every class: Omniglot, a hundred characters at once.

Tasks have 100 characters of Vinyals' test split and one, two or five drawings of each; *within alphabet* are twenty characters of
one alphabet. What imagining is worth, beside the same networks without it, is on [a page of its own](imagined.md).
"""
