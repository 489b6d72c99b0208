import sys

import pytest

from zoo.utils import extras
from zoo.utils.errors import ZooError


def test_what_is_installed_is_not_asked_for():
    for extra in set(extras.MODULES) - {"beam"}:  # which developers need not install
        extras.need(extra, "this test")


def test_a_missing_module_is_named_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ZooError) as caught:
        extras.need("serve", "zoo serve")
    assert str(caught.value) == "zoo serve needs uvicorn, which is not installed; pip install 'fewshot-zoo[serve]'."
    assert isinstance(caught.value, ImportError)
