"""TensorFlow Serving's `models.config`: the models of a server, their folders, versions and labels."""

from pathlib import Path

from google.protobuf import text_format

from zoo.serving.server.model_sources import ModelSource, Policy
from zoo.serving.wire import protos
from zoo.utils.errors import ZooError

PLATFORM = "tensorflow"


def read(path: Path) -> list[ModelSource]:
    """Read a configuration file.

    A relative `base_path` starts at the folder of the file. One that does not exist, such as a container's `/models/NAME`, is
    searched beside the file, so that a folder made by `zoo export` can be served in place.

    Raises:
        ZooError: if it cannot be read, or holds an impossible value.
    """
    message = protos.model_server_config_pb2.ModelServerConfig()
    try:
        text_format.Parse(path.read_text(encoding="utf-8"), message)
    except (OSError, ValueError, text_format.ParseError) as error:
        raise ZooError(f"{path} cannot be read as TensorFlow Serving's model configuration: {error}") from None
    try:
        return sources(message, path.resolve().parent)
    except ValueError as error:
        raise ZooError(f"{path}: {error}") from None


def sources(message: protos.model_server_config_pb2.ModelServerConfig, folder: Path) -> list[ModelSource]:
    """The models of a configuration.

    Args:
        message: the configuration.
        folder: where relative paths start.

    Raises:
        ValueError: if it holds an impossible value.
    """
    if message.WhichOneof("config") != "model_config_list":
        raise ValueError("it needs a model_config_list { config { name: … base_path: … model_platform: 'tensorflow' } }")
    found = [_source(config, folder) for config in message.model_config_list.config]
    names = [source.name for source in found]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the model {name!r} is listed twice")
    return found


def _source(config: protos.model_server_config_pb2.ModelConfig, folder: Path) -> ModelSource:
    if not config.name or "/" in config.name or ":" in config.name:
        raise ValueError(f"name {config.name!r}: a model needs a name without / and :")
    if not config.base_path:
        raise ValueError(f"the model {config.name!r} needs a base_path, the folder with its versions")
    if config.model_platform != PLATFORM and not (config.model_type == 1 and not config.model_platform):
        raise ValueError(f"model_platform {config.model_platform!r} of {config.name!r}: it must be {PLATFORM!r}")
    base = folder / config.base_path
    beside = folder / Path(config.base_path).name
    if not base.exists() and beside.exists():
        base = beside
    return ModelSource(config.name, base, _policy(config), tuple(sorted(config.version_labels.items())))


def _policy(config: protos.model_server_config_pb2.ModelConfig) -> Policy:
    policy = config.model_version_policy
    match policy.WhichOneof("policy_choice"):
        case "all":
            return Policy(latest=None)
        case "specific":
            return Policy(specific=tuple(policy.specific.versions))
        case _:
            return Policy(latest=policy.latest.num_versions or 1)
