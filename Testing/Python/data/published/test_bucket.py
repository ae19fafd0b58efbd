"""What a bucket lists."""

from __future__ import annotations

from xml.etree import ElementTree

from refusals import reason

from DICOMTutorialHelperLib.data.published.bucket import _file


def listed(key, size):
    entry = ElementTree.fromstring(f"<Contents><Key>{key}</Key><Size>{size}</Size></Contents>")
    return _file("https://b", "folder", entry, "https://b/?x")


def test_a_listed_file_lies_right_below_its_folder():
    found = listed("folder/a b.dcm", "15")
    assert (found.url, found.name, found.size) == ("https://b/folder/a%20b.dcm", "a b.dcm", 15)
    for key, size in (
        ("other/a.dcm", "1"),
        ("folder", "1"),
        ("folder/", "1"),
        ("folder/a/b", "1"),
        ("folderx/a", "1"),
        ("folder/a", "x"),
        ("folder/a", ""),
    ):
        assert reason(listed, key, size) == "listing-wrong"
    assert listed("folder/a", "9" * 15).size == int("9" * 15)
    assert reason(listed, "folder/a", "9" * 16) == "listing-wrong"
