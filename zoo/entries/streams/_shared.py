"""What entries on streams share: a paper's accuracies by instance, as the error rates that cards hold."""

from zoo.hub.entry import Published


def published(accuracies: tuple[float, float, float, float], source: str) -> tuple[Published, ...]:
    """Accuracies in per cent at the first, second, fifth and tenth instance of a class in streams of 5 classes and 50 steps."""
    return tuple(
        Published({"ways": 5, "length": 50, "instance": instance, "steps": 0}, round(1 - accuracy / 100, 4), source)
        for instance, accuracy in zip((1, 2, 5, 10), accuracies, strict=True)
    )
