"""Tasks that were learned before, in files that `--keep-tasks` wrote, found by their ids in any order.

Ids are in memory, tasks are read from the disk a row group at a time: fastest where they are asked for in the order they lie in.
"""

import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zoo.bulk.core import whole
from zoo.bulk.names import ERROR, TASK, TASK_ID
from zoo.bulk.ragged import is_text
from zoo.utils.errors import ZooError, cut, listed

GROUPS = 8  # row groups that stay in memory


@final
class LearnedTasks:
    """All tasks of some files.

    Args:
        paths: of the files, or folders of them.

    Attributes:
        type: of the column of tasks.
        digest: of the files' names, sizes and times.

    Raises:
        ZooError: if one cannot be read, holds no learned tasks, or two tasks have the same id.
    """

    def __init__(self, paths: Sequence[str]):
        self._files: list[pq.ParquetFile] = []
        ids, places, seen = [], [], hashlib.sha256()
        for path in _found(paths):
            try:
                file, about = pq.ParquetFile(path), path.stat()
                names = file.schema_arrow.names
                if TASK not in names or TASK_ID not in names:
                    raise ZooError(
                        f"--learned {path} has no columns {TASK_ID} and {TASK}, but {listed(names)}; --keep-tasks writes both."
                    )
                table = file.read([TASK_ID, *([ERROR] if ERROR in names else [])])
            except (OSError, pa.ArrowInvalid) as error:
                raise ZooError(f"--learned {path} cannot be read ({cut(error, 200)}); give files of Parquet.") from None
            fine = table[TASK_ID].is_valid().to_numpy()
            fine &= ~table[ERROR].is_valid().to_numpy() if ERROR in names else True
            ids.append(whole(table[TASK_ID]).filter(pa.array(fine)))
            places.append(self._places(file)[fine])
            self._files.append(file)
            seen.update(f"{path.resolve()} {about.st_size} {about.st_mtime_ns}\n".encode())
        self.digest = seen.hexdigest()
        self.type = self._files[0].schema_arrow.field(TASK).type
        every = pa.concat_arrays(ids)
        self._kind = every.type
        keys = self._keys(every)
        order = np.argsort(keys, kind="stable")
        self._ids, self._rows = keys[order], np.concatenate(places)[order]
        twice = np.flatnonzero(self._ids[1:] == self._ids[:-1])
        if twice.size:
            raise ZooError(f"--learned: the task {cut(self._ids[twice[0]])} is there twice; give each task once.")
        self._group = functools.lru_cache(maxsize=GROUPS)(self._read)

    def __len__(self) -> int:
        return len(self._ids)

    def of(self, ids: pa.Array) -> pa.Array:
        """The learned tasks of some ids, null where there is none."""
        keys = self._keys(self._like_mine(ids).fill_null("" if is_text(self._kind) else 0))
        at = np.minimum(np.searchsorted(self._ids, keys), max(0, len(self._ids) - 1))
        known = (
            (self._ids[at] == keys) & ids.is_valid().to_numpy(zero_copy_only=False)
            if len(self._ids)
            else np.zeros(len(keys), bool)
        )
        rows, order, parts = self._rows[at], [np.flatnonzero(~known)], [pa.nulls(int((~known).sum()), self.type)]
        for file, group in sorted({(int(row[0]), int(row[1])) for row in rows[known]}):
            chosen = np.flatnonzero(known & (rows[:, 0] == file) & (rows[:, 1] == group))
            parts.append(self._group(file, group).take(pa.array(rows[chosen, 2])))
            order.append(chosen)
        return pa.concat_arrays(parts).take(pa.array(np.argsort(np.concatenate(order))))

    def _places(self, file: pq.ParquetFile) -> np.ndarray:
        """File, row group, and place in it, of each row: int64 `[rows, 3]`."""
        sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
        found = [
            np.stack([np.full(size, len(self._files)), np.full(size, at), np.arange(size)], axis=1)
            for at, size in enumerate(sizes)
        ]
        return np.concatenate([np.zeros([0, 3], np.int64), *found])

    def _read(self, file: int, group: int) -> pa.Array:
        return whole(self._files[file].read_row_group(group, [TASK])[TASK])

    def _like_mine(self, ids: pa.Array) -> pa.Array:
        """Ids of the type that the files have: those of a CSV are texts."""
        if ids.type.equals(self._kind):
            return ids
        try:
            return ids.cast(self._kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise ZooError(f"--tasks have ids of {ids.type}, and --learned of {self._kind}; write both alike.") from None

    def _keys(self, ids: pa.Array) -> np.ndarray:
        return np.array(ids.to_pylist(), dtype=object) if is_text(ids.type) else ids.to_numpy(zero_copy_only=False)


def _found(paths: Sequence[str]) -> list[Path]:
    found = [file for each in map(Path, paths) for file in (sorted(each.rglob("*.parquet")) if each.is_dir() else [each])]
    if not found:
        raise ZooError(f"--learned {listed(paths)} holds no file of Parquet; give what --keep-tasks wrote.")
    return found
