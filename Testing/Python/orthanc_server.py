"""A real DICOMweb server on loopback: Orthanc with its DICOMweb plugin (Debian's packages orthanc and orthanc-dicomweb)."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

PLUGINS = ("/usr/share/orthanc/plugins/libOrthancDicomWeb.so", "/usr/lib/orthanc/libOrthancDicomWeb.so")
USER, PASSWORD = "class", "room-7"


def why_missing() -> str:
    """ "" where the server can be started."""
    if shutil.which("Orthanc") is None:
        return "the server Orthanc is not installed (Debian: orthanc)"
    if not any(Path(path).exists() for path in PLUGINS):
        return "Orthanc's DICOMweb plugin is not installed (Debian: orthanc-dicomweb)"
    return ""


@dataclass
class Orthanc:
    url: str
    root: str
    process: subprocess.Popen

    def count(self) -> int:
        return requests.get(f"{self.root}/statistics", auth=(USER, PASSWORD), timeout=10).json()["CountInstances"]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def configuration(folder: Path, port: int) -> dict:
    return {
        "Name": "test",
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "index"),
        "HttpPort": port,
        "DicomServerEnabled": False,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": True,
        "RegisteredUsers": {USER: PASSWORD},
        "OverwriteInstances": False,
        "Plugins": [next(path for path in PLUGINS if Path(path).exists())],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }


@contextmanager
def running_orthanc(folder: Path) -> Iterator[Orthanc]:
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = folder / "orthanc.json"
    file.write_text(json.dumps(configuration(folder, port)), encoding="utf-8")
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(["Orthanc", str(file)], stdout=log, stderr=log)
        server = Orthanc(f"http://127.0.0.1:{port}/dicom-web", f"http://127.0.0.1:{port}", process)
        try:
            _wait(server, folder)
            yield server
        finally:
            server.stop()


def _wait(server: Orthanc, folder: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if server.process.poll() is not None:
            break
        try:
            server.count()
            return
        except (requests.exceptions.RequestException, ValueError):
            time.sleep(0.1)
    raise RuntimeError((folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:])
