"""Publishing: a model becomes a numbered version, with all that a server of it needs beside it."""

from zoo.utils import extras

extras.need("serve", "publishing")
