"""What tests of exports share: a model with few signatures, as converting all takes long."""

import pytest


@pytest.fixture
def only(monkeypatch):
    """Leave a model some of its signatures; converting all takes long, and `test_signatures.py` does."""

    def leave(model, *kept):
        some = {key: value for key, value in model.endpoints().items() if key in kept}
        monkeypatch.setattr(model, "endpoints", lambda: some)

    return leave
