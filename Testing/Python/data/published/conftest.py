"""A bucket on loopback that speaks S3's listing, and a data set of the catalogue whose series lie in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pytest

from DICOMTutorialHelperLib.data.published import fetch
from DICOMTutorialHelperLib.data.published.catalog import PublishedSeries, data_set

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass
class Bucket:
    """``files`` maps a folder to its files; ``page`` is how many keys a page has. ``sizes`` are lies about them."""

    url: str
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    page: int = 7
    sizes: dict[str, int] = field(default_factory=dict)
    instead: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    given: list[str] = field(default_factory=list)

    def listing(self, query: dict[str, list[str]]) -> bytes:
        folder = query["prefix"][0].rstrip("/")
        names = sorted(self.files.get(folder, {}))
        start = int(query.get("continuation-token", ["page-0"])[0].split("-")[1])
        keys = "".join(
            f"<Contents><Key>{escape(f'{folder}/{name}')}</Key><ETag>&quot;x&quot;</ETag>"
            f"<Size>{self.sizes.get(name, len(self.files[folder][name]))}</Size></Contents>"
            for name in names[start : start + self.page]
        )
        more = start + self.page < len(names)
        token = f"<NextContinuationToken>page-{start + self.page}</NextContinuationToken>" if more else ""
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="{NAMESPACE}"><Name>b</Name>'
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{keys}</ListBucketResult>"
        ).encode()


@pytest.fixture
def bucket(server, sending) -> Bucket:
    made = Bucket(server.url)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        if parts.path in made.instead:
            made.instead[parts.path](handler)
        elif parts.path == "/":
            sending(handler, made.listing(parse_qs(parts.query)), Content_Type="application/xml")
        else:
            made.given.append(parts.path)
            _, folder, name = parts.path.split("/")
            sending(handler, made.files[folder][name], ETag='"v1"')

    class Anything(dict):
        def get(self, path, default=None):
            return super().get(path, answer)

    server.answers = Anything()
    return made


@pytest.fixture
def published_breast_mri(bucket, breast_study, monkeypatch) -> dict[str, PublishedSeries]:
    """T2 and STIR of the practice breast MRI, as the bucket publishes them and the catalogue knows them."""
    import pydicom

    published = {}
    for folder in sorted(breast_study.iterdir()):
        files = sorted(folder.glob("*.dcm"))
        header = pydicom.dcmread(files[0], stop_before_pixels=True)
        role = next((role for role in ("stir", "t2") if role in header.SeriesDescription.lower()), None)
        if role is None:
            continue
        name = f"0000-{role}"
        bucket.files[name] = {f"{role}{number:03d}.dcm": path.read_bytes() for number, path in enumerate(files)}
        size = sum(map(len, bucket.files[name].values()))
        published[role] = PublishedSeries(str(header.SeriesInstanceUID), len(files), size, name, bucket.url)
    entry = replace(data_set("breast-mri"), published=published)
    monkeypatch.setattr(fetch, "data_set", lambda name: entry if name == "breast-mri" else data_set(name))
    return published


@pytest.fixture
def names_below() -> Callable[[Path], set[str]]:
    return lambda folder: {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
