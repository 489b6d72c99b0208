"""The parser of the command line: every command, its options and its help."""

import argparse

from zoo import __version__
from zoo.cli import task_arguments
from zoo.cli.bulk_arguments import positive as _positive
from zoo.cli.task_arguments import Commands, command, names


def parser() -> argparse.ArgumentParser:
    """Build the parser."""
    top = argparse.ArgumentParser(
        "zoo", description="Learn new tasks from a handful of examples, and export them to any runtime."
    )
    top.add_argument("--version", action="version", version=f"zoo {__version__}", help="print the version and end")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (
        _list,
        _show,
        _train,
        _adopt,
        _calibrate,
        _compare,
        _evaluate,
        task_arguments.learn,
        task_arguments.predict,
        task_arguments.ask,
        task_arguments.update,
        _export,
        _serve,
        _figures,
        _demo,
        _demo_page,
        _samples,
        _selfcheck,
    ):
        add(commands)
    return top


def _list(commands: Commands) -> None:
    command(commands, "list", "list every entry of the zoo", "zoo list")


def _show(commands: Commands) -> None:
    sub = command(commands, "show", "show the card of an entry: scores, training, exports, size", "zoo show mela_sinusoid")
    sub.add_argument("name", help="an entry, or hf://user/name")


def _train(commands: Commands) -> None:
    about = "train an entry by its recipe; an interrupted run resumes"
    sub = command(commands, "train", about, "zoo train mela_sinusoid", json=False)
    sub.add_argument("name", help="an entry")
    sub.add_argument("--out", help="folder for the weights and the curve (default: runs/NAME)")
    sub.add_argument("--force", action="store_true", help="train again although the folder holds a finished run")
    what = "divide every batch among so many processes here, to try it out; a cluster's workers each read TF_CONFIG"
    sub.add_argument("--workers", type=_positive, metavar="N", help=what)
    sub.add_argument("--seed", type=_positive, help="of weights and episodes (default: the recipe's)")
    what = "tasks in one step, which workers divide (default: the recipe's)"
    sub.add_argument("--tasks-per-step", type=_positive, metavar="B", help=what)
    what = "train on your own tasks: files of Parquet as for `zoo predict --tasks`, without queries; with a card of its own"
    sub.add_argument("--tasks", nargs="+", metavar="FILE", help=what)
    sub.add_argument("--steps", type=_positive, help="with --tasks: optimiser steps (default: 2,000 from the entry's weights)")
    sub.add_argument("--fresh", action="store_true", help="with --tasks: begin from nothing, and not from the entry's weights")


def _adopt(commands: Commands) -> None:
    about = "make a learner around a Keras model that embeds pictures; nothing is trained"
    example = "zoo adopt backbone.keras --preprocess=-1..1 --layer avg_pool --background pictures/ --licence MIT --out mine.keras"
    sub = command(commands, "adopt", about, example)
    sub.add_argument("model", help="a model.keras of anybody's; of classes of your own use zoo.encoded in Python")
    what = (
        "the numbers that it wants: 0..1, 0..255, -1..1, imagenet, caffe, or SCALE,OFFSET of tones from 0 to 1 (default: what a "
        "Rescaling that it begins with says)"
    )
    sub.add_argument("--preprocess", help=what)
    sub.add_argument("--layer", help="name of the layer whose output is the embedding (default: the last one)")
    sub.add_argument("--size", type=_positive, help="pixels of a side, where the model leaves them open")
    what = "a folder with a sub-folder of pictures for each of ten or more other classes, to measure its calibration on"
    sub.add_argument("--background", help=what)
    sub.add_argument("--licence", default="", help="of the model's weights; every export names it")
    sub.add_argument("--out", required=True, help="the learner to write, such as mine.keras")
    sub.add_argument("--force", action="store_true", help="replace it if it exists")


def _calibrate(commands: Commands) -> None:
    about = "measure the calibration of a classifier and store it with its weights, as training does at its end"
    sub = command(commands, "calibrate", about, "zoo calibrate protonet_omniglot --run runs/protonet_omniglot")
    sub.add_argument("name", help="an entry")
    sub.add_argument(
        "--run", help="folder of a run by `zoo train` (default: the shipped weights, whose card is stale from then on)"
    )


def _compare(commands: Commands) -> None:
    about = "compare learners on your own pictures, each of which is left out in turn"
    sub = command(commands, "compare", about, "zoo compare protonet_pictures mine.keras --support pictures/")
    sub.add_argument("names", nargs="*", help="entries and learners (default: protonet_pictures, protonet_omniglot)")
    sub.add_argument("--support", required=True, help="a folder with a sub-folder of two or more pictures for each class")


def _evaluate(commands: Commands) -> None:
    sub = command(commands, "evaluate", "measure an entry on new tasks", "zoo evaluate mela_sinusoid --tasks 20000 --seed 1")
    sub.add_argument("name", help="an entry")
    sub.add_argument("--tasks", type=_positive, help="tasks under each condition (default: as many as the card has)")
    sub.add_argument("--seed", type=_positive, help="seed of the tasks (default: 1)")
    sub.add_argument("--run", help="folder of a run by `zoo train` to measure instead of the shipped weights")
    sub.add_argument("--card", action="store_true", help="write the card beside the weights")
    what = "let all queries of a task help to answer each, as the papers of MAML and Reptile on pictures measure; never on a card"
    sub.add_argument("--transductive", action="store_true", help=what)
    what = (
        "measure a classifier of drawings on Lake's own 20 runs instead: all_runs.zip of the Omniglot repository; evaluate each "
        "entry once, and choose nothing on these runs"
    )
    sub.add_argument("--lake-runs", metavar="ZIP", help=what)


def _export(commands: Commands) -> None:
    about, example = "publish an entry or a learned task, or export it as a file", "zoo export mela_sinusoid --to models/"
    sub = command(commands, "export", about, example)
    sub.add_argument("name", help="an entry, a model.keras, hf://user/name, or a folder made by `zoo learn`")
    formats = ("serving", "saved_model", "onnx", "litert", "c", "hub")
    sub.add_argument(
        "--format",
        choices=formats,
        default="serving",
        help="default: %(default)s, a version for TensorFlow Serving; hub: a folder to upload to the Hugging Face Hub",
    )
    sub.add_argument("--to", required=True, help="folder of models to publish in; with another format the file or folder to make")
    sub.add_argument(
        "--name", dest="served_as", help="serving: name of the model (default: the last part of NAME); hub: user/name"
    )
    sub.add_argument("--licence", help="hub: of the weights, such as MIT (default: that of the card)")
    sub.add_argument("--version", type=_positive, help="serving: number of the version (default: the next free one)")
    sub.add_argument("--keep", type=_positive, metavar="N", help="serving: remove all but the newest N versions afterwards")
    sub.add_argument("--signatures", type=names, help="serving: which ones, such as serving_default,adapt,apply (default: all)")
    quantize = "store weights in fewer bits: float32 or int8 (the default) as c; float32 (the default), float16 or int8 as litert"
    sub.add_argument("--quantize", choices=("float32", "float16", "int8"), help=quantize)
    half = sub.add_mutually_exclusive_group()
    what = "of a learned task of classes: without its encoder, embeddings to classes, in kilobytes"
    half.add_argument("--head-only", action="store_true", help=what)
    half.add_argument("--encoder-only", action="store_true", help="the encoder that such heads share: examples to embeddings")
    sub.add_argument("--force", action="store_true", help="replace it if it exists")


def _serve(commands: Commands) -> None:
    about, example = (
        "serve models on this machine as TensorFlow Serving does, over REST and gRPC",
        "zoo serve models/ --port 8501",
    )
    sub = command(commands, "serve", about, example, json=False)
    what = "folders made by `zoo export`, of one model or of many; entries and learned tasks, which are exported first"
    sub.add_argument("names", nargs="*", help=what)
    sub.add_argument("--model-config-file", help="TensorFlow Serving's models.config: names, folders, versions, labels")
    sub.add_argument("--batching-parameters-file", help="batch requests, by TensorFlow Serving's batching parameters")
    sub.add_argument("--host", default="127.0.0.1", help="address to bind (default: %(default)s, this machine only)")
    sub.add_argument("--port", type=int, default=8501, help="port of REST (default: %(default)s; 0 picks a free one)")
    sub.add_argument("--grpc-port", type=int, help="port of gRPC (default: 8500, or a free one if that is taken)")
    sub.add_argument("--poll", type=float, default=1.0, help="seconds between checks for new versions (default: %(default)s)")
    sub.add_argument("--queue", type=int, default=256, help="requests that may wait; any more get 503 (default: %(default)s)")
    sub.add_argument("--deadline", type=float, default=30.0, help="seconds after which a request gets 504 (default: %(default)s)")
    sub.add_argument(
        "--body-limit", type=_positive, default=4, help="MiB of the largest request; more gets 413 (default: %(default)s)"
    )
    sub.add_argument("--grace", type=float, default=30.0, help="seconds to finish requests after a stop (default: %(default)s)")
    reload = "let gRPC clients replace the models, by others below the folders served (HandleReloadConfigRequest)"
    sub.add_argument("--allow-reload", action="store_true", help=reload)
    sub.add_argument("--access-log", action="store_true", help="log every request, as JSON lines on standard error")


def _figures(commands: Commands) -> None:
    about = "draw a paper's figures, the catalogue of models, or what a learned task of a table makes of its columns"
    example = "zoo figures mela --out figures/\n  zoo figures task model/ --rows patients.csv --out figures/"
    sub = command(commands, "figures", about, example)
    what = (
        "which paper; schedules: learning rates learned by hypergradients; gradients: steps of learners and learned optimizers; "
        "images: a table of every learner of Omniglot; lake: the same on Lake's own 20 runs; acting: regret of agents on "
        "bandits; streams: accuracy by instance of learners of streams; models: the catalogue, models.md; task: a learned task"
    )
    papers = ("mela", "schedules", "gradients", "images", "lake", "acting", "streams", "models", "task")
    sub.add_argument("paper", choices=papers, help=what)
    sub.add_argument("task", nargs="?", help="task: folder made by `zoo learn` of a table")
    what = "task: CSV of rows to draw, with labels or without (default: none; the task itself holds no rows)"
    sub.add_argument("--rows", help=what)
    sub.add_argument("--lake-runs", metavar="ZIP", help="lake: all_runs.zip of the Omniglot repository")
    sub.add_argument("--columns", type=_positive, help="task: how many columns to draw, those that count most (default: 6)")
    sub.add_argument("--out", default="figures", help="folder for the pictures and their numbers (default: %(default)s)")
    sub.add_argument("--force", action="store_true", help="replace the folder if it exists")


def _demo(commands: Commands) -> None:
    about = "learn a wave from ten points, draw it, and export it in every format"
    sub = command(commands, "demo", about, "zoo demo --out demo/")
    sub.add_argument("--out", default="demo", help="folder for the picture and the exports (default: %(default)s)")
    sub.add_argument("--force", action="store_true", help="replace the folder if it exists")


def _demo_page(commands: Commands) -> None:
    about = "make a web page that runs learners in the visitor's browser, offline"
    sub = command(commands, "demo-page", about, "zoo demo-page --out site/")
    sub.add_argument("--out", default="site", help="folder for the page, which is one file (default: %(default)s)")
    sub.add_argument("--runtime", help="folder dist/ of the npm package onnxruntime-web (default: fetched by npm, once)")
    sub.add_argument("--force", action="store_true", help="replace the folder if it exists")


def _samples(commands: Commands) -> None:
    about = "write a sample table and sample pictures, to try every other command on"
    sub = command(commands, "samples", about, "zoo samples --out samples/")
    sub.add_argument("--out", default="samples", help="folder for the tables and the pictures (default: %(default)s)")
    sub.add_argument("--force", action="store_true", help="replace the folder if it exists")


def _selfcheck(commands: Commands) -> None:
    command(commands, "selfcheck", "check this installation: weights, learning, every export", "zoo selfcheck")
