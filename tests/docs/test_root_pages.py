import pytest


@pytest.mark.parametrize(
    ("folder", "text", "want"),
    [
        ("", "[all](docs/models.md#waves)", "[all](models.md#waves)"),
        ("", "![wave](docs/wave.png)", "![wave](wave.png)"),
        ("", "[map](ARCHITECTURE.md)", "[map](architecture.md)"),
        ("", "see [text beside](zoo/export/labels.py)", "see text beside (`zoo/export/labels.py`)"),
        ("", "[out](https://keras.io/x) [here](#top)", "[out](https://keras.io/x) [here](#top)"),
        ("docs/serving", "[bytes](payload.md)", "[bytes](payload.md)"),
        ("docs/serving", "[first](../../README.md) [all](../models.md)", "[first](../index.md) [all](../models.md)"),
        ("", "`do[it](now)` [`it`](docs/ask.md)", "`do[it](now)` [`it`](ask.md)"),
        ("", "```python\ndo[it](now)\n```\n[a](docs/b.md)", "```python\ndo[it](now)\n```\n[a](b.md)"),
        ("docs", "[its test](../tests/docs/test_site.py)", "its test (`tests/docs/test_site.py`)"),
    ],
)
def test_links_lead_to_pages_of_the_site(hook, folder, text, want):
    pages = hook("root_pages")
    assert pages.rewritten(text, pages.ROOT / folder) == want


def test_the_pages_are_files_that_there_are(hook):
    pages = hook("root_pages")
    assert all((pages.ROOT / source).exists() for source in pages.PAGES)
