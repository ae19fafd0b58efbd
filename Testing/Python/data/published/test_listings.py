"""Listings that come in pages: of a bucket and of a DICOMweb server, how long they may be and what is asked for next."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from pydicom.dataset import Dataset
from refusals import reason

from DICOMTutorialHelperLib.data.published import archives, bucket, dicomweb
from DICOMTutorialHelperLib.data.published.dicomweb import Server, server_address


def listing(keys, token="", truncated=None) -> str:
    """A page as Amazon S3 writes it."""
    truncated = bool(token) if truncated is None else truncated
    entries = "".join(f"<Contents><Key>{key}</Key><Size>5</Size></Contents>" for key in keys)
    following = f"<NextContinuationToken>{token}</NextContinuationToken>" if token else ""
    start = '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    return f"{start}{entries}<IsTruncated>{str(truncated).lower()}</IsTruncated>{following}</ListBucketResult>"


@pytest.fixture
def pages(monkeypatch, tmp_path):
    """A bucket that answers with these pages, one after the other; ``pages.asked`` are the parameters of each request."""
    answers: list[bytes] = []
    asked = []

    def download(address, path, progress, same_site=False):
        asked.append((urlsplit(address).netloc, parse_qs(urlsplit(address).query), same_site))
        progress(7, 9)
        path.write_bytes(answers.pop(0))
        return path

    monkeypatch.setattr(bucket, "download", download)
    told = []

    def read(*texts):
        answers[:] = [text if isinstance(text, bytes) else text.encode() for text in texts]
        return bucket.list_folder("https://host", "folder", tmp_path, lambda *counts: told.append(counts))

    return SimpleNamespace(read=read, asked=asked, told=told, folder=tmp_path)


def test_pages_are_read_until_one_is_the_last(pages):
    found = pages.read(listing(["folder/a"], "t1"), listing(["folder/b", "folder/c"], "t2"), listing([]))
    assert [(one.url, one.name, one.size) for one in found] == [(f"https://host/folder/{name}", name, 5) for name in "abc"]
    first = {"list-type": ["2"], "prefix": ["folder/"]}
    assert pages.asked == [
        ("host", first, True),
        ("host", {**first, "continuation-token": ["t1"]}, True),
        ("host", {**first, "continuation-token": ["t2"]}, True),
    ]
    assert pages.told == [(0, 0)] * 3 and list(pages.folder.iterdir()) == []


@pytest.mark.parametrize(
    "texts",
    [
        [listing(["folder/a"], truncated=True)], [listing(["folder/a"], "t"), listing(["folder/b"], "t")],
        [listing(["folder/a", "folder/a"])], [listing(["folder/a"], "t"), listing(["folder/a"])], ["<Other/>"], ["no XML"],
        ['<!DOCTYPE x [<!ENTITY a "b">]>' + listing([])], [b"\xff\xfe\x00"],
    ],
)  # fmt: skip
def test_what_is_no_listing_of_the_folder_is_refused(pages, texts):
    assert reason(pages.read, *texts) == "listing-wrong"
    assert list(pages.folder.iterdir()) == []


@pytest.mark.parametrize(("longer", "told"), [(0, None), (1, "listing-wrong")])
def test_a_page_has_8_mib_at_the_most(pages, longer, told):
    text = listing(["folder/a"])
    assert reason(pages.read, text + " " * (8 * 1024 * 1024 - len(text) + longer)) == told


@pytest.mark.parametrize(("count", "told"), [(200_000, None), (200_001, "listing-wrong")])
def test_a_folder_has_200000_files_at_the_most(monkeypatch, tmp_path, count, told):
    page = SimpleNamespace(iterfind=lambda _: range(count), findtext=lambda _: None)
    monkeypatch.setattr(bucket, "_page", lambda *_: page)
    monkeypatch.setattr(bucket, "_file", lambda _bucket, _folder, number, _address: SimpleNamespace(name=number))
    assert reason(bucket.list_folder, "https://host", "folder", tmp_path) == told


def header(uid: str) -> dict:
    return {"0020000D": {"vr": "UI", "Value": [uid]}}


class Client:
    """A server's client that has some studies and gives ``most`` at a time, from the first on where it does not count pages."""

    def __init__(self, studies: int, most: int, counts: bool = True) -> None:
        self.all = [header(f"1.2.{number}") for number in range(studies)]
        self.most, self.counts = most, counts
        self.asked: list[tuple] = []

    def search_for_studies(self, limit, offset, fields, **where):
        self.asked.append((limit, offset, where))
        start = offset if self.counts else 0
        return self.all[start : start + min(limit, self.most)]


@pytest.mark.parametrize(
    ("studies", "most", "counts", "offsets"),
    [
        (0, 9, True, [0]), (3, 1000, True, [0, 3]), (5, 2, True, [0, 2, 4, 5]), (4, 2, True, [0, 2, 4]), (3, 9, False, [0, 3]),
        (1500, 9999, True, [0, 1000, 1500]),
    ],
)  # fmt: skip
def test_a_server_is_asked_for_a_thousand_at_a_time_until_nothing_new_comes(studies, most, counts, offsets):
    client = Client(studies, most, counts)
    server = Server(server_address("https://host/dicom-web"), None, client)
    found = server._pages("search_for_studies", dicomweb.STUDY_FIELDS, search_filters={"a": "b"})
    assert [str(one.StudyInstanceUID) for one in found] == [f"1.2.{number}" for number in range(studies)]
    assert client.asked == [(1000, offset, {"search_filters": {"a": "b"}}) for offset in offsets]
    assert all(isinstance(one, Dataset) for one in found)


@pytest.mark.parametrize("size", [0, 1, 2**20, 2**20 + 1, 2**21])
def test_members_are_unpacked_and_told_mebibyte_by_mebibyte(size):
    """So that a large one does not fill the memory, and progress moves."""
    left = bytearray(size)
    asked, written, told = [], [], []

    def read(most):
        asked.append(most)
        chunk, left[:most] = bytes(left[:most]), b""
        return chunk

    done = archives._copy(
        SimpleNamespace(read=read), SimpleNamespace(write=lambda chunk: written.append(len(chunk))), size, 5, 5 + size,
        lambda *counts: told.append(counts),
    )  # fmt: skip
    pieces = [min(2**20, size - start) for start in range(0, size, 2**20)]
    assert done == 5 + size and written == pieces
    assert set(asked) == {2**20} and told == [(5 + sum(pieces[: n + 1]), 5 + size) for n in range(len(pieces))]


def test_an_element_tree_keeps_namespaces_apart():
    """What the listing's searches rest on: ``{*}`` finds a name in any namespace."""
    page = ElementTree.fromstring(listing(["folder/a"]))
    assert page.findtext("{*}IsTruncated") == "false" and page.findtext("IsTruncated") is None
