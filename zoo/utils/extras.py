"""Extras: packages that only some rooms of the zoo need, and the line that says how to install those that are missing."""

import importlib.util

from zoo.utils.errors import ZooError

# By the name of the extra in `pyproject.toml`: modules of its packages that the zoo imports, or that Keras imports for it.
MODULES = {
    "beam": ("apache_beam", "pyarrow"),
    "bulk": ("pyarrow",),
    "figures": ("matplotlib",),
    "hub": ("huggingface_hub",),
    "serve": ("grpc", "prometheus_client", "starlette", "tensorboard", "tensorflow_serving", "uvicorn", "yaml"),
    "sklearn": ("sklearn",),
    "train": ("matplotlib", "tensorboard", "tensorflow_datasets"),
}


class MissingExtraError(ZooError, ImportError):
    """An extra that is not installed; an `ImportError` too, for callers who try an import and do without it."""


def need(extra: str, what: str) -> None:
    """Refuse to go on without an extra; a room that needs one asks before a file of it imports anything.

    Args:
        extra: its name.
        what: needs it; the message begins with it.

    Raises:
        MissingExtraError: if one of its packages is not installed.
    """
    for module in MODULES[extra]:
        if importlib.util.find_spec(module) is None:
            raise missing(extra, what, module)


def missing(extra: str, what: str, module: str | None) -> MissingExtraError:
    """The error for a module that could not be imported: it names the module, and the command that installs the extra."""
    return MissingExtraError(f"{what} needs {module}, which is not installed; pip install 'fewshot-zoo[{extra}]'.")
