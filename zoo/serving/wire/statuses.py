"""gRPC's canonical status codes, and the HTTP status that TensorFlow Serving gives to each."""

import enum


class Code(enum.IntEnum):
    """Canonical status codes, by their number in gRPC."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


HTTP = {
    Code.OK: 200,
    Code.CANCELLED: 499,
    Code.UNKNOWN: 500,
    Code.INVALID_ARGUMENT: 400,
    Code.DEADLINE_EXCEEDED: 504,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.PERMISSION_DENIED: 403,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.FAILED_PRECONDITION: 400,
    Code.ABORTED: 409,
    Code.OUT_OF_RANGE: 400,
    Code.UNIMPLEMENTED: 501,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
    Code.DATA_LOSS: 500,
    Code.UNAUTHENTICATED: 401,
}


LONGEST_MESSAGE = 4000  # characters


class StatusError(Exception):
    """A request that is answered with an error.

    Attributes:
        code: why, as a canonical code.
        message: for the client.
    """

    def __init__(self, code: Code | int, message: str):
        # A message may quote what the client sent; gRPC carries a few kilobytes of it, and logs should not hold more.
        message = message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE] + " …"
        super().__init__(message)
        self.code = Code(code) if code in list(Code) else Code.UNKNOWN
        self.message = message
