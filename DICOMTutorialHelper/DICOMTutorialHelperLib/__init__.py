"""DICOMTutorialHelper: learn DICOM in 3D Slicer, and load CT and MR series right, with a reason for every decision."""

__version__ = "0.1.0"
