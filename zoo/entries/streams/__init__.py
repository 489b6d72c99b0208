"""Entries on streams of characters that people drew: each is answered before its label is told.

Instance 2 of a class is the one that comes after a single label. The first can only be guessed, at best among the labels that are
not in use yet. *Streams* are of five classes, fifty steps, and characters of Vinyals' test split.
"""
