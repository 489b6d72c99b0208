"""Entries on characters that people drew: Omniglot.

*Within alphabet* are twenty characters of one alphabet, which are harder to tell apart than characters of any: from the 12
alphabets that no entry has seen. *Lake's trials* are the same from all 20 evaluation alphabets of Lake's split, for entries that
are trained on its other 30. So neither may be compared with an ordinary 20-way figure, nor one with the other.
"""
