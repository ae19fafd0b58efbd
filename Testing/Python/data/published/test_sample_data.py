"""What the module Sample Data is given: names, files and pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from DICOMTutorialHelperLib.data.published import sample_data

SAMPLES = [
    ("PracticeTorsoCT", "torso-ct", "practice"),
    ("PracticeBreastMRI", "breast-mri", "practice"),
    ("TutorialTorsoCT", "torso-ct", "published"),
    ("TutorialBreastMRI", "breast-mri", "published"),
]


def test_samples_are_registered_with_these_names_files_and_pictures():
    sources = sample_data.sample_data_sources(lambda name, kind: (kind, name))
    for source, (name, set_name, kind) in zip(sources, SAMPLES):
        assert (source["category"], source["sampleName"], source["nodeNames"]) == ("DICOM Tutorial Helper", name, name)
        assert source["fileNames"] == f"{name}.dicomtutorial" and source["uris"].endswith(f"/samples/{name}.dicomtutorial")
        assert Path(source["thumbnailFileName"]).name == f"{name}.png"
        assert (source["loadFileType"], source["loadFiles"]) == ("DICOMTutorialDataSet", True)
        assert source["customDownloader"](source) == (kind, set_name)


@pytest.mark.parametrize(
    ("set_name", "kind", "known"),
    [
        *((set_name, kind, True) for _, set_name, kind in SAMPLES),
        ("examples", "practice", False),
        ("torso-ct", "made", False),
        (None, None, False),
    ],
)
def test_a_samples_file_names_a_set_that_is_offered(tmp_path, set_name, kind, known):
    path = tmp_path / "x.dicomtutorial"
    path.write_text(json.dumps({"set": set_name, "kind": kind}), encoding="utf-8")
    if known:
        assert sample_data.read_sample(str(path)) == (set_name, kind)
    else:
        with pytest.raises(ValueError, match=r"x\.dicomtutorial"):
            sample_data.read_sample(path)
