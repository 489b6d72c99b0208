"""Builds the page: one HTML file that contains the learners, the runtime and all code, and opens from a server or a disk.

One file can be copied to a phone, attached to a mail, or opened by double click, where a page may load neither modules nor data
beside it. WebAssembly and learners are gzip in base64, which every browser unpacks.
"""

import base64
import gzip
import importlib.metadata
import json
from pathlib import Path
from typing import Any

from zoo.page import bundle, carried, runtime
from zoo.utils import files

ASSETS = Path(__file__).parent / "assets"
OTHERS = files.other_than("index.html")


def build(
    out: str | Path, runtime_folder: str | Path | None = None, force: bool = False, progress: bool = False
) -> dict[str, Any]:
    """Build the page as `OUT/index.html`, which needs no other file.

    Args:
        out: the folder to make.
        runtime_folder: the folder with onnxruntime-web's files; by default that in the cache, which npm fills once.
        force: whether something already at `out` may be replaced.
        progress: whether to show a progress bar.

    Returns:
        The page's path and size in bytes, the version of onnxruntime-web, and for each learner and signature the largest absolute
        difference of its export from the live model.

    Raises:
        ZooError: if `out` exists and `force` is false, onnxruntime-web is unavailable, or an export differs from the live model.
    """
    files.refuse_existing(out, force, OTHERS)
    found = runtime.find(runtime_folder)
    learners = carried.export(progress)
    payload = learners.payload | {"payload-wasm": (found / runtime.WASM).read_bytes()}
    page = _page((found / runtime.SCRIPT).read_text(encoding="utf-8"), payload, learners.facts)
    with files.written_aside(out, force, OTHERS) as aside:
        aside.mkdir()
        (aside / "index.html").write_text(page, encoding="utf-8")
    path = Path(out) / "index.html"
    return {
        "page": str(path),
        "bytes": path.stat().st_size,
        runtime.PACKAGE: runtime.VERSION,
        "largest_difference": learners.differences,
    }


def _page(ort: str, payload: dict[str, bytes], learners: dict[str, Any]) -> str:
    facts = {"zoo": importlib.metadata.version("fewshot-zoo"), "runtime": runtime.VERSION, **learners}
    held = [f'<script type="application/json" id="facts">{json.dumps(facts).replace("<", chr(92) + "u003c")}</script>']
    held += [f'<script type="text/plain" id="{name}">{_packed(content)}</script>' for name, content in payload.items()]
    parts = {
        "style": _asset("style.css"),
        "draw": _asset("draw.html"),
        "licences": _asset("onnxruntime.txt"),
        "payload": "\n".join(held),
        "scripts": bundle.inline(bundle.runtime(ort)) + "\n" + bundle.inline(bundle.modules(ASSETS, "main")),
    }
    page = _asset("index.html")
    for name, part in parts.items():
        before, after = page.split(f"<!--{name}-->")  # each marker occurs once
        page = before + part + after
    return page


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()
