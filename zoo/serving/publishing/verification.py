"""Verify a SavedModel in a fresh process by TensorFlow's C++ loader, with XLA off and without TensorFlow's Python package.

It runs the model's own warm-up records, as TensorFlow Serving does before it serves a version.
    python -m zoo.serving.publishing.verification MODEL OUTPUTS.npz
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from zoo.serving.native import NativeModel, without_objects
from zoo.serving.publishing import warm_up
from zoo.utils.errors import ZooError

PATIENCE = 600  # seconds for all records
PACKAGES = Path(__file__).resolve().parents[3]  # where a new process finds `zoo`


def answers(folder: Path) -> list[dict[str, np.ndarray]]:
    """The answer to each warm-up record of a SavedModel, by a new process.

    Raises:
        ZooError: if the model cannot be loaded or fails a record, with the loader's own message.
    """
    path = os.pathsep.join(filter(None, [str(PACKAGES), os.environ.get("PYTHONPATH")]))
    environment = {"TF_CPP_MIN_LOG_LEVEL": "2", **os.environ, "PYTHONPATH": path}
    with tempfile.TemporaryDirectory() as out:
        file = Path(out) / "answers.npz"
        command = [sys.executable, "-m", "zoo.serving.publishing.verification", str(folder), str(file)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, env=environment)
        except subprocess.TimeoutExpired:
            raise ZooError(
                f"{folder} did not answer its warm-up records within {PATIENCE} seconds; export fewer signatures (--signatures)."
            ) from None
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            raise ZooError(f"the export cannot be served; TensorFlow's C++ loader: {reason}")
        found: dict[int, dict[str, np.ndarray]] = {}
        with np.load(file) as arrays:
            for key in arrays.files:
                number, _, name = key.partition(" ")
                found.setdefault(int(number), {})[name] = arrays[key]
    return [found[number] for number in sorted(found)]


def main() -> None:
    """Answer the warm-up records of a model."""
    parser = argparse.ArgumentParser(
        "python -m zoo.serving.publishing.verification", description="Answer a model's warm-up records."
    )
    parser.add_argument("model", type=Path, help="folder of a SavedModel")
    parser.add_argument("outputs", help="npz to write: `NUMBER OUTPUT` -> array")
    options = parser.parse_args()
    try:
        model = NativeModel(options.model)
        outputs = {
            f"{number} {name}": value
            for number, (signature, inputs) in enumerate(warm_up.read(options.model))
            for name, value in without_objects(model.run(signature, inputs)).items()
        }
    except (RuntimeError, ValueError) as error:
        sys.exit(str(error).partition("\n")[0])  # the rest lists names of nodes
    if "tensorflow.python" in sys.modules:
        raise RuntimeError("TensorFlow's Python package was imported, so this run is no test of the C++ loader alone.")
    np.savez(options.outputs, allow_pickle=False, **outputs)


if __name__ == "__main__":
    main()
