"""The task network of video: one autoencoder for all tasks, and for each a small network that moves latents on by a frame.

T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, section 4.3: z_(t+1) = f(z_(t-2), z_(t-1), z_t) with the
weights of f as the learned task, frames through a shared autoencoder, and a loss of the query's next frame plus 0.3 times that of
frames encoded and decoded. Departures:
- f sees the newest latents and the displacements before them, and gives the deviation from straight flight;
- the autoencoder learns from what it reconstructs only: no gradient of the dynamics enters the encoder;
- a loss in latent space, over several frames predicted one from the other, as discs that do not touch have no gradient in pixels.
"""

from dataclasses import dataclass
from typing import final

import tensorflow as tf
from keras import ops

from zoo.layers import MLP, FrameDecoder, FrameEncoder, activations, concatenated, run_task_network, same_network, scaled
from zoo.layers.coordinates import DISPLACEMENT, Inertial
from zoo.learners.endpoint import Tensors
from zoo.learners.labels import Numbers
from zoo.learners.networks.task_network import TaskNetwork
from zoo.learners.shape import Shape

RECONSTRUCTED = 4  # frames of a task that the autoencoder is trained on in one step; drawing frames is what costs most


@dataclass(frozen=True)
class LatentVideoConfig:
    """Hyper-parameters of every video learner.

    Attributes:
        size: pixels of a side of a frame.
        history: frames in an example, oldest first.
        latents: numbers a frame becomes.
        encoder_filters, decoder_filters: see `FrameEncoder` and `FrameDecoder`.
        task_widths: hidden widths of the network of latents (f).
        task_activation: between its layers.
        reconstruction, dynamics: weights of the loss of frames encoded and decoded, and of the loss in latent space.
    """

    size: int = 39
    history: int = 3
    latents: int = 2
    encoder_filters: int = 8
    decoder_filters: int = 32
    task_widths: tuple[int, ...] = (40, 40, 40)
    task_activation: str = "leaky_relu"
    reconstruction: float = 0.3
    dynamics: float = 1.0

    @property
    def widths(self) -> tuple[int, ...]:
        """Widths of the network of latents, input and output included."""
        return (self.history * self.latents, *self.task_widths, self.latents)


@final
@dataclass(frozen=True, eq=False)
class LatentVideo(TaskNetwork):
    """Frames `[B, M, history, size, size] -> [B, M, size * size]` through latents, which a network of each task moves on.

    Learned task: `kernel_l [B, d_(l-1), d_l]` and `bias_l [B, d_l]` of every layer l of the network of latents.

    Attributes:
        config: see `LatentVideoConfig`.
        encoder, decoder: frames to latents and back; built here.
        shared: the network of latents that all tasks start from; None where weights come from elsewhere.
    """

    config: LatentVideoConfig
    encoder: FrameEncoder
    decoder: FrameDecoder
    shared: MLP | None = None

    def __post_init__(self) -> None:
        c = self.config
        self.encoder.build((None, c.size, c.size))
        self.decoder.build((None, c.latents))

    @property
    def coordinates(self) -> Inertial:
        """Those of the network of latents."""
        return Inertial(self.config.history, self.config.latents)

    @property
    def example(self) -> Shape:
        return Shape((self.config.history, self.config.size, self.config.size))

    @property
    def labels(self) -> Numbers:
        return Numbers(self.config.size**2)

    @property
    def past_outputs(self) -> int:
        return self.config.history

    def initial(self, support_y: tf.Tensor) -> Tensors:
        assert self.shared is not None
        return same_network(self.shared, tf.shape(support_y)[0])

    def run(self, task: Tensors, x: tf.Tensor) -> tf.Tensor:
        return self._draw(self._move(task, self.begin(x)))

    def pair(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """What the network of latents sees of an example, beside how the latents deviate: `[B, N, (history + 1) * latents]`."""
        seen, size = self.coordinates, self.config.size
        state = self.begin(x)
        after = self._latents(ops.reshape(y, (*ops.shape(y)[:2], size, size)))
        return concatenated(seen.example(state), seen.label(state, after))

    def begin(self, query_x: tf.Tensor) -> tf.Tensor:
        c = self.config
        return ops.reshape(self._latents(query_x), (*ops.shape(query_x)[:2], c.history * c.latents))

    def advance(self, task: Tensors, state: tf.Tensor) -> tf.Tensor:
        return ops.concatenate([state[..., self.config.latents :], self._move(task, state)], axis=-1)

    def emit(self, state: tf.Tensor) -> tf.Tensor:
        return self._draw(state[..., -self.config.latents :])

    def auxiliary_losses(self, task: Tensors, episode: Tensors) -> list[tf.Tensor]:
        """Loss of the newest frames of queries encoded and decoded, and loss of the latents predicted for `future`.

        The second is Huber's, in units of half a displacement, over the frames of `future [B, M, H, size, size]`.
        """
        c = self.config
        frames = episode["query_x"][:, :RECONSTRUCTED, -1]
        reconstruction = ops.mean(ops.square(self.decoder(self.encoder(frames)) - frames))
        if "future" not in episode:
            return [c.reconstruction * reconstruction]
        state, future = self.begin(episode["query_x"]), self._latents(episode["future"])
        loss = 0.0
        for moment in range(future.shape[2]):
            state = self.advance(task, state)
            error = ops.abs(state[..., -c.latents :] - future[:, :, moment]) / (0.5 * DISPLACEMENT)
            loss += ops.mean(ops.where(error < 1, 0.5 * ops.square(error), error - 0.5))
        return [c.reconstruction * reconstruction, c.dynamics * loss / future.shape[2]]

    def _latents(self, frames: tf.Tensor) -> tf.Tensor:
        """Latents of frames, `[..., size, size] -> [..., latents]`, about 0 to 1, as the dynamics see them: no gradient."""
        return ops.stop_gradient(0.5 + 0.5 * ops.cast(self.encoder(frames), "float32"))

    def _move(self, task: Tensors, state: tf.Tensor) -> tf.Tensor:
        """Latents one step later: `dict of [B, ...], [B, M, history * latents] -> [B, M, latents]`."""
        seen, activation = self.coordinates, activations.get(self.config.task_activation)
        return seen.output(state, run_task_network(task, seen.example(state), activation))

    def _draw(self, latents: tf.Tensor) -> tf.Tensor:
        """Frames of latents, flat: `[B, M, latents] -> [B, M, size * size]`."""
        frames = ops.cast(self.decoder(scaled(latents, 2.0) - 1.0), "float32")
        return ops.reshape(frames, (*ops.shape(latents)[:2], self.config.size**2))
