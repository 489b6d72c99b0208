"""What tests of publishing share: the tiny learner, published once."""

import pytest

from zoo.serving.publishing.publish import publish


@pytest.fixture(scope="session")
def published(tiny, tmp_path_factory):
    """The tiny learner with every signature."""
    return publish(tiny, tmp_path_factory.mktemp("models"), "tiny")
