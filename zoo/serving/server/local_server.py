"""`zoo serve`: a server that answers as TensorFlow Serving does, for development and single machines."""

import os
import signal
import socket
import threading
from dataclasses import dataclass, field

import grpc
import uvicorn

from zoo.serving.server import connections, grpc_service, logs
from zoo.serving.server.app import application
from zoo.serving.server.catalog import Catalog
from zoo.serving.server.followed import Followed
from zoo.serving.server.model_sources import ModelSource
from zoo.serving.server.service import Limits, Service
from zoo.utils import silence
from zoo.utils.errors import ZooError

NOTICE = "TensorFlow-Serving-compatible, for development and single machines; beyond one, run tensorflow/serving under Kubernetes"
GRPC_PORT = 8500  # TensorFlow Serving's
KEEP_ALIVE_SECONDS = 75  # longer than a client's pool keeps a connection, so that none is closed under a request


@dataclass(frozen=True)
class Options:
    """Where a server listens, and how.

    Attributes:
        host: address to bind; the default is reachable from this machine only.
        port: port of REST; 0 for a free one.
        grpc_port: port of gRPC; 0 for a free one, None for 8500 or, if that is taken, a free one.
        poll_seconds: seconds between checks of the disk for new versions.
        grace_seconds: how long a stopping server waits for the requests that it accepted.
        reload: whether clients may replace the models by HandleReloadConfigRequest, by others below the folders served.
        limits: what it accepts.
    """

    host: str = "127.0.0.1"
    port: int = 8501
    grpc_port: int | None = None
    poll_seconds: float = 1.0
    grace_seconds: float = 30.0
    reload: bool = False
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        for name, least in (("port", 0), ("grpc_port", 0), ("poll_seconds", 0.01), ("grace_seconds", 0)):
            if getattr(self, name) is not None and not getattr(self, name) >= least:
                raise ZooError(f"{name} {getattr(self, name)}: it must be {least:g} or more.")


class LocalServer:
    """Serves models over REST and gRPC, and follows their versions on disk, until stopped; also as a context manager.

    Args:
        followed: the models.
        options: where and how.
    """

    def __init__(self, followed: Followed, options: Options | None = None):
        self.options = options or Options()
        self.catalog = Catalog()
        self.service = Service(self.catalog, self.options.limits)
        self._followed, self._given = followed, list[ModelSource]()
        self._stopping = threading.Event()

    def start(self) -> "LocalServer":
        """Load every model and listen; from the moment this returns, requests are answered.

        Raises:
            ZooError: if a model has no version that can be loaded, or a port is taken.
        """
        options = self.options
        self._bound = _bind(options.host, options.port)
        try:
            reloading = grpc_service.Reloading(self.reload, self._followed.roots) if options.reload else None
            room = connections.room()
            self._grpc = grpc_service.server(self.service, reloading, room.most)
            self.grpc_port = _bind_grpc(self._grpc, options.host, options.grpc_port)
            self._given = self._followed.read()
            self.reload(self._given)
            self._refuse_missing()
        except BaseException:
            self._bound.close()
            self._close()
            raise
        config = uvicorn.Config(
            application(self.service),
            http=connections.protocol(room.most),
            backlog=room.backlog,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=max(1, round(options.grace_seconds)),
        )
        self._http = uvicorn.Server(config)
        self._bound.listen(config.backlog)  # from here on a connection waits in the queue instead of being refused
        self._grpc.start()
        self._threads = [
            threading.Thread(target=self._http.run, kwargs={"sockets": [self._bound]}, name="zoo-http"),
            threading.Thread(target=self._poll, name="zoo-poll"),
        ]
        for thread in self._threads:
            thread.start()
        logs.event("serving", url=self.url, grpc=self.grpc_address, models=self.catalog.names())
        return self

    @property
    def url(self) -> str:
        """Where REST is, e.g. `http://127.0.0.1:8501`."""
        return f"http://{_written(self.options.host)}:{self._bound.getsockname()[1]}"

    @property
    def grpc_address(self) -> str:
        """Where gRPC is, e.g. `127.0.0.1:8500`."""
        return f"{_written(self.options.host)}:{self.grpc_port}"

    def reload(self, sources: list[ModelSource]) -> None:
        """Serve these models from now on; returns when they are loaded."""
        self.catalog.refresh(sources)

    def stop(self) -> None:
        """Accept no more connections, finish accepted requests within the grace period, unload the models."""
        logs.event("stopping", taken=self.service.admission.taken)
        self._stopping.set()
        self._http.should_exit = True
        done = self._grpc.stop(self.options.grace_seconds)
        for thread in self._threads:
            thread.join()
        done.wait()
        self._close()
        logs.event("stopped")

    def _close(self) -> None:
        self.service.close()
        self.catalog.close()

    def __enter__(self) -> "LocalServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _poll(self) -> None:
        reported = ""
        while not self._stopping.wait(self.options.poll_seconds):
            try:
                found = self._followed.read()
                # A configuration that came by gRPC stays until the one on disk changes.
                changed, self._given = found != self._given, found
                self.catalog.refresh(found if changed else None)
                reported = ""
            except Exception as error:  # what is loaded goes on being served
                if str(error) != reported:
                    reported = str(error)
                    logs.event("refresh_failed", "error", error=reported, exc_info=not isinstance(error, ZooError))

    def _refuse_missing(self) -> None:
        for source in self._given:
            if not self.catalog.available(source.name):
                failed = self.catalog.failures(source.name)
                raise ZooError(f"{source.name}: no version of it can be served ({failed}); publish it again by `zoo export`.")


def run(followed: Followed, options: Options) -> None:
    """Serve until SIGTERM or SIGINT, then finish the accepted requests and return.

    Raises:
        ZooError: if a model cannot be loaded, or a port is taken.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # TensorFlow's own allocator keeps what a large run took, for ever; the system's gives it back (zoo/serving/server/memory.py).
    os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")
    logs.to_stream(os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8"))
    stop = threading.Event()

    def request_stop(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # a second signal ends the process at once
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, request_stop)
    with silence.notes_aside():
        server = LocalServer(followed, options).start()
    print(NOTICE, flush=True)
    for name in server.catalog.names():
        print(f"  POST {server.url}/v1/models/{name}:predict", flush=True)
    print(f"  gRPC {server.grpc_address}", flush=True)
    stop.wait()
    server.stop()
    if server.service.admission.taken:  # requests that outlast the grace period; nothing can interrupt them
        logs.event("cut_off", "error", taken=server.service.admission.taken)
        os._exit(1)


def _bind(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # Named, or asyncio would not recognise TCP and would keep Nagle's algorithm on: 40 ms more for every answer.
        bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise ZooError(f"host {host!r}: {error}; --host takes an address of this machine, e.g. 127.0.0.1.") from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.set_inheritable(False)
    except (OSError, OverflowError) as error:
        bound.close()
        raise ZooError(
            f"port {port} on {host} cannot be bound ({error}); choose another by --port, or 0 for a free one."
        ) from None
    return bound


def _bind_grpc(server: grpc.Server, host: str, port: int | None) -> int:
    try:
        return server.add_insecure_port(f"{_written(host)}:{GRPC_PORT if port is None else port}")
    except RuntimeError:
        if port is None:  # the default port was not chosen by the user, so any free one will do
            return _bind_grpc(server, host, 0)
        raise ZooError(
            f"port {port} on {host} cannot be bound for gRPC; choose another by --grpc-port, or 0 for a free one."
        ) from None


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host
