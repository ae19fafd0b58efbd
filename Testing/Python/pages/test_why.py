"""Why a series is loaded as it is: what is chosen first, then the reasons, then every offer."""

from __future__ import annotations

import re

import pytest
from synthetic_series import MR, axial_positions, write_series

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.pages.why import why_page
from DICOMTutorialHelperLib.workspace.interface import PluginOffer

WORDS = messages("panel", "en")


def series_of(folder):
    (series,) = examine_paths([folder]).series
    return series


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def offer(name, selected=False, confidence=0.5, warning=""):
    return PluginOffer("Plugin<1>", name, "1.2", confidence, selected, warning, frames=1)


@pytest.fixture
def series(tmp_path):
    write_series(tmp_path, axial_positions(6), PixelSpacing=[0.8, 0.71234])
    return series_of(tmp_path)


def test_a_sound_volume_is_described_and_said_to_be_sound(series):
    page = plain(why_page(series, None, "en"))
    assert "4 × 5 × 6, 0.7123 × 0.8 × 2.5 mm" in page
    assert f"✔ {WORDS['why.sound']}" in page
    assert WORDS["why.not-imported"] in page
    assert WORDS["why.offers"] not in page


def test_findings_have_the_sign_of_their_severity(tmp_path):
    positions = axial_positions(8)
    del positions[3]
    write_series(tmp_path, positions, BurnedInAnnotation="YES", LossyImageCompression="01")
    page = plain(why_page(series_of(tmp_path), [], "en"))
    assert page.count("⚠") == 2 and page.count("ℹ") == 1 and "✘" not in page
    assert WORDS["why.sound"] not in page
    assert WORDS["why.nothing"] in page


def test_a_sequence_says_how_many_volumes_along_what(tmp_path):
    for volume in range(3):
        write_series(tmp_path, axial_positions(4), sop_class=MR, first=4 * volume, TriggerTime=50.0 * volume)
    page = plain(why_page(series_of(tmp_path), None, "en"))
    assert messages("examination", "en")["of-volumes"].format(count=3) + " (TriggerTime)" in page


def test_what_is_selected_stands_first_and_every_offer_in_the_table(series):
    offers = [offer("good & best", True, 0.95), offer("other", False, 0.5, "look <out>")]
    html = why_page(series, offers, "en")
    page = plain(html)
    assert page.startswith(f"{WORDS['why.loaded']} ▶ good &amp; best Plugin&lt;1&gt; {WORDS['why.found']}")
    table = re.findall(r"<tr>(.*?)</tr>", html)
    assert [plain(row) for row in table[1:]] == [
        "▶ Plugin&lt;1&gt; good &amp; best 0.95",
        "Plugin&lt;1&gt; other ⚠ look &lt;out&gt; 0.50",
    ]
    assert len(re.findall("<t[hd]", table[0])) == len(re.findall("<t[hd]", table[1])) == 4


@pytest.mark.parametrize(("count", "more"), [(30, 0), (31, 1), (75, 45)])
def test_of_many_offers_thirty_are_listed_and_the_rest_counted(series, count, more):
    html = why_page(series, [offer(f"offer {n}") for n in range(count)], "en")
    assert len(re.findall(r"<tr>", html)) == 1 + min(count, 30)
    assert (WORDS["why.more"].format(count=more) in html) == bool(more)


def test_files_that_were_left_out_are_named_with_their_reason(tmp_path):
    files = write_series(tmp_path, axial_positions(4))
    write_series(tmp_path, axial_positions(1), first=4, Rows=0)
    series = series_of(tmp_path)
    page = plain(why_page(series, None, "en"))
    assert len(files) == 4
    assert ("0004.dcm: " in page) == bool(series.skipped) == (WORDS["why.skipped"] in page)
