"""The package: metadata, imports, sdist and wheel; and its newest and lowest dependencies, in environments of their own."""

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import uv
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import zoo
from zoo.hub import registry
from zoo.utils import extras

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {name: list(map(Requirement, wanted)) for name, wanted in PROJECT["optional-dependencies"].items()}
CORE = list(map(Requirement, PROJECT["dependencies"]))
SOURCE = ("zoo", "setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE")
LINKS = ("layers", "datasets", "export", "serving")
OPTIONAL = {"pillow_heif"}  # read where it is there; whoever gives a picture that needs it is told
TOO_LARGE = {"beam": {"apache_beam": "apache-beam"}}  # extras that developers need not install, and what their modules come from
OFFLINE = "Failed to fetch"  # what uv says without a network


def names(requirements):
    return {canonicalize_name(each.name) for each in requirements}


def imported(tree):
    """Top-level names of the modules that a file imports, other than Python's and the zoo's."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"zoo"}


def asked(tree):
    """The extras that a file asks for, by `extras.need` or `extras.missing`."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return {call.args[0].value for call in calls if ast.unparse(call.func) in ("extras.need", "extras.missing")}


def test_every_import_is_of_the_core_or_of_an_extra_that_its_room_asks_for():
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "zoo").rglob("*.py")}
    brought_by = importlib.metadata.packages_distributions() | {
        module: [name] for each in TOO_LARGE.values() for module, name in each.items()
    }
    for path, tree in trees.items():
        above = [folder / "__init__.py" for folder in path.parents if folder.is_relative_to(ROOT / "zoo")]
        allowed = names(CORE).union(*(names(EXTRAS[extra]) for file in (path, *above) for extra in asked(trees[file])))
        for module in imported(tree) - OPTIONAL:
            assert allowed & set(map(canonicalize_name, brought_by.get(module, ()))), f"{path}: who brings {module}?"


def test_extras_bring_what_is_asked_of_them():
    brought_by = importlib.metadata.packages_distributions()
    for extra, modules in extras.MODULES.items():
        for module in modules:
            known = brought_by.get(module, [TOO_LARGE.get(extra, {}).get(module)])
            assert names(EXTRAS[extra]) & {canonicalize_name(name) for name in known if name}, (extra, module)
    (ours,) = (each for each in EXTRAS["dev"] if each.name == PROJECT["name"])
    assert ours.extras == set(EXTRAS) - {"dev", "gpu", *TOO_LARGE}


def test_extras_that_are_spoken_of_exist():
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "zoo").rglob("*.py")]
    spoken_of = set(re.findall(r"(?:fewshot-zoo|\.)\[(\w+)\]", "".join(file.read_text(encoding="utf-8") for file in files)))
    assert {"page", "serve", "sklearn"} <= spoken_of <= set(EXTRAS)


def test_users_are_given_no_upper_bounds():
    assert not [each for extra in EXTRAS if extra != "dev" for each in EXTRAS[extra] if "<" in str(each)]
    assert not [each for each in CORE if "<" in str(each) or not each.specifier]


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["version"], citation["license"]) == (zoo.__version__, PROJECT["license"])
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format", "CITATION.cff"]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with the sdist, and the wheel that was built from nothing but the sdist."""
    out = tmp_path_factory.mktemp("built")
    source = out / "source"
    source.mkdir()
    subprocess.run(["cp", "-a", *(str(ROOT / name) for name in (*SOURCE, *LINKS)), str(source)], check=True)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return out


@pytest.fixture(scope="module")
def wheel(built):
    return zipfile.ZipFile(next(built.glob("*.whl")))


def test_the_wheel_holds_the_package_byte_for_byte_and_no_other_name(wheel):
    aside = {"__pycache__", "logs", "resume"}  # what training and Python leave beside the files
    files = (path.relative_to(ROOT) for path in (ROOT / "zoo").rglob("*") if path.is_file())
    here = {path.as_posix() for path in files if not aside & set(path.parts)}
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert inside == here
    assert all(wheel.read(name) == (ROOT / name).read_bytes() for name in here)


def test_ships_every_card_and_its_weights(wheel):
    files = set(wheel.namelist())
    for name in registry.names():
        made_by = registry.entry(name).weights_of or name
        assert {f"zoo/cards/{made_by}/{file}" for file in ("model.keras", "training.csv", "training.json")} <= files
        assert f"zoo/cards/{name}/card.json" in files


def test_stays_small(wheel):
    assert sum(info.compress_size for info in wheel.infolist()) < 0.7e6 * len(registry.names())


def test_the_sdist_holds_no_tests_and_what_a_release_is_known_by(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        files = {name.partition("/")[2] for name in archive.getnames()}
    assert {*SOURCE} <= files
    assert not [name for name in files if name.startswith(("tests", *LINKS))]


def test_describes_itself(wheel):
    name = next(name for name in wheel.namelist() if name.endswith("METADATA"))
    metadata = wheel.read(name).decode()
    assert f"Name: fewshot-zoo\nVersion: {zoo.__version__}\n" in metadata
    assert "Requires-Python: >=3.11" in metadata
    assert "License-Expression: Apache-2.0" in metadata
    assert "# zoo" in metadata  # the README


def environment(folder, *wanted, cached=True):
    """Make a bare environment and install into it, from uv's cache where it can; return its folder of programs.

    Without `cached` all is looked up first: the lowest version in a cache may not be the lowest there is. The test is skipped
    where neither the cache nor a network has the packages.
    """
    subprocess.run([uv.find_uv_bin(), "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
    command = [uv.find_uv_bin(), "pip", "install", "--quiet", "--python", str(folder / "bin" / "python"), *map(str, wanted)]
    for more in (["--offline"], []) if cached else ([],):
        done = subprocess.run([*command, *more], capture_output=True, text=True, cwd=ROOT)
        if not done.returncode:
            return folder / "bin"
    if OFFLINE in done.stderr:
        pytest.skip(f"uv's cache lacks packages, and there is no network: {' '.join(done.stderr.split())}")
    raise AssertionError(done.stderr)


def run(programs, code, folder):
    """Run code in an environment, from a folder where no `zoo` lies; return what it printed."""
    done = subprocess.run([programs / "python", "-P", "-c", code], capture_output=True, text=True, cwd=folder, env=CLEAN)
    assert done.returncode == 0, done.stderr
    return done.stdout


CLEAN = {"PATH": "/usr/bin:/bin", "TF_CPP_MIN_LOG_LEVEL": "3", "HOME": "/nonexistent"}
DOORS = """
import contextlib, io, json
from zoo.cli import main
from zoo.datasets.images import downloaded
from zoo.datasets.images.drawn import glyphs

def said(do):
    with contextlib.redirect_stderr(io.StringIO()) as told:
        try:
            assert do() == 2
        except ImportError as error:
            return str(error)
    return told.getvalue().strip()

typed = ("serve .", "export mela_sinusoid --to models", "train mela_sinusoid", "evaluate mela_sinusoid --card",
         "figures mela --out figures", "demo")
doors = {line: said(lambda: main(line.split())) for line in typed}
doors["FewShotClassifier"] = said(lambda: zoo.FewShotClassifier)
doors["GrpcClient"] = said(lambda: zoo.serving.GrpcClient)
doors["omniglot"] = said(lambda: downloaded.builder("omniglot", "3.0.0"))
doors["letters"] = said(lambda: glyphs.mask("a", "DejaVuSans"))
print(json.dumps(doors))
"""


def test_alone_the_wheel_runs_the_first_example_and_names_the_extra_of_every_other_door(built, tmp_path):
    programs = environment(tmp_path / "bare", next(built.glob("*.whl")))
    example = re.search(r"```sh\n(zoo samples.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    path = f"{programs}:{CLEAN['PATH']}"
    shown = subprocess.run(["sh", "-ec", example], capture_output=True, text=True, cwd=tmp_path, env=CLEAN | {"PATH": path})
    assert shown.returncode == 0 and "probability of foxglove" in shown.stdout, shown.stderr
    told = json.loads(run(programs, f"import zoo\n{DOORS}", tmp_path).splitlines()[-1])
    wanted = {"serve .": "serve", "export mela_sinusoid --to models": "serve", "GrpcClient": "serve"}
    wanted |= {"train mela_sinusoid": "train", "omniglot": "train", "letters": "train", "FewShotClassifier": "sklearn"}
    wanted |= {line: "figures" for line in ("evaluate mela_sinusoid --card", "figures mela --out figures", "demo")}
    assert set(told) == set(wanted)
    for door, line in told.items():
        assert line.count("\n") == 0, line
        assert line.endswith(f"not installed; pip install 'fewshot-zoo[{wanted[door]}]'."), (door, line)
    listed = subprocess.run([programs / "zoo", "list"], capture_output=True, text=True, cwd=tmp_path, env=CLEAN, check=True)
    assert len(listed.stdout.splitlines()) == len(registry.names()) + len(registry.BORROWED)


LOWEST = """
import importlib.metadata, json
import numpy as np, onnxruntime
from PIL import Image
import zoo
from zoo.datasets import read_pictures
from zoo.serving.client import rows

x = np.linspace(-5, 5, 10)
task = zoo.load("mela_sinusoid").learn(x, 3 * np.sin(x - 1))
zoo.export.onnx(task, "wave.onnx")
query = np.array([[0.0], [0.5], [1.0]], np.float32)
(got,) = onnxruntime.InferenceSession("wave.onnx").run(None, {"query_x": query})
np.testing.assert_allclose(got.ravel(), task.predict(query).ravel(), atol=1e-4)

for number, colour in enumerate((10, 60, 190, 240)):
    Image.new("RGB", (30, 40), (colour, 90, 255 - colour)).save(f"{number}.png")
pictures = read_pictures([f"{number}.png" for number in range(4)])[0] / 255
assert zoo.FewShotClassifier().fit(pictures, ["a", "a", "b", "b"]).predict(pictures).shape == (4,)
(sent,) = json.loads(rows.encode("s", {"x": np.array([2**24], np.float32)}))["instances"]
assert type(sent) is float  # a server refuses an integer of so many digits
print(json.dumps({each.name: each.version for each in importlib.metadata.distributions()}))
"""


def test_the_lowest_versions_that_are_declared_learn_predict_export_and_fit(built, tmp_path):
    lowest = ("--resolution", "lowest-direct", "--requirements", ROOT / "pyproject.toml", "--extra", "sklearn")
    programs = environment(tmp_path / "lowest", *lowest, next(built.glob("*.whl")), cached=False)
    found = json.loads(run(programs, LOWEST, tmp_path).splitlines()[-1])
    installed = {canonicalize_name(name): Version(version) for name, version in found.items()}
    for wanted in (*CORE, *EXTRAS["sklearn"]):
        (bound,) = wanted.specifier
        assert (bound.operator, Version(bound.version)) == (">=", installed[canonicalize_name(wanted.name)]), wanted
