"""The command that compares learners on a user's own pictures: each picture left out in turn, and told by the others."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from zoo.cli import embedded
from zoo.cli.output import one_line_warnings
from zoo.utils.errors import ZooError

if TYPE_CHECKING:
    import numpy as np

LEARNERS = ("protonet_pictures", "protonet_omniglot")  # that are compared where none is named
MOST = 400  # pictures that are left out: of more, as many of each class as go in


def run_compare(options: argparse.Namespace) -> None:
    """Print, of each learner, how often it is wrong of a picture that was left out, and how likely it calls the truth."""
    found = []
    with one_line_warnings(options):
        for name in options.names or LEARNERS:
            found.append({"name": name, **_left_out(name, options)})
    found.sort(key=lambda row: (row["error"], row["log_loss"]))
    if options.json:
        print(json.dumps(found, indent=2))
        return
    width = max(len(row["name"]) for row in found)
    about = f"{found[0]['pictures']} pictures, {found[0]['classes']} classes"
    print(f"{'learner':{width}}  wrong of those left out   log loss   {about}")
    for row in found:
        loss = f"{row['log_loss']:8.3f}" if row["calibrated"] else " unknown"
        print(f"{row['name']:{width}}  {row['error']:7.1%} ± {row['interval']:<6.1%}        {loss}")


def _left_out(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Error and log loss of a learner on pictures that are left out."""
    import numpy as np

    from zoo.cli import engine
    from zoo.cli.pictures import kind_of_pictures
    from zoo.datasets import read_folder

    learner = engine.learner(name)
    kind = kind_of_pictures(learner, name)
    if learner.in_halves:
        data, _ = embedded.folder(learner, options.support, kind)
        over, rows = embedded.over(learner), data.x
    else:
        data, _ = read_folder(options.support, **kind)
        live = engine.live(name)
        if not hasattr(live, "embedding_width"):
            raise ZooError(f"{name} embeds no pictures, so it cannot be compared; choose a classifier of pictures.")
        over, rows = embedded.over(live), _embedded(live, data.x)
    if data.counts.min() < 2:
        lonely = data.names[int(data.counts.argmin())]
        raise ZooError(f"class {lonely!r} has a single picture, and nothing is left of it once it is left out; give two or more.")
    kept = _some(data.counts)
    left = over.leave_each_out(rows[kept], [data.names[label] for label in data.labels[kept]])
    truth = np.array([str(data.names[label]) for label in data.labels[kept]])
    wrong = np.array([str(each) for each in left.predicted]) != truth
    task = over.learn(rows[kept], truth.tolist())
    return {
        "error": float(wrong.mean()),
        "interval": 1.96 * float(wrong.std()) / len(wrong) ** 0.5,
        "log_loss": float(left.loss.mean()),
        "calibrated": task.is_calibrated,
        "pictures": len(kept),
        "classes": len(data.names),
    }


def _embedded(learner: Any, pictures: "np.ndarray") -> "np.ndarray":
    """Pictures of bytes as embeddings, a part at a time."""
    import numpy as np

    from zoo.learners.parts import in_parts

    return in_parts(lambda part: learner.graphs.embed(part.astype(np.float32) / 255), pictures)


def _some(counts: "np.ndarray") -> "np.ndarray":
    """Rows of pictures, of each class as many as let all be no more than `MOST`, and at least two."""
    import numpy as np

    each = max(2, MOST // len(counts))
    starts = np.cumsum(counts) - counts
    return np.concatenate([start + np.arange(min(count, each)) for start, count in zip(starts, counts, strict=True)])
