"""Start TensorFlow without its start-up notes, which are of no use to who typed a command."""

import os
import sys
import tempfile


def start_tensorflow() -> None:
    """Import TensorFlow and find its devices with standard error put aside; show it only if that fails.

    The notes come from C++ before any log level is heeded, so the file descriptor itself is put aside.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as aside:
        os.dup2(aside.fileno(), 2)
        try:
            import tensorflow

            tensorflow.config.list_logical_devices()
        except BaseException:
            aside.seek(0)
            os.write(kept, aside.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
