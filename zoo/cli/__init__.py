"""The command line `zoo`: `main` parses by `zoo.cli.arguments` and runs a function of `zoo.cli.commands`, imported only then."""

import sys
from collections.abc import Sequence

from zoo.cli import arguments
from zoo.utils.errors import ZooError

USER_ERROR = 2
# Cards are text, models are served by TensorFlow's C++ code alone, and tasks and training start it themselves where they need it.
WITHOUT_TENSORFLOW = ("list", "show", "train", "serve", "samples", "learn", "predict", "ask", "update", "compare")


def main(typed: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0, or 2 with one line on standard error for a mistake that the user can correct."""
    options = arguments.parser().parse_args(typed)
    from zoo.cli import commands
    from zoo.utils import backend, silence

    try:
        if options.command not in WITHOUT_TENSORFLOW and getattr(options, "paper", "") != "task":
            backend.check()
            silence.start_tensorflow()
        getattr(commands, f"run_{options.command.replace('-', '_')}")(options)
        sys.stdout.flush()  # a full disk is an error of the command, and none of the interpreter's end
    except ZooError as error:
        print(f"zoo {options.command}: {error}", file=sys.stderr)
        return USER_ERROR
    except BrokenPipeError:  # the reader of our output closed it, as `head` does
        sys.stderr.close()
    except OSError as error:
        reason = error.strerror or str(error).partition("\n")[0]
        print(f"zoo {options.command}: {error.filename or 'input or output'}: {reason}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        print(f"zoo {options.command}: stopped.", file=sys.stderr)
        return 130
    return 0
