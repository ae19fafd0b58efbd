"""What Slicer's Sample Data module needs to offer the data sets: plain facts, for the application to register."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Union

from DICOMTutorialHelperLib.languages import resources_folder

CATEGORY = "DICOM Tutorial Helper"
PRACTICE, PUBLISHED = "practice", "published"
FILE_TYPE, ENDING = "DICOMTutorialDataSet", ".dicomtutorial"  # of the module's file reader

# Sample names are what scripts pass to SampleData.downloadSample: the same in every language.
_SAMPLES = (
    ("PracticeTorsoCT", "torso-ct", PRACTICE),
    ("PracticeBreastMRI", "breast-mri", PRACTICE),
    ("TutorialTorsoCT", "torso-ct", PUBLISHED),
    ("TutorialBreastMRI", "breast-mri", PUBLISHED),
)


@dataclass(frozen=True)
class Provider:
    """What a click on a sample calls. Slicer tells sources apart by their printed form, so this one's stays the same."""

    set_name: str
    kind: str
    provide: Callable[[str, str], Any] = field(repr=False)

    def __call__(self, source: object) -> Any:
        return self.provide(self.set_name, self.kind)


def sample_data_sources(provide: Callable[[str, str], Any]) -> list[dict[str, Any]]:
    """Keyword arguments, one dict a sample, for SampleDataLogic.registerCustomSampleDataSource of Slicer 5.0 and later.

    ``provide(data set name, PRACTICE or PUBLISHED)`` is called when a learner clicks a sample; it makes or gets the data,
    imports and loads it, and returns what it loaded. ``SampleData.downloadSample`` of a script does not ask it: it downloads
    and loads files on its own, so each sample has a file on the disk that names it, which the module's file reader opens.
    """
    icons, samples = resources_folder() / "Icons", resources_folder() / "Datasets" / "samples"
    return [
        {
            "category": CATEGORY,
            "sampleName": name,
            "uris": (samples / f"{name}{ENDING}").as_uri(),
            "fileNames": f"{name}{ENDING}",
            "nodeNames": name,
            "thumbnailFileName": str(icons / f"{name}.png"),
            "customDownloader": Provider(set_name, kind, provide),
            "loadFileType": FILE_TYPE,  # as 5.0 calls it; later versions take both
            "loadFiles": True,
        }
        for name, set_name, kind in _SAMPLES
    ]


def read_sample(path: Union[str, Path]) -> tuple[str, str]:
    """(data set name, PRACTICE or PUBLISHED) of a sample's file. Raises OSError, and ValueError for what is no such file."""
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    found = (content.get("set"), content.get("kind")) if isinstance(content, dict) else None
    if found not in {(set_name, kind) for _, set_name, kind in _SAMPLES}:
        raise ValueError(f"{path} names no data set of the tutorial")
    return found
