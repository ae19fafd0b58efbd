"""What Slicer's Sample Data module needs to offer the data sets: plain facts, for the application to register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from DICOMTutorialHelperLib.data.published.catalog import data_set
from DICOMTutorialHelperLib.languages import resources_folder

CATEGORY = "DICOM Tutorial Helper"
PRACTICE, PUBLISHED = "practice", "published"

# Sample names are what scripts pass to SampleData.downloadSample: the same in every language.
_SAMPLES = (
    ("PracticeTorsoCT", "torso-ct", PRACTICE, "PracticeTorsoCT.png"),
    ("PracticeBreastMRI", "breast-mri", PRACTICE, "PracticeBreastMRI.png"),
    ("TutorialTorsoCT", "torso-ct", PUBLISHED, "TutorialTorsoCT.png"),
    ("TutorialBreastMRI", "breast-mri", PUBLISHED, "TutorialBreastMRI.png"),
)


@dataclass(frozen=True)
class Provider:
    """What a click on a sample calls. Slicer tells sources apart by their printed form, so this one's stays the same."""

    set_name: str
    kind: str
    provide: Callable[[str, str], Any] = field(repr=False)

    def __call__(self, source: Any) -> Any:
        return self.provide(self.set_name, self.kind)


def sample_data_sources(provide: Callable[[str, str], Any]) -> list[dict[str, Any]]:
    """Keyword arguments, one dict a sample, for SampleDataLogic.registerCustomSampleDataSource of Slicer 5.0 and later.

    ``provide(data set name, PRACTICE or PUBLISHED)`` is called when a learner clicks a sample; it makes or gets the data,
    imports and loads it, and returns what it loaded. Slicer calls it for clicks only: its ``SampleData.downloadSample`` downloads
    on its own, so scripts use the extension's own calls.
    """
    icons = resources_folder() / "Icons"
    return [_source(name, set_name, kind, icons / icon, provide) for name, set_name, kind, icon in _SAMPLES]


def _source(name: str, set_name: str, kind: str, icon: Path, provide: Callable[[str, str], Any]) -> dict[str, Any]:
    wanted = data_set(set_name)
    return {
        "category": CATEGORY,
        "sampleName": name,
        # Slicer 5.0 wants an address and a file name as texts, even where a downloader of one's own does the work.
        "uris": (wanted.archive_url or "") if kind == PUBLISHED else f"practice:{set_name}",
        "fileNames": wanted.archive if kind == PUBLISHED else set_name,
        "thumbnailFileName": str(icon),
        "customDownloader": Provider(set_name, kind, provide),
        "loadFiles": False,
    }
