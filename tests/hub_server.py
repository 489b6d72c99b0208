"""A stand-in for the Hugging Face Hub on this machine: repositories with commits, served as `resolve` of the hub serves them."""

import contextlib
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote


class Hub:
    """Repositories by name, each a list of commits, oldest first, and what was asked of it."""

    def __init__(self):
        self.commits: dict[str, list[tuple[str, dict[str, bytes]]]] = {}
        self.asked: list[str] = []
        self.refuses = 0  # a status that every request gets; 0 for none
        self.url = ""

    def upload(self, repository: str, folder: Path) -> str:
        """Make a commit of a folder; return its hash."""
        held = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        known = self.commits.setdefault(repository, [])
        known.append((hashlib.sha1(f"{repository}{len(known)}".encode()).hexdigest(), held))
        return known[-1][0]

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of what lies at a path `/user/name/resolve/revision/file`."""
        if self.refuses:
            return self.refuses, {}, b""
        repository, _, rest = unquote(path).strip("/").partition("/resolve/")
        revision, _, file = rest.partition("/")
        if repository not in self.commits:
            return 401, {"X-Error-Code": "RepoNotFound"}, b""
        known = {name: held for name, held in self.commits[repository]} | {"main": self.commits[repository][-1][1]}
        if revision not in known:
            return 404, {"X-Error-Code": "RevisionNotFound"}, b""
        commit = next(name for name, held in self.commits[repository] if held is known[revision])
        if file not in known[revision]:
            return 404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": commit}, b""
        body = known[revision][file]
        return 200, {"X-Repo-Commit": commit, "ETag": f'"{hashlib.sha256(body).hexdigest()}"'}, body


@contextlib.contextmanager
def running():
    """A hub that answers until the block ends."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self):
            self.answer(whole=False)

        def do_GET(self):
            self.answer(whole=True)

        def answer(self, whole):
            status, headers, body = hub.answer(self.path)
            if whole and "/resolve/" in self.path:  # the library asks for lists of its own too
                hub.asked.append(self.path.rpartition("/")[2])
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            if whole:
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()
