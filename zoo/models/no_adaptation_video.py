"""The video learner without adaptation: the same autoencoder, and one network of latents trained on the rooms of all tasks.

The "pretrained" baseline of T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, section 4.3. Every learned
task is a copy of the shared weights, from where gradient steps on the support may lead it. Departures: those of
`zoo.learners.networks.latent_video`.
"""

from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import MLP, FrameDecoder, FrameEncoder
from zoo.learners.endpoint import Tensors
from zoo.learners.network_learner import NetworkLearner
from zoo.learners.networks.latent_video import LatentVideo, LatentVideoConfig


@final
@keras.saving.register_keras_serializable("zoo", name="PretrainedVideo")  # as shipped weights name it
class NoAdaptationVideo(NetworkLearner):
    """Learned task: the shared weights of the network of latents, the same for every support."""

    config_class = LatentVideoConfig

    def __init__(self, config: LatentVideoConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.encoder = FrameEncoder(c.latents, c.encoder_filters, dtype=self.dtype_policy, name="encoder")
        self.decoder = FrameDecoder(c.size, c.decoder_filters, dtype=self.dtype_policy, name="decoder")
        self.network = MLP(c.widths[1:], c.task_activation, dtype=self.dtype_policy, name="network")
        self.network.build((None, c.widths[0]))
        self.task_network = LatentVideo(c, self.encoder, self.decoder, self.network)
        self.built = True

    def adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return self.task_network.initial(support_y)


def tiny() -> dict[str, NoAdaptationVideo]:
    """The smallest of every variant of the graph."""
    return {"frames": NoAdaptationVideo(LatentVideoConfig(encoder_filters=2, decoder_filters=2, task_widths=(6,)))}
