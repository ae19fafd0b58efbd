"""The class server of docs/class_server.md: its whole configuration, started as it stands there, over https."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import orthanc_server
import pytest
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.__main__ import main

pytest.importorskip("dicomweb_client", reason="dicomweb-client is not installed")
LACKING = [name for name in ("openssl", "nginx") if shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None]
MISSING = orthanc_server.why_missing() or (f"{LACKING[0]} is not installed" if LACKING else "")
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING or "-")
PAGE = Path(__file__).resolve().parents[4] / "docs" / "class_server.md"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def class_server(tmp_path):
    """The folder that the page tells to make, with both servers running in it; the folder and the address."""
    folder = tmp_path / "class"
    folder.mkdir()
    page = PAGE.read_text(encoding="utf-8")
    (configuration,) = (json.loads(text) for text in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    (front,) = re.findall(r"```nginx\n(.*?)```", page, re.DOTALL)
    (certificate,) = re.findall(r"```sh\n(openssl req .*?)```", page, re.DOTALL)
    inner, outer = free_port(), free_port()
    configuration["HttpPort"] = inner
    configuration["Plugins"] = [next(path for path in orthanc_server.PLUGINS if Path(path).exists())]
    (folder / "orthanc.json").write_text(json.dumps(configuration), encoding="utf-8")
    # On loopback alone, since this is a test.
    front = front.replace("127.0.0.1:8042", f"127.0.0.1:{inner}").replace("listen 8443", f"listen 127.0.0.1:{outer}")
    (folder / "nginx.conf").write_text(front, encoding="utf-8")
    command = certificate.replace("192.0.2.7", "127.0.0.1")
    subprocess.run(["sh", "-ec", command], cwd=folder, check=True, capture_output=True, timeout=60)
    path = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin"}
    running = []
    with open(folder / "log", "wb") as log:
        for words in (["Orthanc", "orthanc.json"], ["nginx", "-p", ".", "-c", "nginx.conf"]):
            running.append(subprocess.Popen(words, cwd=folder, stdout=log, stderr=log, env=path))
    try:
        for port in (inner, outer):
            _wait_for(port, running, folder)
        yield folder, f"https://127.0.0.1:{outer}/dicom-web"
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)


def _wait_for(port: int, running: list[subprocess.Popen], folder: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and all(process.poll() is None for process in running):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError((folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:])


def test_the_class_sends_and_fetches_over_https_with_the_certificate_of_the_page(class_server, tmp_path, monkeypatch, capsys):
    folder, address = class_server
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))
    monkeypatch.setenv("DICOMWEB_USER", "class")
    monkeypatch.setenv("DICOMWEB_PASSWORD", "CHANGE-ME")
    write_series(tmp_path / "files", axial_positions(4))
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    assert main(["send", str(tmp_path / "files"), "--to", address]) == 1
    assert "secure" in capsys.readouterr().err  # without the certificate, nothing is sent
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "class.crt"))
    assert main(["send", str(tmp_path / "files"), "--to", address]) == 0
    assert main(["tree", address]) == 0
    assert main(["get", "--from", address, "--to", str(tmp_path / "back")]) == 0
    assert len(list((tmp_path / "back").rglob("*.dcm"))) == 4
    monkeypatch.setenv("DICOMWEB_PASSWORD", "guessed")
    assert main(["tree", address]) == 1
