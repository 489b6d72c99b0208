"""The models to serve, from the folders and the configuration file that an operator names; read again whenever they change."""

import os
from collections.abc import Sequence
from pathlib import Path

from zoo.serving.server import model_config, model_sources
from zoo.serving.server.model_sources import ModelSource
from zoo.utils.errors import ZooError

CONFIG = "models.config"


def is_served_folder(path: Path) -> bool:
    """Whether a folder can be served: it holds versions, models, or a `models.config`."""
    return path.is_dir() and ((path / CONFIG).exists() or _holds_versions(path) or any(_models_under(path)))


class Followed:
    """The models under some folders and in a configuration file, as they are now.

    Args:
        folders: each holds a `models.config`, or versions of one model, or models that hold versions.
        config: TensorFlow Serving's model configuration, if there is one.
    """

    def __init__(self, folders: Sequence[Path] = (), config: Path | None = None):
        self._folders, self._configs = list(folders), [config] if config else []
        self._read: dict[Path, tuple[tuple, list[ModelSource]]] = {}

    def read(self) -> list[ModelSource]:
        """The models to serve now.

        Raises:
            ZooError: if a configuration cannot be read, a folder holds nothing to serve, or two models have one name.
        """
        found: list[ModelSource] = []
        for path in self._configs:
            found += self._config(path)
        for folder in self._folders:
            if (folder / CONFIG).exists():
                found += self._config(folder / CONFIG)
            elif _holds_versions(folder):
                found.append(ModelSource(folder.resolve().name, folder))
            else:
                found += [ModelSource(child.name, child) for child in _models_under(folder)]
        if not found:
            places = ", ".join(str(path) for path in (*self._configs, *self._folders))
            raise ZooError(f"{places or 'no folder'}: no model to serve; expected MODEL/<integer version>/saved_model.pb.")
        names = [source.name for source in found]
        for name in names:
            if names.count(name) > 1:
                raise ZooError(f"two models are called {name!r}; serve one of them, or rename its folder.")
        return found

    def roots(self) -> list[Path]:
        """The folders that an operator lets this server serve from: those named, and those of the configured models."""
        return [path.resolve() for path in (*self._folders, *(source.base for source in self.read()))]

    def _config(self, path: Path) -> list[ModelSource]:
        try:
            about = os.stat(path)
        except OSError as error:
            raise ZooError(f"{path} cannot be read as TensorFlow Serving's model configuration: {error}") from None
        state = (about.st_mtime_ns, about.st_size, about.st_ino)
        if path not in self._read or self._read[path][0] != state:
            self._read[path] = state, model_config.read(path)
        return self._read[path][1]


def _holds_versions(path: Path) -> bool:
    try:
        return bool(model_sources.on_disk(path))
    except OSError:
        return False


def _models_under(path: Path) -> list[Path]:
    try:
        children = sorted(path.iterdir())
    except OSError:
        return []
    return [child for child in children if not child.name.startswith(".") and child.is_dir() and _holds_versions(child)]
