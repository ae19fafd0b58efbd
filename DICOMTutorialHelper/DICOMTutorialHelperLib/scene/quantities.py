"""What the voxels of an image measure, and in what unit, as coded entries (PS3.16 CID 7180 and 7181)."""

from __future__ import annotations

from typing import Optional

import slicer
from pydicom.uid import (
    CTImageStorage,
    EnhancedCTImageStorage,
    EnhancedMRImageStorage,
    EnhancedPETImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
    LegacyConvertedEnhancedMRImageStorage,
    LegacyConvertedEnhancedPETImageStorage,
    MRImageStorage,
    PositronEmissionTomographyImageStorage,
)

from DICOMTutorialHelperLib.dicom.instance import Frame

Code = tuple[str, str, str]
"""Value, scheme, meaning."""

ATTENUATION: Code = ("112031", "DCM", "Attenuation Coefficient")
HOUNSFIELD_UNIT: Code = ("[hnsf'U]", "UCUM", "Hounsfield unit")
MR_SIGNAL: Code = ("110852", "DCM", "MR signal intensity")
NO_UNITS: Code = ("1", "UCUM", "no units")
PET_ACTIVITY: Code = ("110821", "DCM", "Nuclear Medicine Tomographic Activity")

# PET Units (0054,1001): PS3.3 C.8.9.1.1.3; codes of PS3.16 CID 84.
PET_UNITS: dict[str, Code] = {
    "BQML": ("Bq/ml", "UCUM", "Becquerels/milliliter"),
    "CNTS": ("{counts}", "UCUM", "Counts"),
    "CPS": ("{counts}/s", "UCUM", "Counts per second"),
    "PROPCNTS": ("{propcounts}", "UCUM", "Proportional to counts"),
    "PROPCPS": ("{propcounts}/s", "UCUM", "Proportional to counts per second"),
}

# SUV Type (0054,1006): PS3.3 C.8.9.1; a quantity of CID 7180 and its unit of CID 85. Absent, with units of g/ml, it means BW.
SUV_TYPES: dict[str, tuple[Code, Code]] = {
    "BW": (("126401", "DCM", "SUVbw"), ("g/ml{SUVbw}", "UCUM", "Standardized Uptake Value body weight")),
    "LBM": (("126402", "DCM", "SUVlbm"), ("g/ml{SUVlbm}", "UCUM", "Standardized Uptake Value lean body mass (James)")),
    "BSA": (("126403", "DCM", "SUVbsa"), ("cm2/ml{SUVbsa}", "UCUM", "Standardized Uptake Value body surface area")),
    "IBW": (("126404", "DCM", "SUVibw"), ("g/ml{SUVibw}", "UCUM", "Standardized Uptake Value ideal body weight")),
}

# Modality by SOP class, as Slicer's own plugin reads it; the element Modality also holds what was derived from an image.
CT_CLASSES = (CTImageStorage, EnhancedCTImageStorage, LegacyConvertedEnhancedCTImageStorage)
MR_CLASSES = (MRImageStorage, EnhancedMRImageStorage, LegacyConvertedEnhancedMRImageStorage)
PET_CLASSES = (PositronEmissionTomographyImageStorage, EnhancedPETImageStorage, LegacyConvertedEnhancedPETImageStorage)


def quantity_and_units(frame: Frame) -> tuple[Optional[Code], Optional[Code]]:
    """Codes for what a frame's values measure; None where its header does not say."""
    sop_class = frame.get("SOPClassUID")
    if sop_class in CT_CLASSES:
        # Rescale Type (PS3.3 C.11.1.1.2) may say that a CT holds something else than Hounsfield units.
        return (ATTENUATION, HOUNSFIELD_UNIT) if frame.get("RescaleType", "HU") == "HU" else (None, None)
    if sop_class in MR_CLASSES:
        return MR_SIGNAL, NO_UNITS
    if sop_class in PET_CLASSES:
        units = frame.get("Units")
        if units in ("GML", "CM2ML"):
            return SUV_TYPES.get(frame.get("SUVType", "BW" if units == "GML" else "BSA"), (None, None))
        return (PET_ACTIVITY, PET_UNITS[units]) if units in PET_UNITS else (None, None)
    return None, None


def set_quantity_and_units(node: slicer.vtkMRMLScalarVolumeNode, frame: Frame) -> None:
    """Give a volume node the coded quantity and units of a frame."""
    quantity, units = quantity_and_units(frame)
    if quantity:
        node.SetVoxelValueQuantity(_coded_entry(quantity))
    if units:
        node.SetVoxelValueUnits(_coded_entry(units))


def _coded_entry(code: Code) -> slicer.vtkCodedEntry:
    entry = slicer.vtkCodedEntry()
    entry.SetValueSchemeMeaning(*code)
    return entry
