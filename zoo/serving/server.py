"""`zoo serve`: a local server that answers as TensorFlow Serving does. For development on one machine, and it says so."""

from pathlib import Path

import uvicorn

from zoo.errors import ZooError
from zoo.serving.app import application
from zoo.serving.servable import Servable, newest_version


def run(models: dict[str, Path], host: str = "127.0.0.1", port: int = 8501) -> None:
    """Serve until stopped.

    Args:
        models: name of each model -> folder with its versions.
        host: address to bind; the default is reachable from this machine only.
        port: port to bind; 0 picks a free one.

    Raises:
        ZooError: if a folder holds no version, or the port is taken.
    """
    servables = {}
    for name, base in models.items():
        try:
            servables[name] = Servable(name, *newest_version(base))
        except (OSError, ValueError) as error:
            raise ZooError(f"{name}: {error}") from None
    server = uvicorn.Server(uvicorn.Config(application(servables), log_level="warning"))
    config = server.config
    config.host, config.port = host, port
    try:
        socket = config.bind_socket()
    except SystemExit:
        raise ZooError(f"port {port} on {host} cannot be bound; choose another by --port, or 0 for a free one.") from None
    socket.listen()  # from here on a request waits in the queue instead of being refused
    bound_host, bound_port = socket.getsockname()[:2]
    print("development server, TensorFlow-Serving-compatible; use tensorflow/serving in production", flush=True)
    for name in servables:
        print(f"  POST http://{bound_host}:{bound_port}/v1/models/{name}:predict", flush=True)
    server.run(sockets=[socket])
