"""The page of `payload.py`: which way to send takes fewer bytes, entry by entry, in Markdown."""

import math

from zoo.cli import arguments
from zoo.hub import registry
from zoo.utils import machine

MEBIBYTE = 2**20
TAKEN = arguments.parser().parse_args(["serve", "models"]).body_limit  # MiB of a request, unless a server is told otherwise

OPENING = """# Send the examples, or the learned task?

`client.learn_and_predict(x, y, x_new)` sends the examples with every query, and the server learns from them each time.
`task = client.learn(x, y)` learns once, and `task.predict(x_new)` sends the learned task instead. Replicas keep nothing either
way. Counted here is what goes over the wire, for one task of each entry at its own support size.

{date}, seed {seed}, {hardware}, {versions}; `{command}`. Bytes of bodies, without headers.

Bytes are not all. Whoever sends the task spares the server the learning, whose time, on the machine of the entry's card, stands
beside: a forward pass for MeLA, gradient steps for MAML, an encoder over every frame for video. And text takes time to write and
to read: gRPC carries numbers as they are, REST the many zeros of a frame in two bytes each, but as text.
"""


def advice(payloads) -> str:
    """What to do about one entry, by bytes."""
    ways = [(one.way, one.break_even(10)) for one in payloads]
    if all(math.isinf(least) for _, least in ways):
        return "`learn_and_predict`: its examples are smaller than its learned task"
    if all(least <= 2 for _, least in ways):
        return "`learn` once, `predict` often: the task is far smaller than its examples"
    return "; ".join(
        f"{way}: {'`learn_and_predict`' if math.isinf(n) else f'`learn` from {n:g} predictions on'}" for way, n in ways
    )


def report(measured, command: str, seed: int) -> str:
    """The page, in Markdown."""
    about = machine.description()
    versions = ", ".join(f"{name} {about[name]}" for name in ("python", "tensorflow", "keras"))
    opening = OPENING.format(versions=versions, command=command, seed=seed, **about)
    return "\n".join([opening, *_advised(measured), *_all_numbers(measured), *_growing(measured)])


def _advised(measured):
    head = (
        "entry",
        "examples × numbers",
        "numbers of a task",
        "learning, ms",
        "break-even, REST",
        "break-even, gRPC",
        "by bytes, use",
    )
    rows = [
        (
            *(rest.entry, f"{rest.examples} × {rest.numbers:,}", f"{rest.task:,}", _learning(rest.entry)),
            *(_predictions(one.break_even(10)) for one in (rest, grpc)),
            advice([rest, grpc]),
        )
        for rest, grpc in measured
    ]
    said = "Break-even: from how many predictions of ten queries on learning once takes fewer bytes, learning included."
    return ["## Which to use", "", said, "", *_table(head, rows), ""]


def _all_numbers(measured):
    head = ("entry", "way", "queries", "learn once", "predict with the examples", "predict with the task", "break-even")
    rows = [
        (
            *(one.entry, one.way, str(queries), _sum(one.learn), _sum(one.support[queries]), _sum(one.learned[queries])),
            _predictions(one.break_even(queries)),
        )
        for both in measured
        for one in both
        for queries in one.support
    ]
    said = (
        "Request + answer, in bytes; of learning once, and of every prediction by either way. `zoo serve` refuses requests of\n"
        f"more than {TAKEN} MiB: where one is larger, the option that lets it in stands beside it."
    )
    return ["## All numbers", "", said, "", *_table(head, rows), ""]


def _growing(measured):
    rows = [
        (one.entry, one.way, str(one.examples), _sum(one.grown["examples"]), _sum(one.grown["summary"]))
        for both in measured
        for one in both
        if one.grown
    ]
    said = (
        "`task.update(x, y)` sends all examples again where the task remembers them, which is the default; with\n"
        '`learn(…, remember="summary")` it sends the server\'s summary and the new example, and both come back.'
    )
    head = ("entry", "way", "examples", "all examples again", "summary")
    return ["## Growing a task by one example", "", said, "", *_table(head, rows), ""]


def _table(head, rows):
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def _predictions(number: float) -> str:
    return "never" if math.isinf(number) else f"{number:,.0f}"


def _learning(entry: str) -> str:
    return f"{registry.card(entry)['task']['learn_microseconds'] / 1000:.1f}"


def _sum(counted) -> str:
    option = f" (`--body-limit {math.ceil(counted.sent / MEBIBYTE)}`)" if counted.sent > TAKEN * MEBIBYTE else ""
    return f"{counted.sent:,} + {counted.got:,}{option}"
