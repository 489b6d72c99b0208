"""MeLA on video: one network reads frames of a room into a code, another writes the network that moves the room's latents on.

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018, section 4.3. Departures:
those of `zoo.models.latent_video`, and the pool holds the mean beside the maximum, the generators start from a common base, code
and recognition network are wider, and there is no L1 penalty.
"""

import itertools
from dataclasses import dataclass
from typing import final

import keras
from keras import ops

from zoo.layers import HyperDense, SetEncoder, concatenated, generate_network
from zoo.learners.set_learner import SetLearner
from zoo.models.latent_video import LatentVideo, LatentVideoConfig


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
class MeLAVideo(LatentVideo, SetLearner):
    """Learned task: the generated weights of the network of latents (see `LatentVideo`)."""

    config_class = MeLAVideoConfig
    code_rate = 1e-3  # larger ones made rollouts of video worse

    def __init__(self, config: MeLAVideoConfig | None = None, **kwargs):
        super().__init__(config, **kwargs)
        c = self.config
        options = {"activation": c.activation, "dtype": self.dtype_policy}
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

    def pair(self, x, y):
        """What the network of latents sees of an example, beside how the latents deviate: `[B, N, (history + 1) * latents]`."""
        seen, size = self.coordinates, self.config.size
        state = self.begin(x)
        after = self.latents(ops.reshape(y, (*ops.shape(y)[:2], size, size)))
        return concatenated(seen.example(state), seen.label(state, after))

    def generate(self, code):
        return generate_network(self.generators, code)
