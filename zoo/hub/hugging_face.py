"""Learners on the Hugging Face Hub, by `hf://user/name` or `hf://user/name@revision`, kept in the hub's own cache.

Two files of a repository are read, each as it was at one commit: `card.json`, plain data that holds the checksum of the weights,
and `model.keras`, which is compared with it and opened as a stranger's file. Nothing
else is fetched, nothing is unpickled or run.
`zoo export NAME --format hub` makes such a repository. Needs the extra hub.
"""

import json
import re
from pathlib import Path
from typing import Any

from zoo.utils import extras, files
from zoo.utils.errors import ZooError, cut

SCHEME, CARD, WEIGHTS = "hf://", "card.json", "model.keras"
MOST_CARD = 4 * 2**20  # bytes of a card
_PART = r"\w[\w-]*(?:\.[\w-]+)*"  # no part is "..", as names become folders of the cache
_NAME = re.compile(rf"hf://(?P<repository>{_PART}/{_PART})(?:@(?P<revision>{_PART}(?:/{_PART})*))?", re.ASCII)
_CHECKSUM = re.compile(r"[0-9a-f]{64}")


def is_named(name: str) -> bool:
    """Whether a name is one of the hub."""
    return name.startswith(SCHEME)


def title(name: str) -> str:
    """The last part of a name, without user and revision.

    Raises:
        ZooError: for a name of another form.
    """
    return _parsed(name)[0].partition("/")[2]


def card(name: str) -> dict[str, Any]:
    """The card of a learner.

    Raises:
        ZooError: for a name of another form, one that cannot be fetched, or a repository without a card.
    """
    return _card(name)[0]


def origin(name: str) -> dict[str, str]:
    """The name with the commit that it stands for now, and the SHA-256 of the weights; only the card is fetched.

    Raises:
        ZooError: as `card`.
    """
    return _origin(name, *_card(name))


def fetched(name: str) -> tuple[Path, dict[str, str]]:
    """The file of a learner in the hub's cache, compared with its card, and its origin as of `origin`.

    Raises:
        ZooError: as `card`, and if the file is not that of the card.
    """
    found = origin(name)
    path = _file(found["name"], WEIGHTS)
    if files.sha256(path) != found["sha256"]:
        raise ZooError(
            f"{path} does not match the SHA-256 of its card: it is damaged, or was exchanged without its card; delete it and "
            f"load {cut(name)} again, or export it anew."
        )
    return path, found


def _parsed(name: str) -> tuple[str, str | None]:
    """The repository of a name, and the revision."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ZooError(f"{cut(repr(name))} names no learner of the hub; give hf://user/name, or hf://user/name@revision.")
    return found["repository"], found["revision"]


def _origin(name: str, known: dict[str, Any], commit: str) -> dict[str, str]:
    return {"name": f"{SCHEME}{_parsed(name)[0]}@{commit}", "sha256": known["weights"]["sha256"]}


def _card(name: str) -> tuple[dict[str, Any], str]:
    """The card, and the commit that it is of."""
    path = _file(name, CARD)
    try:
        if path.stat().st_size > MOST_CARD:
            raise ValueError(f"it has more than {MOST_CARD:,} bytes")
        found = json.loads(path.read_text(encoding="utf-8"))
        if not _CHECKSUM.fullmatch(found["weights"]["sha256"]):
            raise ValueError("it names no SHA-256 of the weights")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ZooError(
            f"{cut(name)}: its {CARD} is no card of the zoo ({cut(error, 100)}); `zoo export NAME --format hub` writes one."
        ) from None
    return found, path.parent.name  # a folder of the cache is named after its commit


def _file(name: str, file: str) -> Path:
    """A file of a repository, in the cache."""
    repository, revision = _parsed(name)
    extras.need("hub", cut(name))
    import huggingface_hub
    from huggingface_hub import errors

    try:
        return Path(huggingface_hub.hf_hub_download(repository, file, revision=revision, library_name="fewshot-zoo"))
    except errors.RevisionNotFoundError:
        reason = f"{repository} has no revision {revision or 'main'}; leave it out for the newest"
    except errors.RepositoryNotFoundError:  # of a repository that must be asked for too
        reason = "there is no such repository, or it is private; check the name, or log in by: hf auth login"
    except errors.LocalEntryNotFoundError:
        reason = "it is not in the hub's cache, and the hub is not reached; try again with a network, or set HF_ENDPOINT"
    except errors.EntryNotFoundError:
        reason = f"it has no {file}, so it is no learner of the zoo; `zoo export NAME --format hub` makes one"
    except OSError as error:
        if error.errno is None:  # an answer of the hub, and nothing of this machine's disk
            reason = f"the hub refused it ({cut(error, 200)}); try again, or log in by: hf auth login"
        else:
            reason = f"the hub's cache cannot be written ({error.strerror}: {error.filename}); set HF_HOME to another place"
    except Exception as error:  # its checks of names, and the library of HTTP below it, raise errors of many kinds
        reason = f"it cannot be fetched ({cut(error, 200) or type(error).__name__}); check its name and the network"
    raise ZooError(f"{cut(name)}: {reason}.")
