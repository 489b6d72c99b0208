"""Video learners: one autoencoder for all tasks, and for each task a small network that moves its latents on, frame after frame.

T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, section 4.3: z_(t+1) = f(z_(t-2), z_(t-1), z_t) with the
weights of f as the learned task, frames through a shared autoencoder, and a loss of the query's next frame plus 0.3 times that of
frames encoded and decoded. Departures:
- f sees the newest latents and the displacements before them, and gives the deviation from straight flight;
- the autoencoder learns from what it reconstructs only: no gradient of the dynamics enters the encoder;
- a loss in latent space, over several frames predicted one from the other, as discs that do not touch have no gradient in pixels.
"""

from dataclasses import dataclass
from typing import Any, final

from keras import ops

from zoo.layers import FrameDecoder, FrameEncoder, activations, run_task_network, scaled
from zoo.layers.coordinates import DISPLACEMENT, Inertial
from zoo.learners.rollout import Rollout

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


class LatentVideo(Rollout):
    """A learner of frames `[B, M, history, size, size] -> [B, M, size * size]`; a subclass gives `adapt`.

    Learned task: `kernel_l [B, d_(l-1), d_l]` and `bias_l [B, d_l]` of every layer l of the network of latents.
    """

    config: Any

    def __init__(self, config: Any = None, **kwargs):
        super().__init__(config, **kwargs)
        c = self.config
        self.encoder = FrameEncoder(c.latents, c.encoder_filters, dtype=self.dtype_policy, name="encoder")
        self.decoder = FrameDecoder(c.size, c.decoder_filters, dtype=self.dtype_policy, name="decoder")
        self.encoder.build((None, c.size, c.size))
        self.decoder.build((None, c.latents))
        self.coordinates = Inertial(c.history, c.latents)
        self.task_activation = activations.get(c.task_activation)

    @property
    def example_shape(self):
        return (self.config.history, self.config.size, self.config.size)

    @property
    def label_width(self):
        return self.config.size**2

    @property
    def past_outputs(self):
        return self.config.history

    @final
    def latents(self, frames):
        """Latents of frames, `[..., size, size] -> [..., latents]`, about 0 to 1, as the dynamics see them: no gradient."""
        return ops.stop_gradient(0.5 + 0.5 * ops.cast(self.encoder(frames), "float32"))

    @final
    def move(self, task, state):
        """Latents one step later: `dict of [B, ...], [B, M, history * latents] -> [B, M, latents]`."""
        seen = self.coordinates
        return seen.output(state, run_task_network(task, seen.example(state), self.task_activation))

    @final
    def draw(self, latents):
        """Frames of latents, flat: `[B, M, latents] -> [B, M, size * size]`."""
        frames = ops.cast(self.decoder(scaled(latents, 2.0) - 1.0), "float32")
        return ops.reshape(frames, (*ops.shape(latents)[:2], self.label_width))

    @final
    def begin(self, query_x):
        c = self.config
        return ops.reshape(self.latents(query_x), (*ops.shape(query_x)[:2], c.history * c.latents))

    @final
    def advance(self, task, state):
        return ops.concatenate([state[..., self.config.latents :], self.move(task, state)], axis=-1)

    @final
    def emit(self, state):
        return self.draw(state[..., -self.config.latents :])

    @final
    def apply(self, task, query_x):
        return self.draw(self.move(task, self.begin(query_x)))

    @final
    def penalties(self, task, episode):
        """Loss of the newest frames of queries encoded and decoded, and loss of the latents predicted for `future`.

        The second is Huber's, in units of half a displacement, over the frames of `future [B, M, H, size, size]`.
        """
        c = self.config
        frames = episode["query_x"][:, :RECONSTRUCTED, -1]
        reconstruction = ops.mean(ops.square(self.decoder(self.encoder(frames)) - frames))
        if "future" not in episode:
            return [c.reconstruction * reconstruction]
        state, future = self.begin(episode["query_x"]), self.latents(episode["future"])
        loss = 0.0
        for moment in range(future.shape[2]):
            state = self.advance(task, state)
            error = ops.abs(state[..., -c.latents :] - future[:, :, moment]) / (0.5 * DISPLACEMENT)
            loss += ops.mean(ops.where(error < 1, 0.5 * ops.square(error), error - 0.5))
        return [c.reconstruction * reconstruction, c.dynamics * loss / future.shape[2]]
