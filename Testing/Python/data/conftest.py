"""Practice data made once for all tests of this folder, and a server on loopback that can misbehave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set


@pytest.fixture(scope="session")
def practice_folder(tmp_path_factory) -> Path:
    """The small torso CT, breast MRI and sagittal BLISS, to be read only."""
    folder = tmp_path_factory.mktemp("practice")
    for name in ("torso-ct", "breast-mri", "breast-mri-sagittal"):
        make_practice_set(name, folder)
    return folder


@pytest.fixture(scope="session")
def torso_files(practice_folder) -> list[Path]:
    return sorted((practice_folder / "SlicerDICOMTutorialData" / "dataset1_TorsoCT").iterdir())


@pytest.fixture(scope="session")
def breast_study(practice_folder) -> Path:
    return next((practice_folder / "SlicerDICOMTutorialData" / "dataset2_BreastMRI").iterdir())


@dataclass
class LoopbackServer:
    """A web server of this test: ``answers`` maps a path to a function of the request handler; ``asked`` lists requests."""

    url: str
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            loopback.asked.append((self.path, dict(self.headers)))
            answer = loopback.answers.get(self.path.split("?")[0])
            if answer is None:
                self.send_error(404)
            else:
                answer(self)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    class QuietServer(ThreadingHTTPServer):
        def handle_error(self, request, client_address) -> None:
            """Clients of these tests hang up on purpose."""

    http = QuietServer(("127.0.0.1", 0), Handler)
    loopback = LoopbackServer(f"http://127.0.0.1:{http.server_address[1]}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield loopback
    http.shutdown()
    http.server_close()
    thread.join()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """An answer with its headers; underscores stand for hyphens."""
    handler.send_response(status)
    headers.setdefault("Content_Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def sending() -> Callable[..., None]:
    """``sending(handler, body, status, **headers)`` answers a request."""
    return send
