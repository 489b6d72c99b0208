"""Silence the start-up notes of TensorFlow's C++ code, which it writes to the file descriptor before it reads any log level."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

from zoo.utils.errors import ZooError


@contextlib.contextmanager
def notes_aside() -> Iterator[None]:
    """Hold back standard error within the block; show it only if the block fails by anything but a `ZooError`."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as aside:
        os.dup2(aside.fileno(), 2)
        try:
            yield
        except ZooError:
            raise
        except BaseException:
            aside.seek(0)
            os.write(kept, aside.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def start_tensorflow() -> None:
    """Import TensorFlow and find its devices without its start-up notes, which are of no use on the command line."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with notes_aside():
        import tensorflow

        tensorflow.config.list_logical_devices()
