"""The entry for Slicer's catalogue beside the rules of the ExtensionsIndex (entry schema 1.0.2 and its description check)."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
ENTRY = CHECKOUT / "Catalogue" / "DICOMTutorialHelper.json"
KNOWN = {
    "$schema": str,
    "category": str,
    "scm_url": str,
    "scm_revision": str,
    "scm_type": str,
    "build_dependencies": list,
    "dicom_support_rule": str,
    "build_subdirectory": str,
    "enabled": bool,
    "tier": int,
}
IMAGE_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
LARGEST = 100 << 20


@pytest.fixture
def entry():
    return json.loads(ENTRY.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cmake():
    return (CHECKOUT / "CMakeLists.txt").read_text(encoding="utf-8")


def declared(cmake, name):
    return re.search(rf'set\({name}\s*"([^"]+)"\)', cmake).group(1)


def test_the_entry_has_what_the_schema_asks_for_and_nothing_else(entry):
    assert {"$schema", "category", "scm_url"} <= entry.keys() <= KNOWN.keys()
    assert {key: type(value) for key, value in entry.items()} == {key: KNOWN[key] for key in entry}
    assert 1 <= entry["tier"] <= 5
    assert entry["$schema"].endswith("/slicer-extension-catalog-entry-schema-v1.0.2.json#")


def test_its_lines_end_as_the_index_wants_them():
    assert b"\r" not in ENTRY.read_bytes()


def test_repository_and_extension_are_named_by_the_index_s_rules(entry):
    repository = entry["scm_url"].rsplit("/", 1)[-1]
    assert entry["scm_url"].startswith("https://")
    assert repository.startswith("Slicer")
    assert not ENTRY.stem.lower().startswith("slicer")


def test_the_entry_says_what_cmake_says(entry, cmake):
    assert re.search(r"project\s*\(\s*(\w+)", cmake).group(1) == ENTRY.stem
    assert declared(cmake, "EXTENSION_CATEGORY") == entry["category"]
    assert declared(cmake, "EXTENSION_HOMEPAGE") + ".git" == entry["scm_url"]
    assert (declared(cmake, "EXTENSION_DEPENDS") == "NA") == (not entry["build_dependencies"])


def test_icon_and_screenshots_are_pictures_of_this_repository(entry, cmake):
    urls = [declared(cmake, "EXTENSION_ICONURL"), *declared(cmake, "EXTENSION_SCREENSHOTURLS").split()]
    raw = entry["scm_url"].replace("https://github.com/", "https://raw.githubusercontent.com/").removesuffix(".git")
    assert len(urls) >= 2
    for url in urls:
        path = CHECKOUT / url.removeprefix(f"{raw}/{entry['scm_revision']}/")
        assert path.read_bytes().startswith(IMAGE_BEGINNINGS), url


def test_the_repository_has_its_licence_and_keeps_below_the_index_s_size():
    assert (CHECKOUT / "LICENSE.txt").is_file()
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout of git")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    assert sum((CHECKOUT / name).stat().st_size for name in names if (CHECKOUT / name).is_file()) < LARGEST
