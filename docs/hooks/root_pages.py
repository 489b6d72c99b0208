"""Pages of the site that are files at the top of the repository: nothing is written twice, links are made to lead on.

A link to a page of `docs/` leads to that page. A file that is no page of the site, such as a source file, is shown by its path.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
CODE = r"^ *(?P<fence>`{3,})[^\n]*\n.*?^ *(?P=fence)|`[^`\n]+`"
LINK = re.compile(rf"{CODE}|(?P<open>!?\[)(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)", re.MULTILINE | re.DOTALL)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """MkDocs' hook: add the pages."""
    for source, page in PAGES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=rewritten(text, ROOT)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """MkDocs' hook: a page of `docs/` may link to what lies outside of it."""
    inside = posixpath.dirname(page.file.src_uri)
    return markdown if page.file.generated_by else rewritten(markdown, ROOT / "docs" / inside)


def rewritten(text: str, folder: Path) -> str:
    """Markdown whose links, relative to `folder` of the repository, lead to pages of the site as seen from the same place in it.

    Args:
        text: Markdown.
        folder: where the file lies that it was read from.
    """
    docs = ROOT / "docs"
    here = folder if folder.is_relative_to(docs) else docs

    def changed(link: re.Match[str]) -> str:
        if not link["open"]:  # `graphs[name](x)` is no link
            return link[0]
        path, mark, anchor = link["target"].partition("#")
        if not path or ":" in path:
            return link[0]
        target = (folder / path).resolve()
        name = target.relative_to(ROOT).as_posix() if target.is_relative_to(ROOT) else path
        if name in PAGES:
            target = docs / PAGES[name]
        elif not target.is_relative_to(docs):
            return f"{link['text']} (`{name}`)"
        return f"{link['open']}{link['text']}]({_relative(target, here)}{mark}{anchor})"

    return LINK.sub(changed, text)


def _relative(target: Path, folder: Path) -> str:
    return posixpath.relpath(target.as_posix(), folder.as_posix())
