"""A series from buckets and from archives: its instances, each once, and its listing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import series_sources
from DICOMTutorialHelperLib.data.published.catalog import PublishedSeries
from DICOMTutorialHelperLib.data.published.many_files import WantedFile


def caught(call, *arguments, **named):
    with pytest.raises(DataError) as error:
        call(*arguments, **named)
    return error.value


def written(folder, uid="9", series="1.2", name=None):
    return write(slice_dataset(0, SOPInstanceUID=f"1.2.{uid}", SeriesInstanceUID=series), folder / (name or f"{uid}.dcm"))


SERIES = PublishedSeries("1.2", 2, 0, "folder", "https://b")


def test_a_series_is_its_instances_each_once(tmp_path):
    for folder, uids, more, why, left in (
        ("a", "12", {}, None, 2),
        ("b", "1", {}, "series-not-whole", 0),
        ("c", "123", {}, "series-not-whole", 0),
        ("d", "", {}, "no-images", 0),
        ("e", "12", {"series": "1.3"}, "not-the-series", 1),
    ):
        place = tmp_path / folder
        place.mkdir()
        for uid in uids:
            written(place, uid, **more)
        if why is None:
            series_sources.check_series(SERIES, place, "x")
        else:
            assert caught(series_sources.check_series, SERIES, place, "x").reason == why
        assert len(list(place.iterdir())) == left
    twice = tmp_path / "f"
    written(twice, "1")
    written(twice, "1", name="again.dcm")
    error = caught(series_sources.check_series, SERIES, twice, "x")
    assert (error.reason, error.fields["found"], error.fields["expected"]) == ("series-not-whole", 1, 2)
    (tmp_path / "g").mkdir()
    (tmp_path / "g" / "text").write_bytes(b"no DICOM")
    error = caught(series_sources.check_series, SERIES, tmp_path / "g", "x")
    assert (error.reason, error.fields["file"], list((tmp_path / "g").iterdir())) == ("not-the-series", "text", [])


@pytest.mark.parametrize(
    ("size", "count", "why"), [(10, 2, None), (11, 2, "listing-differs"), (10, 3, "listing-differs"), (0, 2, None)]
)
def test_a_listing_has_the_files_and_bytes_of_the_catalogue(monkeypatch, tmp_path, size, count, why):
    listed = [SimpleNamespace(url=f"u{n}", name=f"{n}.dcm", size=5) for n in range(2)]
    got = []
    monkeypatch.setattr(series_sources, "list_folder", lambda *_: listed)
    monkeypatch.setattr(series_sources, "download_files", lambda wanted, progress, pause: got.extend(wanted))
    monkeypatch.setattr(series_sources, "check_series", lambda one, folder, source: got.append(source))
    one = PublishedSeries("1.2", count, size, "folder", "https://b.org/x")
    (tmp_path / "s").mkdir()
    for name in ("0.dcm", "old.dcm"):
        (tmp_path / "s" / name).write_bytes(b"1")
    if why:
        error = caught(series_sources.from_bucket, [(one, tmp_path / "s")])
        assert (error.reason, error.fields["files"], error.fields["expected"], error.fields["megabytes"]) == (
            why,
            2,
            count,
            0.0,
        )
        assert error.fields["url"] == "b.org"
        return
    series_sources.from_bucket([(one, tmp_path / "s")])
    assert got == [WantedFile(f"u{n}", tmp_path / "s" / f"{n}.dcm", 5) for n in range(2)] + ["Imaging Data Commons"]
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["0.dcm"]


def test_progress_of_archives_counts_over_all_series():
    told = []
    series_sources._shifted(lambda *done: told.append(done), 10, 30, 5, 999)
    series_sources._shifted(lambda *done: told.append(done), 10, 30, 50, 999)
    assert told == [(15, 30), (30, 30)]
