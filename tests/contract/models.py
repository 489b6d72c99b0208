"""The models that the contract suite asks: written into a folder to serve, or alive in this process to compare with.

They are the same on every machine, since they are drawn from a seed:
    tiny        an untrained learner, version 1, with the signatures in `SIGNATURES`
    tiny_task   two of its learned tasks, versions 1 (label stable) and 2 (label canary)
    words       version 1 names the sign of a number: `serving_default` by a string, `all` by strings of every kind

    python tests/contract/models.py FOLDER
"""

import sys
from pathlib import Path

SIGNATURES = ("serving_default", "adapt", "apply", "influence", "update")
WORDS = ('Äpfel "süß"', "100 %\n")
TASKS = {1: ([0.0, 1.0, 2.0], [1.0, 0.0, -1.0]), 2: ([-1.0, 0.5], [2.0, -3.0])}
FOLDERS = {"2": "0002"}  # zeros before a version's number do not matter
NO_VERSIONS = ("v7", "7.1", ".8.partial")  # what is no integer is no version
CONFIG = """\
model_config_list {
  config { name: "tiny" base_path: "/models/tiny" model_platform: "tensorflow" }
  config { name: "words" base_path: "/models/words" model_platform: "tensorflow" }
  config {
    name: "tiny_task" base_path: "/models/tiny_task" model_platform: "tensorflow"
    model_version_policy { specific { versions: 1 versions: 2 } }
    version_labels { key: "stable" value: 1 }
    version_labels { key: "canary" value: 2 }
  }
}
"""
MONITORING = 'prometheus_config { enable: true path: "/monitoring/prometheus/metrics" }\n'


def make():
    """Make the learner and its tasks; returns endpoints by `model/version`, then by signature."""
    import keras

    from zoo.models.mela import MeLA, MeLAConfig

    keras.utils.set_random_seed(20261124)
    widths = {"row_widths": (8,), "pool": 8, "code_widths": (8,), "generator_widths": (8,), "task_widths": (6,)}
    tiny = MeLA(MeLAConfig(**widths), name="tiny")
    endpoints = tiny.endpoints()
    tasks = {f"tiny_task/{version}": tiny.learn(*support).endpoints() for version, support in TASKS.items()}
    return {"tiny/1": {name: endpoints[name] for name in SIGNATURES}, "words/1": words()} | tasks


def words():
    """The endpoints of `words`, `x [M, 1] -> word [M]`: the first word for a number below 0."""
    import tensorflow as tf

    from zoo.learners.endpoint import Endpoint

    def word(x):
        return {"word": tf.gather(tf.constant(WORDS), tf.cast(x[:, 0] >= 0, tf.int32))}

    def every(x):
        return word(x) | {"word_bytes": word(x)["word"], "words": tf.tile(tf.constant([WORDS]), [tf.shape(x)[0], 1]), "x": x}

    takes = {"x": tf.TensorSpec([None, 1], tf.float32)}, {"x": ("query",)}
    return {"serving_default": Endpoint(word, *takes), "all": Endpoint(every, *takes)}


def write(models, folder: Path) -> None:
    """Write models as TensorFlow Serving wants them, with the files it is started with."""
    import tensorflow as tf

    for path, endpoints in models.items():
        model, version = path.split("/")
        holder = tf.Module()
        signatures = {name: endpoint.traced() for name, endpoint in endpoints.items()}
        read = {id(weight): weight for function in signatures.values() for weight in function.get_concrete_function().variables}
        holder.weights = list(read.values())
        tf.saved_model.save(holder, str(folder / model / FOLDERS.get(version, version)), signatures=signatures)
        for no_version in NO_VERSIONS:
            (folder / model / no_version).mkdir(parents=True, exist_ok=True)
    (folder / "models.config").write_text(CONFIG, encoding="utf-8")
    (folder / "monitoring.config").write_text(MONITORING, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write(make(), Path(sys.argv[1]))
