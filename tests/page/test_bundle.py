import shutil
import subprocess
import sysconfig

import pytest

from zoo import ZooError
from zoo.page import builder, bundle


@pytest.fixture
def node():
    command = shutil.which("node", path=sysconfig.get_path("scripts")) or "node"
    return lambda script: (
        subprocess.run([command, "--input-type=module", "-e", script], capture_output=True, text=True, check=True).stdout
    )


def test_modules_become_one_script_in_which_names_do_not_meet(tmp_path, node):
    (tmp_path / "one.js").write_text("const secret = 1;\nexport const one = secret;\nexport class Box {}\n")
    (tmp_path / "two.js").write_text(
        'import { one } from "./one.js";\nconst secret = 10;\nexport async function two() {\n  return secret + one;\n}\n'
    )
    (tmp_path / "main.js").write_text(
        'import { one, Box } from "./one.js";\nimport { two } from "./two.js";\nconsole.log(one, await_(two), new Box());\n'
        "function await_(work) {\n  work().then(console.log);\n  return typeof work;\n}\n"
    )
    script = bundle.modules(tmp_path, "main")
    assert script.count("const $one = (") == 1
    assert node(script) == "1 function Box {}\n11\n"


@pytest.mark.parametrize(
    "line", ['import * as all from "./one.js";', "export default 1;", 'import "./one.js";', "export { one };"]
)
def test_another_form_of_import_or_export_is_refused(tmp_path, line):
    (tmp_path / "main.js").write_text(line + "\n")
    with pytest.raises(ZooError, match=r"main.js has .* cannot be bundled"):
        bundle.modules(tmp_path, "main")


def test_a_circle_of_imports_is_refused(tmp_path):
    (tmp_path / "one.js").write_text('import { b } from "./two.js";\n')
    (tmp_path / "two.js").write_text('import { a } from "./one.js";\n')
    with pytest.raises(ZooError, match="in a circle: one -> two -> one"):
        bundle.modules(tmp_path, "one")


def test_the_runtime_leaves_its_exports_in_one_object(node):
    script = bundle.runtime("const a = 1, b = 2;export{a as Tensor,b as default,b as env};\n//# sourceMappingURL=x.map\n")
    assert node(script + "console.log(JSON.stringify(globalThis.ort))") == '{"Tensor":1,"env":2}\n'
    assert "sourceMappingURL" not in script
    with pytest.raises(ZooError, match="0 lists of exports"):
        bundle.runtime("const a = 1;")


def test_no_text_of_a_script_ends_its_element_early(node):
    script = bundle.inline('console.log("</script>", "<!--");')
    assert script.count("</script") == 1
    assert "<!--" not in script
    assert node(script.removeprefix('<script type="module">').removesuffix("</script>")) == "</script> <!--\n"


@pytest.mark.parametrize("path", sorted(builder.ASSETS.glob("*.js")), ids=lambda path: path.name)
def test_every_module_is_short_says_what_it_is_and_is_in_the_page(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 300
    assert lines[0].startswith("/* ") and len(lines[0]) > 20
    assert f"const ${path.stem} = (() =>" in bundle.modules(builder.ASSETS, "main")
