"""The error for every mistake of a user: it names the value, what was expected, and the remedy."""


class ZooError(ValueError):
    """Wrong use of the library. The command line prints its message on one line and exits with code 2."""
