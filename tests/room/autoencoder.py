"""An autoencoder: a model of the zoo without a support set, with `encode` and `decode`."""

from dataclasses import dataclass
from typing import final

import keras
import tensorflow as tf

from zoo.layers import MLP
from zoo.learners.endpoint import Endpoint
from zoo.learners.zoo_model import ZooModel


@dataclass(frozen=True)
class AutoencoderConfig:
    inputs: int = 6
    hidden: int = 8
    code: int = 2


@final
@keras.saving.register_keras_serializable("tests")
class Autoencoder(ZooModel):
    config_class = AutoencoderConfig

    def __init__(self, config=None, **kwargs):
        super().__init__(config, **kwargs)
        c = self.config
        self.encoder, self.decoder = MLP((c.hidden, c.code), name="encoder"), MLP((c.hidden, c.inputs), name="decoder")
        self.encoder.build((None, c.inputs))
        self.decoder.build((None, c.code))
        self.built = True

    def forward(self, episode):
        return self.decoder(self.encoder(episode["x"]))

    def endpoints(self):
        x, code = (tf.TensorSpec([None, width], tf.float32) for width in (self.config.inputs, self.config.code))
        return {
            "serving_default": Endpoint(lambda x: {"reconstructed": self.forward({"x": x})}, {"x": x}, {"x": ("rows",)}),
            "encode": Endpoint(lambda x: {"code": self.encoder(x)}, {"x": x}, {"x": ("rows",)}),
            "decode": Endpoint(lambda code: {"decoded": self.decoder(code)}, {"code": code}, {"code": ("rows",)}),
        }
