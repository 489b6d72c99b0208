"""MeLA on video: one network reads frames of a room into a code, another writes the network that moves the room's latents on.

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018, section 4.3. Departures:
those of `zoo.learners.networks.latent_video`, and the pool holds the mean beside the maximum, the generators start from a common
base, code and recognition network are wider, and there is no L1 penalty.
"""

import itertools
from dataclasses import dataclass
from typing import Any, final

import keras

from zoo.layers import FrameDecoder, FrameEncoder, HyperDense, SetEncoder
from zoo.learners.networks.latent_video import LatentVideo, LatentVideoConfig
from zoo.learners.set_learner import SetLearner


@dataclass(frozen=True)
class MeLAVideoConfig(LatentVideoConfig):
    """Hyper-parameters beside those of every video learner; see `MeLAConfig`."""

    row_widths: tuple[int, ...] = (128, 128)
    pool: int = 256
    pooling: str = "max+mean"
    code_widths: tuple[int, ...] = (128, 128)
    code: int = 16
    generator_widths: tuple[int, ...] = (64, 64)
    output_gain: float = 0.3
    activation: str = "leaky_relu"


@final
@keras.saving.register_keras_serializable("zoo")
class MeLAVideo(SetLearner):
    """Learned task: the generated weights of the network of latents (see `LatentVideo`)."""

    config_class = MeLAVideoConfig
    code_rate = 1e-3  # larger ones made rollouts of video worse

    def __init__(self, config: MeLAVideoConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.encoder = FrameEncoder(c.latents, c.encoder_filters, dtype=self.dtype_policy, name="encoder")
        self.decoder = FrameDecoder(c.size, c.decoder_filters, dtype=self.dtype_policy, name="decoder")
        self.task_network = LatentVideo(c, self.encoder, self.decoder)
        options: dict[str, Any] = {"activation": c.activation, "dtype": self.dtype_policy}
        rows, code = (*c.row_widths, c.pool), (*c.code_widths, c.code)
        self.recognition = SetEncoder(rows, code, c.pooling, name="recognition", **options)
        self.generators = [
            HyperDense(d_in, d_out, c.generator_widths, c.output_gain, base=True, name=f"generator_{layer}", **options)
            for layer, (d_in, d_out) in enumerate(itertools.pairwise(c.widths))
        ]
        self.recognition.build((None, None, c.widths[0] + c.latents))
        for generator in self.generators:
            generator.build((None, c.code))
        self.built = True


def tiny() -> dict[str, MeLAVideo]:
    """The smallest of every variant of the graph."""
    reader: dict[str, Any] = {"row_widths": (8,), "pool": 8, "code_widths": (8,), "code": 3, "generator_widths": (8,)}
    return {"frames": MeLAVideo(MeLAVideoConfig(**reader, encoder_filters=2, decoder_filters=2, task_widths=(6,)))}
