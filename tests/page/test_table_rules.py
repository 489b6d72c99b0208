"""The page reads tables as Python does: the same columns to the byte, the same numbers to the bit, or it refuses in a line."""

import argparse
import json
import shutil
import subprocess
import sysconfig
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from zoo import ZooError
from zoo.cli import tabulated as of_cli
from zoo.learners import tabulated
from zoo.learners.labels import Classes, Numbers
from zoo.page import builder, carried
from zoo.utils import tables

WEB = Path(__file__).resolve().parents[1] / "web"
LIMITS = {"most_rows": 500, "most_classes": 10}
TASKS = {"classes": "classification", "numbers": "regression"}
# What the page refuses and Python does not: it says what to do instead.
STRICTER = ("give at least 4", "this page learns from 500 at most", "this page reads 96 at most", "in all rows; give rows of two")
BIRDS = "beak,island,seen,sick,kind\n"
TABLES = {
    "gaps and categories": BIRDS
    + "31.5,north,2025-01-03,yes,ash\n,south,2025-02-04,no,reed\n30,north,,no,ash\n28.25,west,2025-03-01,,reed\n",
    "two levels": "a,b\n1,x\n2,y\n3,x\n4,y\n5,x\n".replace("b", "b,c").replace("x\n", "x,0\n").replace("y\n", "y,1\n"),
    "semicolons, decimal commas": "a;b;c\n1,5;u;3\n2,25;u;4\n-0,5;v;5\n3;v;6,5\n,5;w;7\n",
    "tabs, quotes, and a line in a field": 'a\t"b ""x"" c"\tk\n1\t"two\nlines"\tu\n2\t"two\nlines"\tv\n'
    "3\tone\tu\r\n4\tone\tv\n5\t one \tv\r",
    "Excel's first line, a mark of order, bars inside": "\ufeffsep=;\na|b;k\n1;u\n2;v\n3;u\n4;v\n",
    "large numbers that 32 bits hold badly": "t,k\n" + "".join(f"{1.7e12 + 37.12 * at**2},{'uv'[at % 2]}\n" for at in range(40)),
    "tiny numbers": "t,k\n" + "".join(f"{1e-9 * (at * 7 % 11 + 0.1)},{'uv'[at % 2]}\n" for at in range(11)),
    "many tiny numbers": "t,k\n" + "".join(f"{1e-9 * np.sin(at)},{'uv'[at % 2]}\n" for at in range(333)),
    "moments with zones and parts of seconds": "w,k\n2026-11-28T09:30Z,u\n2026-11-28 09:30:15.25+02:00,v\n"
    "2026-11-28T08:00-0530,u\n,v\n",
    "old dates": "w,k\n0001-01-01,u\n1582-10-15,v\n1969-12-31,u\n9999-12-31,v\n",
    "many levels": "c,n,k\n" + "".join(f"l{at % 13},{at},{'uv'[at % 2]}\n" for at in range(60)),
    "levels of words and numbers, beyond the basic plane": "c,k\n1,u\n1.0,v\nz,u\n\U0001f426,v\n\uffee,v\n1,u\n\U0001f426,v\n",
    "numbers of rows, constants, nothing": "id,same,none,x,k\n0,5,,1,u\n1,5,NA,2,v\n2,5,,4,u\n3,5,n/a,8,v\n",
    "nothing differs": "a,b,k\n1,x,u\n1,x,v\n1,x,u\n1,x,v\n",
    "classes that are numbers": "a,k\n1,10\n2,-3\n3,10\n4,2\n5,+2\n",
    "numbers to predict": "a,b,y\n1,x,0.5\n2,y,1.5\n3,x,2.25\n4,y,1e-3\n",
    "whole numbers of many kinds": "a,y\n" + "".join(f"{at},{at * at}\n" for at in range(12)),
    "a copy of the label": "a,b,k\n" + "".join(f"{'uv'[at % 2]},{at * 3 % 7},{'uv'[at % 2]}\n" for at in range(12)),
    "names that are odd": '"",  spaced  ,né,k\n1,2,3,u\n2,3,5,v\n3,5,9,u\n4,4,4,v\n',
    "blank lines": "\n\na,k\n\n1,u\n , \n2,v\n3,u\n4,v\n\n",
}
WIDE = "".join(",".join(f"{(row * at) % 7}" for at in range(121)) + "\n" for row in range(1, 9))
WRONG = {
    "a,b\n": "has no rows",
    "1,2\n3,4\n": "begins with numbers",
    "a,a,k\n1,2,u\n": "more than one column named “a”",
    "a,k\n1,u\n2\n3,v\n4,v\n": "line 3: 1 fields, but the header has 2; complete the line",
    "a,k\n1,u\n2,\n3,v\n4,v\n": "line 3: the label “k” is missing",
    "name,k\nann,u\nbob,v\ncem,u\ndan,v\n": "texts that are all different in “name”",
    "w,k\n2026-02-30,u\n2026-02-01,v\n2026-02-01,u\n2026-02-02,v\n": "holds “2026-02-30” in column “w” (line 2), but a date",
    "a,k\n1e999,u\n1,v\n2,u\n3,v\n": "too large for a number",
    "a;k\n1,234;u\n2,345;v\n3,456;u\n4,567;v\n": "may be 1234 or 1.234",
    "a;k\n1,5;u\n2.5;v\n3;u\n4;v\n": "“1,5” has a comma and “2.5” a point",
    "k\nu\nv\nu\nv\n": "which is the label; add columns",
    "a,k\n,u\n,v\nNA,u\n,v\n": "holds no value in any column",
    "a,k\n1,u\n2,v\n3,u\n": "has 3 rows; give at least 4",
    "a,k\n1,u\n2,u\n3,u\n4,u\n": "is “u” in all rows; give rows of two classes",
    "a,k\n" + "".join(f"{at},{'abcdefghijkl'[at % 12]}\n" for at in range(24)): "has 12 classes, and the learner tells 10 apart",
    "a,k\n" + "".join(f"{at * 3 % 7},{'uv'[at % 2]}\n" for at in range(501)): "501 rows, and this page learns from 500 at most",
    ",".join(f"c{at}" for at in range(121)) + "\n" + WIDE: "this page reads 96 at most",
    "a,k\n1,u\n2,u \u2003u\n3,u u\n4,u u\n": "which look the same; name them otherwise",
    "a,k\n1,e\u0301\n2,\u00e9\n3,\u00e9\n4,\u00e9\n": "which look the same; name them otherwise",
}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """What the page makes of a table: a function of its text, and of what else a visitor gives."""
    folder = tmp_path_factory.mktemp("modules")
    for path in builder.ASSETS.glob("*.js"):
        shutil.copy(path, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    node = shutil.which("node", path=sysconfig.get_path("scripts")) or "node"
    command = [node, str(WEB / "table_rules.mjs"), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as process:

        def read(text, query="", label=None, wanted="auto"):
            job = {"settings": carried.rule_facts(), "learners": {"classes": LIMITS, "numbers": LIMITS}, "text": text}
            process.stdin.write(json.dumps(job | {"query": query, "label": label, "wanted": wanted}) + "\n")
            process.stdin.flush()
            said = json.loads(process.stdout.readline())
            assert "error" not in said, said
            return said

        yield read
        process.stdin.close()


@pytest.fixture
def python(tmp_path):
    """What `zoo learn` makes of the same table."""

    def read(text, query="", label=None, wanted="auto"):
        (tmp_path / "table.csv").write_bytes(text.encode("utf-8"))
        table = tables.opened(tmp_path / "table.csv")
        name = of_cli.label_of(argparse.Namespace(label=label), table)
        task = TASKS.get(wanted) or of_cli.recognised(table, name)
        classes = task == of_cli.CLASSES
        given = of_cli._given(table, [each for each in table.header if each != name])
        y = of_cli._named_classes(table, name) if classes else of_cli._numbers(table, name)
        labels = Classes() if classes else Numbers(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, y, columns = tabulated.columns(SimpleNamespace(title="tabular", labels=labels, **LIMITS), given, y, None)
            x, asked = columns.rows("x", given), None
            if query:
                (tmp_path / "query.csv").write_bytes(query.encode("utf-8"))
                more = tables.opened(tmp_path / "query.csv")
                asked = columns.rows("x", of_cli._given(more, more.header))
        known = labels.given(y)
        return {
            "rule": json.dumps(columns.as_json(), indent=1, ensure_ascii=False) + "\n",
            "task": "classes" if classes else "numbers",
            "classes": list(known.classes),
            "x": x,
            "y": labels.encode(y, known),
            "query": asked,
        }

    return read


def assert_same(got, want):
    assert got["rule"] == want["rule"]
    assert (got["task"], got["classes"]) == (want["task"], want["classes"])
    for name in ("x", "y", "query"):
        if want[name] is not None:
            numbers = np.array(got[name], np.float64).reshape(want[name].shape)  # null becomes NaN
            np.testing.assert_array_equal(numbers, want[name].astype(np.float64), err_msg=name)


@pytest.mark.parametrize("name", TABLES)
def test_the_page_makes_of_a_table_what_python_makes(page, python, name):
    text = TABLES[name]
    got = page(text, query=text)
    assert "refused" not in got
    assert_same(got, python(text, query=text))


@pytest.mark.parametrize("wanted", ["classes", "numbers"])
def test_the_label_and_the_task_are_the_visitors_choice(page, python, wanted):
    text = "a,b,c\n" + "".join(f"{at % 3},{at},{at * at % 5}\n" for at in range(15))
    choice = {"label": "a", "wanted": wanted, "query": "c,more,b\n1,?,2\n0,?,\n"}
    assert_same(page(text, **choice), python(text, **choice))
    assert page(text, **choice)["task"] == wanted


@pytest.mark.parametrize("text", WRONG, ids=lambda text: repr(text[:24]))
def test_what_cannot_be_learned_is_refused_in_a_line(page, python, text):
    refused = page(text)["refused"]
    assert WRONG[text] in refused
    assert "\n" not in refused
    if not any(part in refused for part in STRICTER) and "look the same" not in refused:
        with pytest.raises(ZooError):
            python(text)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("b\n1\n", "the new rows lacks “a”; it has “b”; name the columns as in the table above."),
        ("a\nx\n", "the new rows holds “x” in column “a” (line 2), but a number was expected; correct the cell, or leave"),
        ("a\n1e39\n", "holds a number too large for 32 bits in column “a” (line 2)"),
    ],
)
def test_new_rows_that_do_not_fit_are_refused(page, query, told):
    assert told in page("a,k\n1,u\n2,v\n3,u\n4,v\n", query=query)["refused"]


def test_what_is_left_out_or_new_is_told(page):
    notes = page(TABLES["numbers of rows, constants, nothing"])["notes"]
    assert notes == [
        "“id” numbers the rows, and is left out.",
        "“same”, “none” holds the same in all rows, or nothing, and is left out.",
    ]
    assert "equals the label in all rows" in page(TABLES["a copy of the label"])["notes"][0]
    notes = page("a,k\nx,u\ny,v\nx,u\ny,v\n", query="a\nz\n")["notes"]
    assert notes == ["1 cell has a level that was not learned from, first “z” in “a”; they count as none of the levels."]


@pytest.mark.parametrize(("rows", "columns", "groups", "repeats"), [(60, 6, 60, 10), (500, 10, 60, 10), (500, 96, 10, 1)])
def test_large_tables_are_left_out_in_groups_that_every_class_is_spread_over(page, rows, columns, groups, repeats):
    generator = np.random.default_rng(0)
    body = "".join(
        ",".join(f"{cell:.3f}" for cell in row) + f",{'uvw'[at % 3]}\n"
        for at, row in enumerate(generator.normal(size=[rows, columns]))
    )
    got = page(",".join([*(f"c{at}" for at in range(columns)), "k"]) + "\n" + body)
    assert (got["groups"], got["repeats"], len(got["folds"])) == (groups, repeats, groups)
    assert sorted(row for fold in got["folds"] for row in fold) == list(range(rows))
    kinds = [[sum(row % 3 == kind for row in fold) for kind in range(3)] for fold in got["folds"]]
    assert np.ptp(kinds, axis=0).max() <= 1
    assert max(map(len, got["folds"])) - min(map(len, got["folds"])) <= 1


def a_cell(generator, kind):
    if generator.random() < 0.08:
        return str(generator.choice(["", "NA", " ", "null", "n/a"]))
    number = generator.normal() * 10.0 ** generator.integers(-3, 4)
    minute, second, part = generator.integers(0, [60, 60, 10**6])
    return {
        "float": f"{number:.{generator.integers(1, 9)}g}",
        "large": f"{1e9 + number!r}",
        "whole": str(generator.integers(-3, 9)),
        "word": str(generator.choice(["b", "a", "é", "Z", "1", "\uffee", "\U0001f426", "a b", 'say "so"', "x,y"])),
        "date": str(np.datetime64("1960-01-01") + generator.integers(0, 30_000)),
        "time": f"2026-11-{generator.integers(1, 31):02d}T09:{minute:02d}:{second:02d}.{part:06d}+01:00",
        "same": "7",
    }[kind]


def a_table(generator):
    """A table of random kinds of columns and delimiters, as text."""
    kinds = generator.choice(["float", "large", "whole", "word", "date", "time", "same"], generator.integers(1, 7)).tolist()
    kinds.append(str(generator.choice(["word", "whole", "float"])))
    rows = int(generator.integers(4, 150))
    delimiter = str(generator.choice([",", ";", "\t", "|"]))

    def quoted(cell):
        odd = delimiter in cell or '"' in cell or cell.strip() != cell
        return '"' + cell.replace('"', '""') + '"' if odd else cell

    def line(cells):
        return delimiter.join(map(quoted, cells)) + str(generator.choice(["\n", "\r\n"]))

    body = [[a_cell(generator, kind) for kind in kinds] for _ in range(rows)]
    for row in body:
        row[-1] = row[-1] if row[-1].strip() not in ("", "NA", "null", "n/a") else "1"
    return "".join([line([f"c{at}" for at in range(len(kinds))]), *map(line, body)])


def test_random_tables_become_the_same_or_are_refused_by_both(page, python):
    generator, read = np.random.default_rng(0), 0
    for _ in range(80):
        text = a_table(generator)
        got = page(text, query=text)
        try:
            want = python(text, query=text)
        except ZooError:
            assert "refused" in got, text
            continue
        if "refused" in got:
            assert any(part in got["refused"] for part in STRICTER), (got, text)
            continue
        read += 1
        assert_same(got, want)
    assert read > 40
