"""The files to serve a folder of models with: TensorFlow Serving's own, Docker Compose, Kubernetes and KServe.

They cover all models in the folder and are rewritten at every export, except those that were edited. An edited `models.config`
is kept too, but missing models are added to it.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from google.protobuf.message import DecodeError
from tensorflow.core.protobuf import saved_model_pb2

from zoo.serving.publishing import generated, manifests, server_files, versions
from zoo.utils import locks, partial

CONFIG = "models.config"
_COMPOSE = """\
# Run it by: docker compose up
# REST on 8501, gRPC on 8500, on this machine only: TensorFlow Serving has no authentication: put a proxy that has before it.
"""
_KUBERNETES = f"""\
# Run it by: kubectl apply -f kubernetes.yaml
# Then copy this folder into the volume of the claim `zoo-models`, which the server sees as {server_files.ROOT}; later exports
# into it are loaded within a minute. TensorFlow Serving has no authentication: an Ingress before it must provide it.
"""
_SCALING = f"""\
# Replicas by what the servers export to Prometheus, in place of the autoscaler by CPU of kubernetes.yaml: docs/fleet.md.
# Run it by: kubectl apply -f kubernetes-prometheus.yaml
# Needs Prometheus, which scrapes the pods by their annotations, and its adapter, which is given the rules of the ConfigMap
# {manifests.NAME}-adapter. Set {manifests.RULES[1].name} to what a pod answers in a second at a load of 70 % with your models.
"""
_KSERVE = f"""\
# Copy the models to a storage that KServe reads, replace {manifests.STORAGE} by its address,
# and run it by: kubectl apply -f kserve.yaml
# KServe names a model after its service, so requests go to /v1/models/SERVICE:predict.
"""


def models(base: Path) -> dict[str, Path]:
    """The models under a folder that have a published version: name -> the highest version's folder."""
    found = {}
    for child in sorted(base.iterdir()):
        if child.is_dir() and not child.name.startswith("."):
            whole = {version: path for version, path in versions.present(child).items() if (path / "saved_model.pb").exists()}
            if whole:
                found[child.name] = whole[max(whole)]
    return found


def tensorflow_of(path: Path) -> tuple[int, int]:
    """Major and minor version of the TensorFlow that wrote a SavedModel; zeros for a damaged one."""
    try:
        model = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes())
        major, minor = model.meta_graphs[0].meta_info_def.tensorflow_version.split(".")[:2]
        return int(major), int(minor)
    except (DecodeError, IndexError, ValueError):
        return 0, 0


def write(base: Path) -> list[str]:
    """Write every file for the models under a folder.

    Returns:
        Notes for the user on edited files that were kept.

    Raises:
        ZooError: if `models.config` cannot be read.
    """
    partial.sweep(base)  # files of an exporter that died while it wrote
    with locks.hold(base / ".zoo.lock"):  # two exporters of two models write the same files
        found = models(base)
        names = list(found)
        newest = max(map(tensorflow_of, found.values()))
        bodies = {
            "batching_parameters.txt": server_files.batching(),
            "monitoring.config": server_files.monitoring(),
            "docker-compose.yaml": _COMPOSE + _yaml([manifests.compose(names, newest)]),
            "kubernetes.yaml": _KUBERNETES + _yaml(manifests.kubernetes(names, newest)),
            "kubernetes-prometheus.yaml": _SCALING + _yaml(manifests.scaling()),
            "kserve.yaml": _KSERVE + _yaml(manifests.kserve(names, newest)),
        }
        notes = [_write_config(base / CONFIG, names), *(generated.write(base / name, body) for name, body in bodies.items())]
        return [note for note in notes if note]


def spared(base: Path, name: str) -> set[int]:
    """The versions of a model that `models.config` names.

    Raises:
        ZooError: if `models.config` cannot be read.
    """
    path = base / CONFIG
    if not path.exists():
        return set()
    return server_files.named_versions(server_files.parse_models(path.read_text(encoding="utf-8"), str(path)), name)


def _write_config(path: Path, names: list[str]) -> str | None:
    there = path.read_text(encoding="utf-8") if path.exists() else None
    if there is None or generated.is_untouched(there):
        return generated.write(path, server_files.models(names))
    longer = server_files.with_models(there, names, str(path))
    if longer is None:
        return f"{path} cannot be extended and is kept; add those of these models that it lacks: {', '.join(names)}."
    if longer != there:
        generated.replace(path, longer)
    return None


def _yaml(documents: Iterable[dict]) -> str:
    return "---\n".join(yaml.dump(document, Dumper=_Plain, sort_keys=False, width=130) for document in documents)


class _Plain(yaml.SafeDumper):
    """Writes repeated values in full: anchors are hard to edit."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
