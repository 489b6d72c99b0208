"""A learner whose graphs are files of ONNX: it learns, predicts and updates as the one that wrote them, without TensorFlow."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, final

import numpy as np

from zoo.learners.array_spec import ArraySpec
from zoo.learners.labels import Classes, Labels
from zoo.learners.learner import Learner, Support
from zoo.learners.parts import in_parts
from zoo.learners.shape import Shape
from zoo.learners.tabulated import Categorical
from zoo.learners.task_model import TaskModel
from zoo.learners.ways import pad_ways
from zoo.runtime.description import Description
from zoo.runtime.sessions import Arrays, Sessions

UPDATED, SUMMARY = "updated_", "summary_"  # how the endpoint `update` names what it takes and gives, see `SetLearner`
SIZE = "size"
LEARN, EMBED = "learn", "embed"


@final
class OnnxLearner(Learner):
    """A learner by its description and its graphs.

    Args:
        description: of the learner.
        origin: where its weights came from, see `Learner`.
        folder: that holds `adapt.onnx`, `apply.onnx` and `update.onnx`, and `embed.onnx` beside heads, as far as they are called.
        sessions: its graphs, where they are not to be opened from that folder as they stand.
    """

    def __init__(self, description: Description, origin: dict[str, Any], folder: Path, sessions: Sessions | None = None):
        self.description, self.origin = description, origin
        self.title, self.knows = description.title, description.knows
        self.input_range, self.label_range = description.input_range, description.label_range
        self.ood_threshold = description.ood_threshold
        self.most_rows, self.most_classes = description.most_rows, description.most_classes
        self.ordered = description.ordered  # type: ignore[misc]
        self._sessions = sessions or Sessions(folder)
        self.in_halves = bool(description.embedding)
        self.graphs = SimpleNamespace(
            apply=self._apply,
            update=lambda task, x, *labelled: self._updated((self._seen(x), *labelled), task),
            embed=self._embed,
            adapt_embedded=lambda *support: self._run("adapt", support),
            apply_embedded=self._apply_graph,
            update_embedded=lambda task, *support: self._updated(support, task),
        )

    @property
    def example(self) -> Shape:
        return self.description.example

    @property
    def query(self) -> Shape:
        return self.description.query

    @property
    def labels(self) -> Labels:
        return self.description.labels

    @property
    def can_update(self) -> bool:
        return self.description.can_update

    @property
    def folder(self) -> Path:
        """That holds the graphs."""
        return self._sessions.folder

    def file(self, graph: str) -> Path:
        """The file of a graph: "apply", "update", "embed", "learn", which is `update` of no examples where a summary is kept."""
        signature = graph if graph != LEARN else "update" if self.description.summary else "adapt"
        return self.folder / f"{signature}.onnx"

    def embedding_width(self) -> int:
        """Numbers of an embedding, where the graphs are an encoder and heads; else 0."""
        return self.description.embedding

    def task_arrays(self) -> Mapping[str, ArraySpec]:
        return self.description.task

    def summary_arrays(self) -> Mapping[str, ArraySpec]:
        return self.description.summary

    def learn(self, x: Any, y: Any, *, categorical: Categorical = None) -> TaskModel:
        """Learn one task; as `MetaLearner.learn`."""
        given, columns, support = self.given(x, y, categorical)
        task, summary = self.adapt_and_summarise(*support)
        return self.learned_from(task, summary, given, support, int(support[2][0]), columns)

    def adapt_and_summarise(self, support_x: Any, support_y: Any, support_size: Any) -> tuple[Arrays, Arrays]:
        support = (self._seen(support_x), support_y, support_size)
        if not self.description.summary:
            return self._run("adapt", support), {}
        sizes = np.zeros(len(support_size), np.int32)
        nothing = {name: np.repeat(spec.zeros(), len(sizes), axis=0) for name, spec in self.description.summary.items()}
        return self._union(nothing, sizes, support)

    def adapted(self, support_x: np.ndarray, support_y: np.ndarray, support_size: np.ndarray) -> Arrays:
        """The learned tasks of a batch of supports, as `adapt` of the seam: nothing is kept of the supports."""
        return self._run("adapt", (self._seen(support_x), support_y, support_size))

    def grown(self, learned: Arrays, summary: Arrays, sizes: np.ndarray, support: Support) -> tuple[Arrays, Arrays]:
        """Tasks and summaries of a batch of tasks and more examples of each.

        Args:
            learned: arrays `[B, ...]` by name; of classes with room for those that are new, see `pad_ways`.
            summary: what is kept of the supports before; empty where nothing is.
            sizes: int32 `[B]`, of these supports.
            support: of the new examples `[B, N, ...]`.
        """
        support = (self._seen(support[0]), *support[1:])
        return self._union(summary, sizes, support) if self.description.summary else (self._updated(support, learned), {})

    def updated(self, task: TaskModel, x: Any, y: Any) -> TaskModel:
        if isinstance(self.labels, Classes):
            given = self.labels.with_more(task.given, y)
            support = self.support(x, y, given, task.columns)
            axes = {name: (None, *spec.names) for name, spec in self.description.task.items()}
            known = pad_ways(task.learned, axes, len(given.classes))
            learned = self._updated((self._seen(support[0]), *support[1:]), known)
            return self.learned_from(learned, {}, given, support, task.size + len(support[0][0]), task.columns)
        support = self.support(x, y, task.given, task.columns)
        more, summary = self._union(task.summary, np.array([task.size], np.int32), support)
        return self.learned_from(more, summary, task.given, support, task.size + len(support[0][0]), task.columns)

    def _union(self, summary: Arrays, sizes: np.ndarray, support: Support) -> tuple[Arrays, Arrays]:
        """Tasks and summaries of the unions of sets that were summarised, of these sizes `[B]`, and supports."""
        known = {f"{SUMMARY}{name}": value for name, value in summary.items()}
        found = self._run("update", support, known | {f"{SUMMARY}{SIZE}": sizes})
        kept = f"{UPDATED}{SUMMARY}"
        union = {name.removeprefix(kept): found.pop(name) for name in list(found) if name.startswith(kept)}
        union.pop(SIZE)
        return found, union

    def _run(self, graph: str, support: Support, more: Mapping[str, np.ndarray] | None = None) -> Arrays:
        names = ("support_x", "support_y", "support_size")
        return self._sessions.run(graph, dict(zip(names, support, strict=True)) | dict(more or {}))

    def _updated(self, support: Support, known: Mapping[str, np.ndarray]) -> Arrays:
        return {name.removeprefix(UPDATED): value for name, value in self._run("update", support, known).items()}

    def _seen(self, examples: np.ndarray) -> np.ndarray:
        """Examples `[B, N, ...]` as the graphs read them: embedded, a part at a time, where an encoder is a graph of its own."""
        if not self.in_halves:
            return examples
        rows = in_parts(self._embed, examples.reshape(-1, *examples.shape[2:]))
        return rows.reshape(*examples.shape[:2], -1)

    def _embed(self, examples: np.ndarray) -> np.ndarray:
        return self._sessions.run(EMBED, {"query_x": examples})["embedding"]

    def _apply(self, task: Mapping[str, np.ndarray], query_x: np.ndarray) -> np.ndarray:
        return self._apply_graph(task, self._seen(query_x))

    def _apply_graph(self, task: Mapping[str, np.ndarray], query_x: np.ndarray) -> np.ndarray:
        return self._sessions.run("apply", dict(task) | {"query_x": query_x})["prediction"]
