"""Put aside the notes of TensorFlow's C++ code, which come before any log level is heeded, straight to the file descriptor."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

from zoo.utils.errors import ZooError


@contextlib.contextmanager
def notes_aside() -> Iterator[None]:
    """Within it, standard error is put aside; it is shown only if the block fails, and not by a `ZooError`, which says it all."""
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
    """Import TensorFlow and find its devices without its start-up notes, which are of no use to who typed a command."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with notes_aside():
        import tensorflow

        tensorflow.config.list_logical_devices()
