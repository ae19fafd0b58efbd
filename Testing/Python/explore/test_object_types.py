"""Every SOP class in plain words, and what opens it."""

from __future__ import annotations

import pytest
from pydicom.uid import UID_dictionary
from synthetic_series import CT, ENHANCED_MR, MR, XRAY, slice_dataset, write

from DICOMTutorialHelperLib.explore.data_model import data_model
from DICOMTutorialHelperLib.explore.object_types import (
    all_kinds,
    count_object_types,
    is_retired,
    kind_of,
    reader_plugins,
    sop_class_name,
)
from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.messages import messages

SEG = "1.2.840.10008.5.1.4.1.1.66.4"
COMPREHENSIVE_SR = "1.2.840.10008.5.1.4.1.1.88.33"
RT_STRUCTURES = "1.2.840.10008.5.1.4.1.1.481.3"


def test_every_storage_class_that_pydicom_names_has_a_kind():
    storage = [uid for uid, entry in UID_dictionary.items() if entry[1] == "SOP Class" and "Storage" in entry[0]]
    services = ("Storage Commitment", "Storage Service")
    unknown = [uid for uid in storage if kind_of(uid) == "unknown" and not UID_dictionary[uid][0].startswith(services)]
    assert unknown == []


@pytest.mark.parametrize(
    ("uid", "kind"),
    [
        (CT, "volume-slice"), (MR, "volume-slice"), (ENHANCED_MR, "multi-frame"), (XRAY, "single-image"), (SEG, "segmentation"),
        (COMPREHENSIVE_SR, "report"), (RT_STRUCTURES, "rt-structures"), ("1.2.840.10008.5.1.4.1.1.104.1", "document"),
        ("1.2.840.10008.5.1.4.1.1.11.1", "presentation-state"), ("1.2.840.10008.5.1.4.1.1.9.1.1", "waveform"),
        ("1.2.840.10008.5.1.4.1.1.30", "parametric-map"), ("1.2.3.4", "unknown"), ("", "unknown"),
    ],
)  # fmt: skip
def test_kinds_are_told_apart(uid, kind):
    assert kind_of(uid) == kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_explained_in_every_language(language):
    words = messages("kinds", language)
    for kind in all_kinds():
        assert words[f"kind.{kind}"] and words[f"kind.{kind}.about"].endswith(".")
    assert {f"as.{reader_plugin.as_what}" for uid in UID_dictionary for reader_plugin in reader_plugins(uid)} <= set(words)


def test_segmentations_need_an_extension_before_slicer_5_12():
    assert [reader_plugin.extension for reader_plugin in reader_plugins(SEG, "5.0")] == ["QuantitativeReporting"]
    assert [reader_plugin.extension for reader_plugin in reader_plugins(SEG, "5.10")] == ["QuantitativeReporting"]
    assert [reader_plugin.extension for reader_plugin in reader_plugins(SEG, "5.12")] == [""]
    assert [reader_plugin.extension for reader_plugin in reader_plugins(SEG, "5.13")] == [""]
    assert [reader_plugin.extension for reader_plugin in reader_plugins(SEG, "5.11")] == [""], (
        "previews have what the next release has"
    )


def test_slicer_itself_opens_ct_and_mr_in_every_version():
    for version in ("5.0", "5.2", "5.4", "5.6", "5.8", "5.10", "5.12"):
        for uid in (CT, MR):
            assert reader_plugins(uid, version)[0].module == "DICOMScalarVolumePlugin"
            assert not reader_plugins(uid, version)[0].extension


def test_structures_of_radiotherapy_need_slicerrt():
    assert {reader_plugin.extension for reader_plugin in reader_plugins(RT_STRUCTURES)} == {"SlicerRT"}


def test_what_nothing_opens_is_said_so():
    assert reader_plugins("1.2.840.10008.5.1.4.1.1.9.1.1") == []


def test_names_come_from_the_standard():
    assert sop_class_name(CT) == "CT Image"
    assert sop_class_name("1.2.3.4") == "1.2.3.4"
    assert is_retired("1.2.840.10008.5.1.4.1.1.8")
    assert not is_retired(CT)


def test_kinds_of_a_folder_are_counted(tmp_path):
    for number, sop_class in enumerate([MR, CT, CT, XRAY]):
        write(slice_dataset(number, sop_class, SeriesInstanceUID=f"1.2.{number}"), tmp_path / f"{number}.dcm")
    counts = count_object_types(data_model(tmp_path))
    assert [(count.kind, count.instances, len(count.series)) for count in counts] == [
        ("volume-slice", 2, 2), ("volume-slice", 1, 1), ("single-image", 1, 1)
    ]  # fmt: skip
