"""The transport over REST: TensorFlow Serving's URLs, row format and error bodies, over pooled connections."""

import datetime
import email.utils
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import urllib3

from zoo.serving.client import rows
from zoo.serving.client.errors import (
    InvalidAnswerError,
    InvalidRequestError,
    NotFoundError,
    Repeat,
    ServerError,
    TimedOutError,
    TooBusyError,
    UnreachableError,
)
from zoo.serving.client.metadata import Metadata, Signature
from zoo.serving.client.transport import Arrays, VersionStatus
from zoo.utils.errors import ZooError

_KINDS: dict[int, tuple[type[ServerError], str, Repeat, str]] = {
    400: (InvalidRequestError, "the server refused the request", "never", "correct what its message names"),
    404: (NotFoundError, "there is no such model, version or label", "never", "check the name and what client.status() lists"),
    413: (InvalidRequestError, "the request is too large", "never", "send fewer rows at once, or raise the server's limit"),
    429: (TooBusyError, "the server takes no more requests now", "safe", "send less often, or add replicas"),
    503: (TooBusyError, "the server is too busy or not ready", "safe", "wait by client.wait_until_available(), or add replicas"),
    504: (TimedOutError, "the server gave up waiting for the model", "lost", "send fewer rows at once, or raise its limit"),
}
_OTHER: tuple[type[ServerError], str, Repeat, str] = (ServerError, "the server failed", "never", "see its log")


class RestTransport:
    """One model on a server with TensorFlow Serving's REST interface.

    Args:
        url: scheme, host and port, and a path where a gateway has one, without `/v1`.
        name: the model's name.
        timeout: seconds to connect, and to wait for the server's next bytes.
        headers: sent with every request, for instance to authenticate.
        connections: how many are kept open between requests.
    """

    def __init__(self, url: str, name: str, timeout: tuple[float, float], headers: Mapping[str, str], connections: int):
        if not re.fullmatch(r"https?://[^/?#@\s]+(/[^?#\s]*)?", url):
            raise ZooError(f"url={url!r}: pass scheme, host and port, such as http://127.0.0.1:8501.")
        if url.rstrip("/").endswith("/v1"):
            raise ZooError(f"url={url!r}: leave out /v1; the client adds the path.")
        self.name, self.address = name, url.rstrip("/")
        self._model = f"{self.address}/v1/models/{name}"
        self._pool = urllib3.PoolManager(
            maxsize=connections,
            headers={"Content-Type": "application/json", "User-Agent": "fewshot-zoo", **headers},
            timeout=urllib3.Timeout(connect=timeout[0], read=timeout[1]),
        )

    def metadata(self, version: int | None, label: str | None) -> Metadata:
        url = f"{self._model}{_selector(version, label)}/metadata"
        return _understood(url, lambda body: Metadata.parsed(json.loads(body)), self._send("GET", url))

    def status(self) -> list[VersionStatus]:
        return _understood(self._model, _versions, self._send("GET", self._model))

    def predict(
        self, version: int, name: str, signature: Signature, inputs: Mapping[str, np.ndarray], wanted: Sequence[str]
    ) -> Arrays:
        url = f"{self._model}{_selector(version, None)}:predict"
        answer = self._send("POST", url, rows.encode(name, inputs))
        return _understood(url, lambda body: rows.decode(body, signature), answer)  # REST gives all outputs, wanted or not

    def close(self) -> None:
        self._pool.clear()

    def _send(self, method: str, url: str, body: bytes | None = None) -> bytes:
        try:
            answer = self._pool.request(method, url, body=body, retries=False, redirect=False)
        except urllib3.exceptions.ConnectTimeoutError as error:  # a refused connection and an unknown host are of this class
            remedy = "check the address, and that the server runs"
            raise UnreachableError(f"no connection ({_reason(error)})", remedy, url=url, repeat="safe") from None
        except urllib3.exceptions.ReadTimeoutError:
            remedy = "raise timeout=, send fewer rows at once, or allow repeats by retries=Retries(after_lost=True)"
            raise TimedOutError("no answer in time", remedy, url=url, repeat="lost") from None
        except urllib3.exceptions.SSLError as error:
            raise UnreachableError(f"no secure connection ({_reason(error)})", "check its certificate", url=url) from None
        except urllib3.exceptions.HTTPError as error:
            remedy = "see whether the server restarted; allow repeats by retries=Retries(after_lost=True)"
            problem = f"the connection broke before the answer was whole ({_reason(error)})"
            raise UnreachableError(problem, remedy, url=url, repeat="lost") from None
        if answer.status != 200:
            raise _refusal(url, answer)
        return answer.data


def _selector(version: int | None, label: str | None) -> str:
    return f"/labels/{label}" if label is not None else "" if version is None else f"/versions/{version}"


def _versions(body: bytes) -> list[VersionStatus]:
    return [
        VersionStatus(int(one["version"]), one["state"], one.get("status", {}).get("error_message", ""))
        for one in json.loads(body)["model_version_status"]
    ]


def _understood(url: str, parse: Any, body: bytes) -> Any:
    try:
        return parse(body)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        start = body[:80].decode("utf-8", "replace")
        problem = f"the answer is not TensorFlow Serving's ({type(error).__name__}: {error}), it begins {start!r}"
        raise InvalidAnswerError(problem, "check that url= is the address of a model server", url=url, status=200) from None


def _refusal(url: str, answer: urllib3.BaseHTTPResponse) -> ServerError:
    kind, problem, repeat, remedy = _KINDS.get(answer.status, _OTHER)
    text = answer.data.decode("utf-8", "replace")
    try:
        said = str(json.loads(text)["error"])
    except (ValueError, TypeError, KeyError, RecursionError):
        said = text[:200]
    wait = _seconds(answer.headers.get("Retry-After")) if repeat == "safe" else None
    return kind(problem, remedy, url=url, status=answer.status, server_message=said, repeat=repeat, retry_after=wait)


def _seconds(retry_after: str | None) -> float | None:
    """The seconds of a Retry-After header, which holds a number of them or a date; None where it holds neither."""
    if retry_after is None:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            until = email.utils.parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        seconds = (until - datetime.datetime.now(datetime.UTC)).total_seconds() if until.tzinfo else math.nan
    return None if math.isnan(seconds) else max(0.0, seconds)


def _reason(error: Exception) -> str:
    return str(error).rpartition(": ")[2] or type(error).__name__
