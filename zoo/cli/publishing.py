"""Commands that publish a model: export, serve."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.cli.output import learner_or_task, say
from zoo.hub import hugging_face, registry
from zoo.utils.errors import ZooError

if TYPE_CHECKING:
    from zoo.export import Exportable

OF_SERVING = {"served_as": "--name", "version": "--version", "keep": "--keep", "signatures": "--signatures"}


def run_export(options: argparse.Namespace) -> None:
    """Publish or export a learner or a learned task."""
    from zoo.utils import files

    if options.quantize and options.format not in ("litert", "c"):
        raise ZooError(f"--quantize {options.quantize}: only litert and c store weights so; pass --format litert or c.")
    if options.licence is not None and options.format != "hub":
        raise ZooError("--licence goes with --format hub only; leave it out.")
    if options.format == "serving":
        return _publish(options)
    for key, option in OF_SERVING.items():
        if vars(options)[key] is not None and (option, options.format) != ("--name", "hub"):
            raise ZooError(f"{option} goes with --format serving only; leave it out.")
    if options.format == "hub":
        return _for_the_hub(options)
    files.refuse_existing(options.to, options.force)
    model = _wanted(options)
    from zoo import export as exporters

    fewer_bits = {"quantize": options.quantize} if options.quantize else {}
    differences = getattr(exporters, options.format)(model, options.to, force=options.force, **fewer_bits)
    say(
        options,
        {"path": options.to, "largest_difference": differences},
        f"wrote {options.to}; largest difference from the live model {max(differences.values()):.1e}",
    )


def _for_the_hub(options: argparse.Namespace) -> None:
    from zoo.hub import hub_folder

    if options.head_only or options.encoder_only:
        raise ZooError("--format hub holds whole learners; leave --head-only and --encoder-only out.")
    if (Path(options.name) / "task.json").exists():
        raise ZooError(f"{options.name} is a learned task, and the hub takes learners; export it as onnx, and upload that file.")
    differences = hub_folder.write(options.name, options.to, options.served_as or "", options.licence or "", options.force)
    say(
        options,
        {"path": options.to, "largest_difference": differences},
        f"wrote {options.to}; largest difference of ONNX from the live model {max(differences.values()):.1e}; upload it by: "
        f"hf upload {options.served_as or 'USER/NAME'} {options.to}",
    )


def _wanted(options: argparse.Namespace) -> "Exportable":
    """The learner or task of a name, or the half of it that is asked for."""
    model = learner_or_task(options.name)
    if not (options.head_only or options.encoder_only):
        return model
    from zoo.learners import halves

    return halves.head_of(model) if options.head_only else halves.encoder_of(model)


def _publish(options: argparse.Namespace) -> None:
    from zoo.serving.publishing.publish import publish

    name = options.served_as or _last_part(options.name)
    if options.force:
        raise ZooError("--force has nothing to replace, as a published version never changes; leave it out, or give --format.")
    if Path(options.to).name.isdecimal():
        raise ZooError(
            f"--to {options.to} ends in a version, but versions are numbered for you: give the folder of all models, such as "
            "models/, or --format saved_model for a plain folder."
        )
    model = _wanted(options)
    wishes = {key: vars(options)[key] for key in ("version", "keep", "signatures")}
    done = publish(model, options.to, name, **wishes, progress=not options.json)
    for note in done.notes:
        print(f"zoo export: {note}", file=sys.stderr)
    removed = f"; removed {', '.join(map(str, done.pruned))}" if done.pruned else ""
    facts = {"path": str(done.path), "name": done.name, "version": done.version, "signatures": done.signatures}
    say(
        options,
        facts | {"largest_difference": done.differences, "pruned": done.pruned},
        f"published {done.path}, verified in TensorFlow's C++ loader; largest difference from the live model "
        f"{max(done.differences.values()):.1e}{removed}",
    )


def _last_part(name: str) -> str:
    """What a published model is named after."""
    if hugging_face.is_named(name):
        return hugging_face.title(name)
    source = Path(name).resolve()
    return source.parent.name if source.name == "model.keras" else source.name


def run_serve(options: argparse.Namespace) -> None:
    """Serve models on this machine until stopped."""
    from zoo.serving.server import batching_parameters, followed, local_server
    from zoo.serving.server.service import MEBIBYTE, Limits

    config, batching = options.model_config_file, options.batching_parameters_file
    limits = Limits(
        queue=options.queue,
        deadline=options.deadline,
        body=options.body_limit * MEBIBYTE,
        batching=batching_parameters.read(Path(batching)) if batching else None,
        access_log=options.access_log,
    )
    where = local_server.Options(
        options.host, options.port, options.grpc_port, options.poll, options.grace, options.allow_reload, limits
    )
    with tempfile.TemporaryDirectory(prefix="zoo-serve-") as aside:
        folders = []
        for name in options.names:
            folders.append(Path(name) if followed.is_served_folder(Path(name)) else _exported(name, Path(aside)))
        local_server.run(followed.Followed(folders, Path(config) if config else None), where)


def _exported(name: str, aside: Path) -> Path:
    """Export an entry or a learned task in another process, so that this one never loads TensorFlow's Python package."""
    path = Path(name)
    of_the_hub = hugging_face.is_named(name)
    if not of_the_hub and not (path / "task.json").exists() and path.suffix != ".keras" and not (path / "model.keras").exists():
        registry.check(name)
    base = aside / (hugging_face.title(name) if of_the_hub else path.resolve().stem)
    print(f"exporting {name} …", file=sys.stderr)
    command = [sys.executable, "-m", "zoo", "export", name, "--format", "saved_model", "--to", str(base / "1")]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"it ended with code {done.returncode}"]
        raise ZooError(lines[-1].removeprefix("zoo export: "))
    return base
