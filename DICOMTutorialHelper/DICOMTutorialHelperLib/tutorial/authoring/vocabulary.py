"""The words a tutorial may use that are names of something: of the application, of the standard, of this extension."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pydicom.datadict import DicomDictionary

from DICOMTutorialHelperLib.data.synthetic.cases import CASES
from DICOMTutorialHelperLib.data.synthetic.practice import PRACTICE_SETS
from DICOMTutorialHelperLib.workspace.interface import GREEN, LAYOUTS, PLOT, RED, THREE_D, WHOLE_LAYOUT, YELLOW

SLICE_VIEWS = (RED, YELLOW, GREEN)
PICTURES = (*SLICE_VIEWS, THREE_D, PLOT, WHOLE_LAYOUT)
# Of window and level: Slicer's VolumeDisplayPresets.json.
PRESETS = ("CT_BONE", "CT_AIR", "PET", "CT_BRAIN", "CT_ABDOMEN", "CT_LUNG", "DTI")
# Slicer's presets.xml for volume rendering, 5.0 to 5.10.
RENDERING_PRESETS = tuple(
    (
        "CT-AAA CT-AAA2 CT-Air CT-Bone CT-Bones CT-Cardiac CT-Cardiac2 CT-Cardiac3 CT-Chest-Contrast-Enhanced CT-Chest-Vessels "
        "CT-Coronary-Arteries CT-Coronary-Arteries-2 CT-Coronary-Arteries-3 CT-Cropped-Volume-Bone CT-Fat CT-Liver-Vasculature "
        "CT-Lung CT-MIP CT-Muscle CT-Pulmonary-Arteries CT-Soft-Tissue CT-X-ray DTI-FA-Brain MR-Angio MR-Default MR-MIP "
        "MR-T2-Brain US-Fetal uCT-Bone-16bit uCT-Bone-8bit uCT-Skull"
    ).split()
)
# Modules that Slicer itself has; an extension may bring others.
MODULES = tuple(
    (
        "Annotations Cameras Colors CropVolume DICOM Data DataProbe DICOMTutorialHelper Elastix Endoscopy EventBroker "
        "ExtensionWizard LineProfile Markups Models MultiVolumeExplorer MultiVolumeImporter OpenIGTLinkIF PerformanceTests Plots "
        "Reformat SampleData SceneViews ScreenCapture SegmentEditor SegmentStatistics Segmentations SelfTests Sequences "
        "SubjectHierarchy SurfaceToolbox Tables Terminologies Texts Transforms VectorToScalarVolume ViewControllers "
        "VolumeRendering Volumes WebServer Welcome"
    ).split()
)
# DICOM plugins of Slicer, of the MultiVolumeImporter and of this extension; extensions bring others.
PLUGINS = tuple(
    (
        "DICOMEnhancedUSVolumePlugin DICOMGeAbusPlugin DICOMImageSequencePlugin DICOMScalarVolumePlugin "
        "DICOMSlicerDataBundlePlugin DICOMVolumeSequencePlugin DICOMTutorialVolumePlugin DICOMTutorialSequencePlugin "
        "MultiVolumeImporterPlugin DICOMSegmentationPlugin DICOMTID1500Plugin DICOMParametricMapPlugin DICOMRtImportExportPlugin "
        "DICOMDiffusionVolumePlugin"
    ).split()
)
# PS3.3 C.7.3.1.1.1, the modalities whose images or objects Slicer or an extension of it reads, and their neighbours.
MODALITIES = tuple(
    (
        "AR BMD CR CT DMS DOC DX ECG EPS ES FID GM HC HD IO IVOCT IVUS KO LS M3D MG MR NM OAM OCT OP OPM OPT OPV OSS OT PLAN PR "
        "PT PX REG RESP RF RG RTDOSE RTIMAGE RTPLAN RTRECORD RTSTRUCT RWV SEG SM SMR SR SRF STAIN TG US VA XA XC"
    ).split()
)
MARKUP = ("strong", "emphasis", "list", "paragraph", "link", "interface", "term")


@cache
def keywords() -> tuple[str, ...]:
    """All keywords of pydicom's dictionary."""
    return tuple(entry[4] for entry in DicomDictionary.values() if entry[4])


def known_names(kind: str, series: Iterable[str] = ()) -> tuple[str, ...]:
    """The names that a text of a kind of NAMES may be. ``series`` are the tutorial's own."""
    if kind == "series":
        return tuple(series)
    return keywords() if kind == "keyword" else NAMES[kind]


NAMES: dict[str, tuple[str, ...]] = {
    "series": (),
    "keyword": (),
    "layout": LAYOUTS,
    "slice-view": SLICE_VIEWS,
    "picture": PICTURES,
    "preset": PRESETS,
    "rendering-preset": RENDERING_PRESETS,
    "module": MODULES,
    "plugin": PLUGINS,
    "practice-set": PRACTICE_SETS,
    "modality": MODALITIES,
    "case": tuple(CASES),
}
