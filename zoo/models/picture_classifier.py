"""Few-shot classifiers of pictures: a convolutional encoder, whose embeddings may average over small shifts of a picture."""

import tensorflow as tf

from zoo.layers import ConvolutionalEncoder, over_shifts
from zoo.learners.embedding_classifier import Classifier


class PictureClassifier(Classifier):
    """A classifier with an encoder, which its config describes.

    The config has `size` and `channels` of a picture; `filters` and `shrink` of the encoder's blocks; and `views`: if above 0,
    outside training an embedding is the mean over the picture and its four shifts by so many pixels. A subclass may build
    further layers, and set `built`.
    """

    def __init__(self, config=None, side: int = 3, **kwargs):
        super().__init__(config, **kwargs)
        c = self.config
        self.encoder = ConvolutionalEncoder(c.filters, c.shrink, side, dtype=self.dtype_policy, name="encoder")
        self.encoder.build((None, *self.example_shape))

    @property
    def example_shape(self):
        return (self.config.size, self.config.size, self.config.channels)

    def features(self, x, training: bool = False):
        """Embed pictures as they are, without shifts: `[rows, size, size, channels] -> [rows, D]`."""
        return self.encoder(x, training=training)

    def embed(self, x, training=False):
        pixels = 0 if training else self.config.views
        return over_shifts(lambda pictures: tf.cast(self.features(pictures, training=training), tf.float32), x, pixels)
