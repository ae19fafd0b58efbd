"""Headers found again by their UID, without pixels."""

from __future__ import annotations

from DICOMTutorialHelperLib.dicom.source_headers import SourceHeaders, header_of_file


def test_headers_are_found_by_their_uid_without_pixels(two_images):
    told = []
    found = SourceHeaders.below([two_images], lambda *done: told.append(done))
    one = found.get("1.1")
    assert (one.SOPInstanceUID, one.Rows, "PixelData" in one) == ("1.1", 5, False)
    assert found.get("1.1") is one and found.get("9") is None
    assert told == [(3, 3)]
    (two_images / "1.2.dcm").unlink()
    assert found.get("1.2") is None
    assert header_of_file(two_images / "1.1.dcm").Rows == 5 and header_of_file(two_images / "text") is None


def test_progress_of_headers_is_told_every_hundred_files(tmp_path):
    for number in range(201):
        (tmp_path / f"{number}").write_bytes(b"x")
    told = []
    SourceHeaders.below([tmp_path], lambda *done: told.append(done))
    assert told == [(100, 201), (200, 201), (201, 201)]
