"""Series from a bucket, file by file: pages, wrong sizes, breaks, errors, redirects away; the next source where it fails."""

from __future__ import annotations

import io
import socket
import threading
import zipfile
from dataclasses import replace

import pytest

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import fetch, many_files
from DICOMTutorialHelperLib.data.published.catalog import data_set
from DICOMTutorialHelperLib.data.published.fetch import WebSources, from_idc, from_web
from DICOMTutorialHelperLib.data.published.recognition import recognise_folder
from DICOMTutorialHelperLib.data.published.series_sources import from_bucket
from DICOMTutorialHelperLib.progress import Cancelled

NOWHERE = "http://127.0.0.1:9/none"  # the discard port, where nobody listens


@pytest.fixture
def sources(server) -> WebSources:
    """The bucket alone: NBIA and the archive are gone."""
    return WebSources(nbia=lambda uid: NOWHERE, archive=NOWHERE, pause_seconds=0.0)


def get(target, sources, progress=lambda done, total: None):
    return from_web("breast-mri", target, progress, sources=sources)


def broken(target, sources) -> list[str]:
    """Why nothing came; and nothing lies in its place."""
    with pytest.raises(DataError) as caught:
        get(target, sources)
    assert caught.value.message("fr")
    assert not (target / "SlicerDICOMTutorialData").exists()
    assert recognise_folder(target) == []
    return [problem.reason for problem in getattr(caught.value, "problems", [caught.value])]


def test_the_catalogue_knows_the_published_breast_mri():
    """The figures of the Imaging Data Commons' own index (idc-index-data 25.0.5)."""
    published = data_set("breast-mri").published
    assert {role: one.instances for role, one in published.items()} == {"t2": 84, "stir": 84, "bliss": 840, "report": 1}
    assert sum(one.bytes for one in published.values()) == 47_093_066 * 2 + 470_957_906 + 6_866
    assert published["bliss"].folder == "b45b2963-d077-462c-a434-13e3a4420461"
    assert {one.bucket for one in published.values()} == {"https://idc-open-data.s3.amazonaws.com"}


def test_every_file_comes_from_all_pages_of_the_listing(tmp_path, bucket, published_breast_mri, sources):
    told = []
    got = get(tmp_path, sources, lambda done, total: told.append((done, total)))
    there = {path.name: path.read_bytes() for path in got.files}
    assert there == {name: content for files in bucket.files.values() for name, content in files.items()}
    assert {path.parent.name for path in got.files} == {"t2", "stir"}
    assert [path.name for path in tmp_path.iterdir()] == ["SlicerDICOMTutorialData"]
    size = sum(one.bytes for one in published_breast_mri.values())
    assert told[-1] == (size, size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_few_connections_are_open_at_a_time(tmp_path, bucket, published_breast_mri, sources, server):
    open_now, most, lock = [0], [0], threading.Lock()
    usual = server.answers.get("/anything")

    def counted(handler):
        with lock:
            open_now[0] += 1
            most[0] = max(most[0], open_now[0])
        usual(handler)
        with lock:
            open_now[0] -= 1

    for folder, files in bucket.files.items():
        for name in files:
            server.answers[f"/{folder}/{name}"] = counted
    get(tmp_path, sources)
    assert 1 <= most[0] <= many_files.CONNECTIONS


def hang_up(handler):
    handler.connection.shutdown(socket.SHUT_RDWR)


def test_after_a_break_the_next_call_fetches_only_what_is_missing(tmp_path, bucket, published_breast_mri, sources):
    names = sorted(bucket.files["0000-t2"])
    bucket.instead[f"/0000-t2/{names[-1]}"] = hang_up
    assert broken(tmp_path, sources) == ["broken-off"]
    first = set(bucket.given)
    assert first
    bucket.given.clear()
    bucket.instead.clear()
    get(tmp_path, sources)
    again = first.intersection(bucket.given)  # those that were on their way when the one broke
    assert len(again) <= many_files.CONNECTIONS < len(first) and f"/0000-t2/{names[-1]}" in bucket.given


def test_a_file_that_broke_in_its_middle_goes_on_there(tmp_path, bucket, published_breast_mri, sources, sending, server):
    name = sorted(bucket.files["0000-t2"])[0]
    content = bucket.files["0000-t2"][name]
    asked = []

    def half(handler):
        asked.append(handler.headers.get("Range"))
        if asked[-1] is None:
            sending(handler, content[: len(content) // 2], ETag='"v1"', Content_Length=str(len(content)))
            handler.wfile.flush()
            hang_up(handler)
        else:
            start = int(asked[-1][len("bytes=") : -1])
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            sending(handler, content[start:], 206, ETag='"v1"', Content_Range=span)

    bucket.instead[f"/0000-t2/{name}"] = half
    got = get(tmp_path, sources)
    assert asked[0] is None and asked[1].startswith("bytes=") and asked[1] != "bytes=0-"
    assert next(path for path in got.files if path.name == name).read_bytes() == content


def test_cancelling_keeps_what_came_and_puts_nothing_in_its_place(tmp_path, bucket, published_breast_mri, sources):
    def stop(done, total):
        if done > total / 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        get(tmp_path, sources, stop)
    assert not (tmp_path / "SlicerDICOMTutorialData").exists() and recognise_folder(tmp_path) == []
    first = len(bucket.given)
    bucket.given.clear()
    get(tmp_path, sources)
    assert 0 < len(bucket.given) < first + len(bucket.given)
    assert first + len(bucket.given) <= sum(map(len, bucket.files.values())) + many_files.CONNECTIONS


def test_storage_that_is_busy_for_a_moment_is_asked_again(tmp_path, bucket, published_breast_mri, sources, sending):
    name = sorted(bucket.files["0000-t2"])[0]
    asked = []

    def busy(handler):
        asked.append(1)
        body = bucket.files["0000-t2"][name]
        sending(handler, *((b"SlowDown", 503) if len(asked) < 3 else (body,)))

    bucket.instead[f"/0000-t2/{name}"] = busy
    get(tmp_path, sources)
    assert len(asked) == 3


def test_a_file_of_another_size_than_listed_is_not_taken(tmp_path, bucket, published_breast_mri, sources, sending):
    name = sorted(bucket.files["0000-stir"])[3]
    bucket.instead[f"/0000-stir/{name}"] = lambda handler: sending(handler, bucket.files["0000-stir"][name] + b"\0")
    assert broken(tmp_path, sources)[0] == "size-differs"


@pytest.mark.parametrize(("off", "taken"), [(-7, True), (7, True), (-8, False), (8, False)])
def test_a_size_that_is_known_rounded_may_differ_by_so_much_and_no_more(tmp_path, bucket, published_breast_mri, off, taken):
    one = published_breast_mri["t2"]
    known = replace(one, bytes=one.bytes + off, within=7)
    if taken:
        from_bucket([(known, tmp_path / "t2")], pause_seconds=0)
        assert len(list((tmp_path / "t2").iterdir())) == one.instances
    else:
        with pytest.raises(DataError) as caught:
            from_bucket([(known, tmp_path / "t2")], pause_seconds=0)
        assert caught.value.reason == "listing-differs"


@pytest.mark.parametrize("change", ["a file less", "a file more", "a size that lies"])
def test_a_listing_that_differs_from_the_catalogue_brings_nothing(tmp_path, bucket, published_breast_mri, sources, change):
    files = bucket.files["0000-t2"]
    if change == "a file less":
        files.popitem()
    elif change == "a file more":
        files["one-more.dcm"] = b"x"
    else:
        bucket.sizes[sorted(files)[0]] = 12
    assert broken(tmp_path, sources)[0] == "listing-differs"
    assert bucket.given == []


def test_the_same_instance_twice_is_not_taken_for_two(tmp_path, bucket, published_breast_mri, sources):
    files = bucket.files["0000-t2"]
    one, other = sorted(files)[:2]
    assert len(files[one]) == len(files[other])
    files[one] = files[other]
    assert broken(tmp_path, sources)[0] == "series-not-whole"


@pytest.mark.parametrize("what", ["no DICOM", "another series"])
def test_a_file_that_is_not_of_the_series_is_not_taken(tmp_path, bucket, published_breast_mri, sources, what):
    files = bucket.files["0000-t2"]
    name = sorted(files)[2]
    uid = published_breast_mri["t2"].series_instance_uid.encode()
    other = uid[:-1] + (b"1" if uid[-1:] != b"1" else b"2")
    files[name] = b"\0" * len(files[name]) if what == "no DICOM" else files[name].replace(uid, other)
    assert broken(tmp_path, sources)[0] == "not-the-series"


@pytest.mark.parametrize(
    "page",
    [
        b"<html>Please sign in</html>",
        b"<ListBucketResult><Contents>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><ListBucketResult>&a;</ListBucketResult>',
        b"<ListBucketResult><Contents><Key>0000-t2/../../evil.dcm</Key><Size>3</Size></Contents></ListBucketResult>",
        b"<ListBucketResult><Contents><Key>0000-other/a.dcm</Key><Size>3</Size></Contents></ListBucketResult>",
        b"<ListBucketResult><Contents><Key>0000-t2/a.dcm</Key><Size>-3</Size></Contents></ListBucketResult>",
        b"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        b"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a</NextContinuationToken></ListBucketResult>",
        b"\xff\xfe\x00garbage",
    ],
)
def test_what_is_no_listing_is_told(tmp_path, bucket, published_breast_mri, sources, sending, page):
    bucket.instead["/"] = lambda handler: sending(handler, page)
    assert broken(tmp_path, sources)[0] == "listing-wrong"
    assert not list(tmp_path.parent.glob("*evil*")) and not list(tmp_path.rglob("*.dcm"))


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_bucket_that_refuses_is_told_with_the_others(tmp_path, bucket, published_breast_mri, sources, sending, status):
    bucket.instead["/"] = lambda handler: sending(handler, b"<Error/>", status)
    assert broken(tmp_path, sources) == ["server-error" if status == 500 else "refused", "offline", "offline"]


def test_a_redirect_to_another_place_is_not_followed(tmp_path, bucket, published_breast_mri, sources, sending, server):
    name = sorted(bucket.files["0000-t2"])[0]
    port = server.url.rpartition(":")[2]
    elsewhere = f"http://localhost:{port}/0000-t2/{name}"
    bucket.instead[f"/0000-t2/{name}"] = lambda handler: sending(handler, b"", 302, Location=elsewhere)
    assert broken(tmp_path, sources)[0] == "leads-away"


def test_where_the_bucket_does_not_answer_the_series_come_from_tcia(tmp_path, bucket, published_breast_mri, sending, server):
    def series_zip(handler):
        uid = handler.path.partition("=")[2]
        one = next(one for one in published_breast_mri.values() if one.series_instance_uid == uid)
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as opened:
            opened.writestr("LICENSE", "CC BY 3.0")
            for name, file in bucket.files[one.folder].items():
                opened.writestr(name, file)
        sending(handler, content.getvalue())

    bucket.instead["/"] = lambda handler: sending(handler, b"", 503)
    bucket.instead["/getImage"] = series_zip
    sources = WebSources(nbia=lambda uid: f"{server.url}/getImage?uid={uid}", archive=NOWHERE, pause_seconds=0.0)
    got = get(tmp_path, sources)
    assert {path.suffix for path in got.files} == {".dcm"} and len(got.files) == sum(map(len, bucket.files.values()))
    assert [path.name for path in tmp_path.iterdir()] == ["SlicerDICOMTutorialData"]


def test_where_neither_answers_the_archive_is_fetched(tmp_path, bucket, published_breast_mri, sending, server):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        for folder, files in bucket.files.items():
            for name, file in files.items():
                opened.writestr(f"SlicerDICOMTutorialData/dataset2_BreastMRI/{folder}/{name}", file)
    bucket.instead["/"] = lambda handler: sending(handler, b"", 503)
    bucket.instead["/archive.zip"] = lambda handler: sending(handler, content.getvalue())
    got = get(tmp_path, WebSources(nbia=lambda uid: NOWHERE, archive=f"{server.url}/archive.zip", pause_seconds=0.0))
    assert len(got.files) == sum(map(len, bucket.files.values()))


def test_files_of_the_learner_are_never_replaced(tmp_path, bucket, published_breast_mri, sources):
    name = sorted(bucket.files["0000-t2"])[0]
    own = tmp_path / "SlicerDICOMTutorialData" / "dataset2_BreastMRI" / "t2" / name
    own.parent.mkdir(parents=True)
    own.write_bytes(b"mine")
    with pytest.raises(DataError) as caught:
        get(tmp_path, sources)
    assert caught.value.reason == "would-overwrite" and own.read_bytes() == b"mine"


def test_half_of_the_published_series_never_looks_whole(tmp_path, bucket, published_breast_mri, monkeypatch):
    """Although nothing of what is there says that slices are missing at the end."""
    from DICOMTutorialHelperLib.data.published import recognition

    known = {"breast-mri": fetch.data_set("breast-mri")}
    monkeypatch.setattr(recognition, "data_sets", lambda: known)
    for number, (name, content) in enumerate(sorted(bucket.files["0000-t2"].items())):
        if number < len(bucket.files["0000-t2"]) - 2:
            (tmp_path / name).write_bytes(content)
    (found,) = recognise_folder(tmp_path)
    assert [series.missing for series in found.series] == [2] and not found.whole


def test_single_series_come_from_the_bucket_into_folders_of_their_own(tmp_path, bucket, published_breast_mri):
    uid = published_breast_mri["t2"].series_instance_uid
    known = {one.series_instance_uid: one for one in published_breast_mri.values()}
    got = from_idc([uid, uid], tmp_path, locate=lambda uids: [known[uid] for uid in uids])
    assert {path.parent.name for path in got.files} == {uid}
    assert {path.name for path in tmp_path.iterdir()} == {uid}
    again = from_idc([uid], tmp_path, locate=lambda uids: [known[uid] for uid in uids])
    assert len(again.files) == len(got.files)


def test_a_series_that_nobody_knows_is_told(tmp_path):
    with pytest.raises(DataError) as caught:
        from_idc(["1.2.3"], tmp_path)
    assert caught.value.reason == "not-in-catalogue"
