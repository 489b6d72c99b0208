"""The video learner without adaptation: the same autoencoder, and one network of latents trained on the rooms of all tasks.

The "pretrained" baseline of T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, section 4.3. Every learned
task is a copy of the shared weights, from where gradient steps on the support may lead it. Departures: those of
`zoo.models.latent_video`.
"""

from typing import final

import keras
import tensorflow as tf

from zoo.layers import MLP, same_network
from zoo.models.latent_video import LatentVideo, LatentVideoConfig


@final
@keras.saving.register_keras_serializable("zoo")
class PretrainedVideo(LatentVideo):
    """Learned task: the shared weights of the network of latents, the same for every support."""

    config_class = LatentVideoConfig

    def __init__(self, config: LatentVideoConfig | None = None, **kwargs):
        super().__init__(config, **kwargs)
        c = self.config
        self.network = MLP(c.widths[1:], c.task_activation, dtype=self.dtype_policy, name="network")
        self.network.build((None, c.widths[0]))
        self.built = True

    def adapt(self, support_x, support_y, support_size):
        return same_network(self.network, tf.shape(support_size)[0])
