"""The errors of the clients: a class for each kind, with the server's own message and a remedy."""

from typing import Literal

from zoo.utils.errors import ZooError

# Whether a request may be sent again: "never"; "safe", as no model ran; "lost", as a model may have run but no answer came.
Repeat = Literal["never", "safe", "lost"]


class ServerError(ZooError):
    """A request without a valid answer; the base of all errors of the clients, and the error for status 500.

    Args:
        problem: what happened, in a few words.
        remedy: what to do about it.
        url: where the request went.
        status: the HTTP status, or the name of gRPC's status code; None where no answer came.
        server_message: the server's own message; empty where there was none.
        repeat: whether the request may be sent again.
        retry_after: seconds after which the server allows a retry; None where it gave none.

    Attributes:
        attempts: how often the request was sent.
    """

    def __init__(
        self,
        problem: str,
        remedy: str = "",
        *,
        url: str = "",
        status: int | str | None = None,
        server_message: str = "",
        repeat: Repeat = "never",
        retry_after: float | None = None,
    ):
        super().__init__(problem, remedy)  # in `args`, so that an error can be pickled and sent between processes
        self.problem, self.remedy, self.url = problem, remedy, url
        self.status, self.server_message = status, server_message
        self.repeat: Repeat = repeat
        self.retry_after = retry_after
        self.attempts = 1

    def __str__(self) -> str:
        said = " ".join(self.server_message.split())
        attempts = f" after {self.attempts} attempts" if self.attempts > 1 else ""
        status = f" ({self.status})" if self.status is not None else ""
        parts = [f"{self.url}: {self.problem}{status}{attempts}", f"the server said: {said}" if said else "", self.remedy]
        return "; ".join(part for part in parts if part).removeprefix(": ").removesuffix(".") + "."


class InvalidRequestError(ServerError):
    """The server refused the contents of the request: HTTP 400, 413; gRPC INVALID_ARGUMENT and similar codes."""


class NotFoundError(ServerError):
    """The server has no such model, version or label: HTTP 404, gRPC NOT_FOUND."""


class TooBusyError(ServerError):
    """The server was too busy at every attempt: HTTP 429 and 503, gRPC RESOURCE_EXHAUSTED and UNAVAILABLE."""


class TimedOutError(ServerError):
    """The answer did not come in time: a read timeout, HTTP 504, gRPC DEADLINE_EXCEEDED."""


class UnreachableError(ServerError):
    """No connection, or one that broke before the answer was whole."""


class InvalidAnswerError(ServerError):
    """An invalid answer: no JSON, names or shapes that contradict the metadata, NaN or infinity."""
