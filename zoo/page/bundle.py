"""Bundles JavaScript modules into one script: a page opened by double click may not load modules.

A module becomes a function that returns its exports, stored under its name after a dollar, as no export begins with one.
No parser of JavaScript is needed, as the page's modules use two forms only: `import { a, b } from "./other.js";` on one line,
and `export` before a declaration.
"""

import re
from pathlib import Path

from zoo.utils.errors import ZooError

IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./(\w+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:const|let|function|class) (\w+))", re.MULTILINE)
OTHER_FORM = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def modules(folder: Path, first: str) -> str:
    """One script that runs the module `first` of a folder after all that it imports.

    Raises:
        ZooError: for an import or an export of another form, or circular imports.
    """
    done: dict[str, str] = {}

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if name in trail:
            raise ZooError(f"modules of the page import each other in a circle: {' -> '.join((*trail, name))}; break it.")
        if name in done:
            return
        source = (folder / f"{name}.js").read_text(encoding="utf-8")
        for _, other in IMPORT.findall(source):
            visit(other, (*trail, name))
        done[name] = _as_function(name, source)

    visit(first, ())
    return "\n".join(done.values())


def runtime(source: str) -> str:
    """onnxruntime-web's bundle as a script that stores its exports in `globalThis.ort`.

    Raises:
        ZooError: if the bundle does not end with one list of exports, as another version may not.
    """
    exported = re.findall(r"\bexport\s*\{([^{}]*)\};", source)
    if len(exported) != 1:
        raise ZooError(
            f"the bundle of onnxruntime-web has {len(exported)} lists of exports; one was expected; use the pinned version."
        )
    names = [part.split(" as ") for part in exported[0].split(",")]
    given = ", ".join(f"{public.strip()}: {local.strip()}" for local, public in names if public.strip() != "default")
    script = re.sub(r"\bexport\s*\{[^{}]*\};", lambda _: f"globalThis.ort = {{ {given} }};", source)
    return re.sub(r"^//# sourceMappingURL=.*$", "", script, flags=re.MULTILINE)  # the map is not in the page


def inline(script: str) -> str:
    """A script as an element of a page: no text of it may end the element early."""
    return '<script type="module">\n' + re.sub(r"<(?=/script|!--)", r"\\x3c", script) + "\n</script>"


def _as_function(name: str, source: str) -> str:
    exports = ", ".join(EXPORT.findall(source))
    body = EXPORT.sub("", IMPORT.sub(r"const { \1 } = $\2;", source))
    other = OTHER_FORM.search(body)
    if other:
        raise ZooError(f"{name}.js has {other[0]!r}, which cannot be bundled; import by name, and export declarations only.")
    return f"const ${name} = (() => {{\n{body}return {{ {exports} }};\n}})();"
