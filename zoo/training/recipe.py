"""What a recipe says, as Keras takes it: the optimiser with its schedule, and the loss."""

from typing import Any

import keras

from zoo.hub.entry import Recipe
from zoo.training.kernel_muon import KernelMuon


def optimizer(recipe: Recipe) -> keras.optimizers.Optimizer:
    """Return the recipe's optimiser: schedule, gradient clipping, weight averaging."""
    rate: Any = recipe.learning_rate
    if recipe.schedule == "cosine":
        rate = _cosine(recipe, recipe.learning_rate)
    elif recipe.schedule == "linear":
        rate = keras.optimizers.schedules.PolynomialDecay(recipe.learning_rate, recipe.steps, end_learning_rate=0.0)
    elif recipe.schedule == "halving":
        rate = keras.optimizers.schedules.ExponentialDecay(recipe.learning_rate, recipe.halve_every, 0.5, staircase=True)
    options: dict[str, Any] = {"global_clipnorm": recipe.clip_norm}
    if recipe.average is not None:
        options |= {"use_ema": True, "ema_momentum": recipe.average}
    if recipe.optimizer == "muon":
        # Biases and other vectors take Adam's step, at a fifth of Muon's rate; Keras' default weight decay is switched off.
        return keras.optimizers.Muon(rate, adam_lr_ratio=0.2, weight_decay=None, adam_weight_decay=0.0, **options)
    if recipe.optimizer == "kernel_muon":
        return KernelMuon(rate, weight_decay=None, adam_weight_decay=0.0, **options)
    if recipe.optimizer == "sgd":
        return keras.optimizers.SGD(rate, **options)
    return keras.optimizers.Adam(rate, **options)


def loss(recipe: Recipe) -> keras.losses.Loss | str | None:
    """Return the recipe's loss, as `compile` takes it."""
    return keras.losses.CategoricalCrossentropy(from_logits=True) if recipe.loss == "cross_entropy" else recipe.loss


def _cosine(recipe: Recipe, peak: float) -> keras.optimizers.schedules.LearningRateSchedule:
    decay_steps = recipe.steps - recipe.warmup
    if recipe.warmup:
        return keras.optimizers.schedules.CosineDecay(0.0, decay_steps, warmup_target=peak, warmup_steps=recipe.warmup)
    return keras.optimizers.schedules.CosineDecay(peak, decay_steps)
