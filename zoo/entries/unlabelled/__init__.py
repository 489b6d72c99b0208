"""Entries on characters of which few have a label: Omniglot.

In training two of the twenty drawings of every character have a label, always the same two. A task has 5 characters, one labelled
drawing of each, and, where the heading says so, 5 drawings without a label of each of them, and of as many characters more that
are *distractors*; the last column is the task of every other entry of characters, without any. M. Ren et al., "Meta-learning for
semi-supervised few-shot classification", 2018, published error rates without distractors in the first column.
"""
