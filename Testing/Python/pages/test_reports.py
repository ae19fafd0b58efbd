"""Reports as pages: what each says of files whose headers are known."""

from __future__ import annotations

import re

import pytest
from synthetic_series import CT, MR, XRAY, axial_positions, write_series

from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.pages import messages as page_messages
from DICOMTutorialHelperLib.pages.reports import fair_page, kinds_page, privacy_page
from DICOMTutorialHelperLib.progress import Cancelled, no_progress


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def bare(folder, count=1, **header):
    """Files without anything that points to a person but what is asked for."""
    nobody = {"PatientName": None, "PatientID": None, "StudyDate": None, "StudyInstanceUID": "1.2.3", **header}
    return write_series(folder, axial_positions(count), **nobody)


def test_a_name_is_a_grave_matter_and_stands_in_a_table(tmp_path):
    words = messages("privacy", "en")
    files = bare(tmp_path, 2, PatientName="Doe^<Jane>")
    html = privacy_page(files, "en", no_progress)
    page = plain(html)
    assert page.startswith(f"✘ {words['verdict.direct']}")
    assert words["verdict.files"].format(count=2) in page
    rows = [plain(row) for row in re.findall(r"<tr>(.*?)</tr>", html)]
    assert any("0010,0010" in row and "Doe^&lt;Jane&gt;" in row for row in rows)


def test_values_that_differ_are_counted_not_listed(tmp_path):
    words = messages("privacy", "en")
    files = bare(tmp_path / "a", PatientName="Doe^Jane") + bare(tmp_path / "b", PatientName="Doe^John")
    html = privacy_page(files, "en", no_progress)
    assert words["several"].format(count=2) in plain(html)
    assert "Doe^" not in html


def test_one_file_is_called_one_and_unreadable_ones_do_not_count(tmp_path):
    words = messages("privacy", "en")
    (tmp_path / "rubbish").write_bytes(b"no DICOM")
    files = bare(tmp_path / "a", PatientName="Doe^Jane")
    page = plain(privacy_page([tmp_path / "rubbish", *files], "en", no_progress))
    assert words["verdict.file"] in page
    assert plain(privacy_page([tmp_path / "rubbish"], "en", no_progress)) == words["grade.none"]


def test_copies_that_declare_it_are_counted(tmp_path):
    words = messages("privacy", "en")
    files = bare(tmp_path / "a", PatientIdentityRemoved="YES", DeidentificationMethod="by hand") + bare(tmp_path / "b")
    assert words["verdict.declared"].format(count=1) in plain(privacy_page(files, "en", no_progress))
    assert words["verdict.declared"].format(count=0) not in plain(privacy_page(bare(tmp_path / "c"), "en", no_progress))


def test_progress_counts_the_files_and_a_cancel_goes_through(tmp_path):
    told = []
    privacy_page(bare(tmp_path / "a", 3), "en", lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3)]

    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        privacy_page(bare(tmp_path / "b"), "en", stop)


def test_fair_has_its_four_words_with_signs_evidence_and_reasons(tmp_path):
    words = messages("fair", "en")
    html = fair_page(bare(tmp_path, 3), "en", no_progress)
    page = plain(html)
    assert page.startswith(words["title"].format(series=1, instances=3))
    heads = [plain(head) for head in re.findall(r"<h4>(.*?)</h4>", html)]
    assert [head[0] for head in heads] == ["F", "A", "I", "R"]
    signs = {"✔": "present", "◐": "partial", "✘": "missing"}
    lines = re.findall(r"<p>([✔◐✘]) <b>(.*?)</b>: (.*?)<br>(.*?)<br><i>(.*?)</i></p>", html)
    assert len(lines) >= 8
    for sign, _name, status, evidence, why in lines:
        assert status == words[f"status.{signs[sign]}"]
        assert evidence and why and "{" not in evidence


def test_kinds_are_counted_and_say_what_opens_them(tmp_path):
    words = messages("kinds", "en")
    write_series(tmp_path / "ct", axial_positions(3), sop_class=CT)
    write_series(tmp_path / "mr", axial_positions(2), sop_class=MR, SeriesInstanceUID="1.9")
    write_series(tmp_path / "xray", axial_positions(1), sop_class=XRAY, SeriesInstanceUID="1.8")
    files = sorted(tmp_path.rglob("*.dcm"))
    html = kinds_page(files, "en", no_progress, "5.10")
    assert [int(n) for n in re.findall(r"<h3>[^<]*\((\d+)\)</h3>", html)] == [3, 2, 1]
    page = plain(html)
    assert f"CT Image · {CT}" in page and f"MR Image · {MR}" in page
    assert page.count(words["opens"]) >= 3
    assert "DICOMScalarVolumePlugin" in page
    assert all(head[0] == head[0].upper() for head in re.findall(r"<h3>(.*?)</h3>", html))


def test_what_nothing_opens_and_nobody_knows_is_said_so(tmp_path):
    words = messages("kinds", "en")
    files = write_series(tmp_path, axial_positions(1), SOPClassUID="1.2.840.10008.5.1.4.1.1.9.1.1")
    assert f"{words['opens']} {words['opens.nothing']}" in plain(kinds_page(files, "en", no_progress))


@pytest.mark.parametrize(
    ("error", "key", "fields"),
    [
        (Cancelled(), "error.cancelled", {}),
        (PermissionError(13, "denied", "/a/b"), "error.permission", {"path": "/a/b"}),
        (FileNotFoundError(2, "none", "/a/b"), "error.not-found", {"path": "/a/b"}),
        (PermissionError(), "error.permission", {"path": "?"}),
        (FileNotFoundError(), "error.not-found", {"path": "?"}),
        (OSError(28, "No space left"), "error.system", {"detail": "No space left"}),
        (OSError("odd"), "error.system", {"detail": "odd"}),
        (MemoryError(), "error.memory", {}),
        (ZeroDivisionError(), "error.unexpected", {}),
    ],
)
def test_an_error_is_told_as_a_sentence(error, key, fields):
    for language in ("en", "fr"):
        assert page_messages.error_message(error, language) == page_messages.message(key, language, **fields)
