"""Serving under load and faults: throughput, latency, and every answer checked against the live model.

    .venv/bin/python benchmarks/serving.py [--seconds 3] [--seed 1] [--out docs/serving/load.md]

`zoo serve` with batching off and on, beside a plain `tf.saved_model` behind the same HTTP library and ONNX Runtime in process;
then 20 version swaps, garbage from a second client, and kill -9 with a restart, all under load. Everything stays on this machine.
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import serving_models
import serving_runtime
from serving_load import SPAWN, Garbage, Load, Tally, load
from serving_models import NAME, SIGNATURES, Case

from zoo.utils import machine

HERE = Path(__file__).resolve().parent
CLIENTS, SWAPS = (1, 8, 64), 20
BATCHING = """max_batch_size { value: 64 }
batch_timeout_micros { value: 1000 }
num_batch_threads { value: 2 }
max_enqueued_batches { value: 100 }
pad_variable_length_inputs: true
"""


def main() -> None:
    """Parse, measure, print, write."""
    parser = argparse.ArgumentParser("benchmarks/serving.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=3.0, help="measured time of a cell (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the requests (default: %(default)s)")
    parser.add_argument("--out", help="file for the tables, e.g. docs/serving/load.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zoo-load-") as aside:
        folder = Path(aside)
        making = [sys.executable, HERE / "serving_models.py", folder, str(options.seed)]
        subprocess.run(making, check=True, stderr=subprocess.DEVNULL)
        (folder / "batching.txt").write_text(BATCHING)
        cases = serving_models.cases(folder)
        lines = [*_about(options), *_runtimes(folder, options.seconds), *_speed(folder, cases, options.seconds)]
        lines += _faults(folder, cases["serving_default"], options)
    if options.out:
        Path(options.out).parent.mkdir(parents=True, exist_ok=True)
        Path(options.out).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _say(line: str) -> str:
    print(line, flush=True)
    return line


def _about(options: argparse.Namespace) -> Iterator[str]:
    about = machine.description()
    command = f"python benchmarks/serving.py --seconds {options.seconds:g} --seed {options.seed}"
    yield _say("# Serving under load and faults\n")
    yield _say(
        f"`{command}`, {about['date']}, {about['hardware']}, Python {about['python']}, TensorFlow {about['tensorflow']}. "
        f"The clients ran on the same cores. `{NAME}`, one task a request, {', '.join(map(str, serving_models.SUPPORT))} "
        f"examples by turns, {serving_models.QUERY} questions. Every answer was compared with the live model's.\n"
    )


def _runtimes(folder: Path, seconds: float) -> Iterator[str]:
    yield _say("## Which runtime\n")
    yield _say(
        "`serving_default` called from Python, no HTTP: p50 of one thread; calls a second, and CPU time of one, of eight.\n"
    )
    yield _say("| runtime | tasks a call | seconds to load | p50, µs | calls a second | CPU of a call, µs |")
    yield _say("|---|---|---|---|---|---|")
    for row in serving_runtime.rows(str(folder / "first"), seconds / 3):
        yield _say(
            f"| {row['way']} | {row['tasks']} | {row['load_seconds']:.1f} | {row['p50_microseconds']:,.0f} "
            f"| {row['per_second']:,.0f} | {row['cpu_microseconds']:,.0f} |"
        )


def _speed(folder: Path, cases: dict[str, list[Case]], seconds: float) -> Iterator[str]:
    yield _say("\n## Speed\n")
    yield _say("Requests a second, and p50 / p99 in milliseconds. Answers that were wrong, failed or lost in brackets, if any.\n")
    yield _say("| what | signature | " + " | ".join(f"{clients} clients" for clients in CLIENTS) + " | CPU of an answer, ms |")
    yield _say("|---|---|" + "---|" * (len(CLIENTS) + 1))
    base = folder / "speed" / NAME
    shutil.copytree(folder / "first", base / "1")
    zoo_serve = [sys.executable, "-m", "zoo", "serve", str(base), "--grpc-port", "0", "--port", "0"]
    for title, command in (
        ("`zoo serve`", zoo_serve),
        ("`zoo serve`, batching", [*zoo_serve, "--batching-parameters-file", str(folder / "batching.txt")]),
        ("plain `tf.saved_model`, same HTTP library", [sys.executable, str(HERE / "serving_plain.py"), str(folder / "first")]),
    ):
        with _server(command) as (url, process):
            for signature in SIGNATURES:
                bodies = [case.body for case in cases[signature]]
                for body in bodies[:5]:  # the first of a kind is slow
                    urllib.request.urlopen(urllib.request.Request(url, body), timeout=60).close()
                before = _cpu_seconds(process.pid)
                tallies = [load(url, bodies, clients, seconds) for clients in CLIENTS]
                used = 1e3 * (_cpu_seconds(process.pid) - before) / max(1, sum(len(tally.latencies) for tally in tallies))
                cells = [_cell(tally, cases[signature]) for tally in tallies]
                yield _say(f"| {title} | `{signature}` | {' | '.join(cells)} | {used:.2f} |")
    for signature in SIGNATURES:
        inputs, path = [case.inputs for case in cases[signature]], str(folder / f"{signature}.onnx")
        with SPAWN.Pool(1) as pool:
            tallies = [pool.apply(_onnx, (path, inputs, clients, seconds)) for clients in CLIENTS]
        cells = " | ".join(_cell(tally, []) for tally in tallies)
        yield _say(f"| ONNX Runtime in process, no HTTP | `{signature}` | {cells} | |")


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, which tells more than a clock where others work on the same cores."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cell(tally: Tally, cases: list[Case]) -> str:
    bad = _wrong(tally, cases) + _failed(tally) + tally.lost
    return f"{tally.rate:,.0f} ({tally.latency(0.5):.1f} / {tally.latency(0.99):.1f})" + (f" [{bad} bad]" if bad else "")


def _onnx(path: str, inputs: list[dict], clients: int, seconds: float) -> Tally:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    tally = Tally()
    until = time.perf_counter() + seconds

    def ask() -> None:
        number = 0
        while (begin := time.perf_counter()) < until:
            session.run(None, inputs[number % len(inputs)])
            tally.latencies.append(time.perf_counter() - begin)
            number += 1

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally.latencies.sort()
    tally.seconds, tally.statuses[200] = seconds, len(tally.latencies)
    return tally


def _faults(folder: Path, cases: list[Case], options: argparse.Namespace) -> Iterator[str]:
    yield _say("\n## Faults, under the load of 8 clients\n")
    yield _say("| fault | answers | wrong | failed | lost | longest time without an answer | |")
    yield _say("|---|---|---|---|---|---|---|")
    bodies = [case.body for case in cases]
    for batching in ([], ["--batching-parameters-file", str(folder / "batching.txt")]):
        base = folder / f"faults{len(batching)}" / NAME
        _publish(folder / "first", base, 1)
        command = [sys.executable, "-m", "zoo", "serve", str(base), "--grpc-port", "0", "--poll", "0.2", *batching, "--port"]
        how = ", batching" if batching else ""
        with _server([*command, "0"]) as (url, process):
            with Load(url, bodies, 8) as running:
                for version in range(2, SWAPS + 2):
                    _publish(folder / ("second" if version % 2 == 0 else "first"), base, version)
                    _wait_for(url, version)
                    time.sleep(options.seconds / 30)
            yield _fault(f"{SWAPS} version swaps{how}", running.tally, cases, "")
            with Load(url, bodies, 8) as running, Garbage(url, options.seed) as garbage:
                time.sleep(options.seconds)
            answered = ", ".join(f"{count} × {status}" for status, count in sorted(garbage.statuses.items()))
            yield _fault(f"garbage from a second client{how}", running.tally, cases, f"it was answered {answered}")
            with Load(url, bodies, 8) as running:
                time.sleep(options.seconds / 3)
                process.send_signal(signal.SIGKILL)
                process.wait()
                with _server([*command, url.split(":")[2].partition("/")[0]]):
                    time.sleep(options.seconds / 3)
            yield _fault(f"kill -9 and restart{how}", running.tally, cases, "lost: sent, and the server died before it answered")


def _fault(title: str, tally: Tally, cases: list[Case], note: str) -> str:
    return _say(
        f"| {title} | {sum(tally.statuses.values()):,} | {_wrong(tally, cases)} | {_failed(tally)} | {tally.lost} "
        f"| {tally.longest_gap:.2f} s | {note} |"
    )


def _wrong(tally: Tally, cases: list[Case]) -> int:
    return sum(count for (number, answer), count in tally.answers.items() if count and cases and not cases[number].right(answer))


def _failed(tally: Tally) -> int:
    return sum(count for status, count in tally.statuses.items() if status != 200)


def _publish(model: Path, base: Path, version: int) -> None:
    aside = base / f".{version}.partial"
    shutil.copytree(model, aside)
    aside.rename(base / str(version))


def _wait_for(url: str, version: int) -> None:
    about = f"{url.removesuffix(':predict')}/versions/{version}"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(about, timeout=10) as answer:
            if b"AVAILABLE" in answer.read():
                return
        time.sleep(0.02)
    raise RuntimeError(f"version {version} never became available")


@contextlib.contextmanager
def _server(command: list[str]) -> Iterator[tuple[str, subprocess.Popen]]:
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(HERE.parent)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            yield next(line.split()[1] for line in process.stdout if "POST http" in line), process
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
