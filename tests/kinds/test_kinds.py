"""Every variant of every kind of model, small and untrained, keeps every promise; a kind is found by its file in `zoo/models`."""

import gc
import importlib
import pkgutil
import shutil
from pathlib import Path

import conversions_page
import keras
import promises
import pytest
from promises.exports import ways_of

import zoo.models
from zoo.hub import registry
from zoo.learners.meta_learner import MetaLearner

DOCS = Path(__file__).resolve().parents[2] / "docs"
KINDS = [module.name for module in pkgutil.iter_modules(zoo.models.__path__)]


def tiny(kind):
    """The smallest of every variant of a kind, its weights from a seed."""
    keras.utils.set_random_seed(1)
    return importlib.import_module(f"zoo.models.{kind}").tiny()


VARIANTS = [
    pytest.param(kind, variant, marks=pytest.mark.xdist_group(f"{kind}: {variant}"), id=f"{kind}: {variant}")
    for kind in KINDS
    for variant in tiny(kind)
]


@pytest.fixture(scope="session")
def subjects(tmp_path_factory, opened):
    """The variant under test; of the one before nothing is left, so that memory does not grow with the number of kinds."""
    kept = {}

    def subject(kind, variant):
        if (kind, variant) not in kept:
            for before in kept.values():
                shutil.rmtree(before.folder)
            kept.clear()
            gc.collect()
            gc.freeze()  # graphs that TensorFlow's registry of gradients holds for ever
            # A name of its own: runtimes know what they have loaded by its path.
            folder = tmp_path_factory.mktemp(f"{kind}, {variant}", numbered=False)
            kept[kind, variant] = promises.Subject(tiny(kind)[variant], folder, opened)
        return kept[kind, variant]

    return subject


@pytest.mark.parametrize("group", promises.GROUPS)
@pytest.mark.parametrize(("kind", "variant"), VARIANTS)
def test_every_promise_is_kept(kind, variant, group, subjects):
    promises.kept(subjects(kind, variant), group)


@pytest.mark.parametrize(("kind", "variant"), VARIANTS)
def test_the_documents_say_what_was_measured(kind, variant, subjects):
    """Of every entry of the kind that has rows; of one task more may be refused, if its numbers ask for more bits."""
    subject = subjects(kind, variant)
    conversions = (DOCS / "conversions.md").read_text(encoding="utf-8")
    quantization = conversions_page.read_quantization((DOCS / "quantization.md").read_text(encoding="utf-8"))
    entries = [name for name in registry.names() if registry.entry(name).learner is type(subject.model)]
    for way, reason in ways_of(subject).items() if entries and isinstance(subject.model, MetaLearner) else ():
        for name in entries:
            works = conversions_page.read(conversions).get(name, {}).get(("task model", way))
            if works is not None and not conversions_page.depends_on_the_task(conversions, name, "task model", way):
                assert works == (reason is None), (name, way)
            assert quantization.get((name, way), reason is None) == (reason is None), (name, way)
