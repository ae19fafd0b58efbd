"""The catalogue and the texts around it: complete, and true to the code."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from urllib.request import urlretrieve

import pytest

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import catalog
from DICOMTutorialHelperLib.data.published.catalog import CatalogEntry, PublishedSeries
from DICOMTutorialHelperLib.data.published.sample_data import CATEGORY, PRACTICE, PUBLISHED, read_sample, sample_data_sources
from DICOMTutorialHelperLib.data.synthetic.practice import PRACTICE_SETS
from DICOMTutorialHelperLib.languages import LANGUAGES, resources_folder

DATA = Path(catalog.__file__).parents[1]


def sentences(language):
    return json.loads((resources_folder() / "Languages" / language / "datasets.json").read_text(encoding="utf-8"))


def test_every_reason_in_the_code_has_its_sentence_and_the_other_way_round():
    code = "".join(path.read_text(encoding="utf-8") for path in DATA.rglob("*.py"))
    reasons = set(re.findall(r'DataError\(\s*"([a-z-]+)"', code))
    reasons |= {"archive-damaged", "archive-web-page", "not-an-archive"}  # chosen by archives._what_it_is_instead
    reasons |= {"no-source-answers"}  # of an error that tells of others
    assert {key.split(".", 1)[1] for key in sentences("en") if key.startswith("error.")} == reasons


def test_every_set_is_made_or_published_and_has_its_words():
    for name, one in catalog.data_sets().items():
        assert one.practice == (name in PRACTICE_SETS)
        assert all(one.title(language) and one.description(language) for language in LANGUAGES)
        assert all(f"role.{role}" in sentences("en") for role in one.series)


def test_published_sets_say_how_to_cite_them():
    breast = catalog.data_set("breast-mri")
    assert "10.7937/K9/TCIA.2015.SDNRQXXR" in breast.citation
    assert breast.licence == "CC BY 3.0"
    assert breast.archive_url.startswith("https://www.dropbox.com/")


def test_an_unknown_set_is_told_with_those_there_are():
    with pytest.raises(DataError) as caught:
        catalog.data_set("brain")
    assert "torso-ct" in caught.value.message("en")


def test_a_series_address_is_that_of_the_nbia_service():
    assert catalog.series_url("1.2.3") == (
        "https://nbia.cancerimagingarchive.net/nbia-api/services/v4/getImage?NewFileNames=Yes&SeriesInstanceUID=1.2.3"
    )


def test_sample_data_holds_both_sets_made_and_published():
    asked = []
    sources = sample_data_sources(lambda name, kind: asked.append((name, kind)))
    assert {source["category"] for source in sources} == {CATEGORY}
    assert len({source["sampleName"] for source in sources}) == 4
    for source in sources:
        # Slicer 5.0 takes text for both, or fails.
        assert isinstance(source["uris"], str) and isinstance(source["fileNames"], str)
        source["customDownloader"](None)
    assert asked == [("torso-ct", PRACTICE), ("breast-mri", PRACTICE), ("torso-ct", PUBLISHED), ("breast-mri", PUBLISHED)]


def test_thumbnails_have_the_size_of_slicers_own():
    for source in sample_data_sources(lambda name, kind: None):
        image = Path(source["thumbnailFileName"]).read_bytes()
        assert image[:8] == b"\x89PNG\r\n\x1a\n" and len(image) < 120_000
        assert struct.unpack(">II", image[16:24]) == (288, 261)


def test_what_a_script_downloads_names_the_set_that_a_click_gives(tmp_path):
    for source in sample_data_sources(lambda name, kind: None):
        assert source["uris"].startswith("file:")
        copy, _ = urlretrieve(source["uris"], tmp_path / source["fileNames"])  # as SampleDataLogic.downloadFile does
        assert read_sample(copy) == (source["customDownloader"].set_name, source["customDownloader"].kind)


def test_a_file_that_names_no_data_set_is_refused(tmp_path):
    for content in ("[]", '{"set": "brain", "kind": "practice"}', "no JSON"):
        (tmp_path / "x.dicomtutorial").write_text(content, encoding="utf-8")
        with pytest.raises(ValueError):
            read_sample(tmp_path / "x.dicomtutorial")


def test_a_source_prints_the_same_when_it_is_registered_again():
    first, second = (sample_data_sources(lambda name, kind: None) for _ in range(2))
    assert [str(a["customDownloader"]) for a in first] == [str(b["customDownloader"]) for b in second]


def test_the_figure_that_was_kept_is_that_of_the_tutorials_own_question(tutorial):
    (step,) = [step for step in tutorial.steps if step.data_table is not None and step.data_table.name == "cohort"]
    kept = catalog.answer_of_idc(step.data_table.arguments["where"])
    assert kept and kept["series"] < kept["total"] and kept["date"]
    assert catalog.answer_of_idc('Modality == "XX"') is None


A, B = PublishedSeries("1.1", 2, 300, "f", "https://a"), PublishedSeries("1.2", 1, 200, "g", "https://b")


@pytest.mark.parametrize(
    ("published", "archive_url", "addresses"),
    [
        ({}, None, ()),
        ({}, "https://z/x.zip", ("https://z/x.zip",)),
        ({"ct": A}, None, ("https://a", "https://nbia.cancerimagingarchive.net")),
        ({"b": B, "a": A, "c": B}, "https://z", ("https://b", "https://a", "https://nbia.cancerimagingarchive.net", "https://z")),
    ],
)
def test_a_set_is_looked_for_in_buckets_at_tcia_and_in_its_archive(published, archive_url, addresses):
    entry = CatalogEntry("x", "f", {}, False, archive_url=archive_url, published=published)
    assert entry.addresses == addresses


@pytest.fixture
def facts(monkeypatch):
    """A catalogue of two sets, read anew."""
    published = {"series_instance_uid": "1.1", "instances": 2, "bytes": 300, "folder": "f", "within": 5}
    made = {
        "archives": {"z.zip": {"url": "https://z/z.zip"}},
        "services": {
            "tcia": {"url": "https://t/nbia-api/x?u={series}"},
            "idc": {"bucket": "https://{bucket}.org", "asked": {"where": "M", "series": 3}},
        },
        "sets": {
            "full": {
                "archive": "z.zip", "folder": "full", "practice": False, "across_studies": True, "citation": "C", "licence": "L",
                "published_when": {"role": "ct"}, "series": {"ct": {"published": published}, "mr": {"words": ["a"]}},
            },
            "bare": {"folder": "bare", "practice": True, "series": {}},
        },
    }  # fmt: skip
    monkeypatch.setattr(catalog, "_facts", lambda: made)
    monkeypatch.setattr(catalog, "data_sets", catalog.data_sets.__wrapped__)


def test_entries_say_what_the_catalogue_says_and_nothing_where_it_does_not(facts):
    full, bare = catalog.data_sets().values()
    assert (full.name, full.folder, full.archive, full.archive_url) == ("full", "full", "z.zip", "https://z/z.zip")
    assert (full.practice, full.across_studies, full.citation, full.licence) == (False, True, "C", "L")
    assert full.published_when == {"role": "ct"} and list(full.series) == ["ct", "mr"]
    assert dict(full.published) == {"ct": PublishedSeries("1.1", 2, 300, "f", "https://idc-open-data.org", 5)}
    assert (bare.archive, bare.archive_url, bare.published_when, bare.across_studies) == (None, None, None, False)
    assert (bare.practice, bare.citation, bare.licence, dict(bare.published)) == (True, "", "", {})
    with pytest.raises(TypeError):
        catalog.data_sets()["new"] = full


def test_series_addresses_and_answers_are_found_or_are_none(facts):
    assert catalog.published_series("1.1").bytes == 300 and catalog.published_series("1.9") is None
    assert catalog.idc_bucket("other") == "https://other.org"
    assert catalog.series_url("1.2") == "https://t/nbia-api/x?u=1.2"
    assert (catalog.answer_of_idc("M"), catalog.answer_of_idc("N")) == ({"series": 3}, None)
    with pytest.raises(DataError) as caught:
        catalog.data_set("none")
    assert (caught.value.reason, caught.value.fields["name"], caught.value.fields["names"]) == (
        "unknown-set",
        "none",
        "full, bare",
    )
