"""Notebooks of `docs/` as pages of the site, with the outputs that are stored in them; the notebook itself can be downloaded."""

import json
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """MkDocs' hook: add a page for each notebook."""
    for file in [file for file in files if file.src_uri.endswith(".ipynb")]:
        notebook = json.loads(Path(str(file.abs_src_path)).read_text(encoding="utf-8"))
        page = f"{file.src_uri.removesuffix('.ipynb')}.md"
        files.append(File.generated(config, page, content=markdown(notebook, Path(file.src_uri).name)))
    return files


def markdown(notebook: dict[str, Any], name: str) -> str:
    """A notebook as Markdown.

    Args:
        notebook: as read from its JSON.
        name: of its file, to link to.
    """
    parts = [part for cell in notebook["cells"] for part in _cell(cell)]
    return "\n\n".join([parts[0], f"[Download this page as a notebook]({name})", *parts[1:]]) + "\n"


def _cell(cell: dict[str, Any]) -> list[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return [source]
    return [f"```python\n{source}\n```", *(_output(output) for output in cell["outputs"])]


def _output(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return f"```text\n{''.join(output['text']).rstrip()}\n```"
    if "image/png" in output["data"]:
        picture = "".join(output["data"]["image/png"]).replace("\n", "")
        return f"![What the cell above draws](data:image/png;base64,{picture})"
    return f"```text\n{''.join(output['data']['text/plain'])}\n```"
