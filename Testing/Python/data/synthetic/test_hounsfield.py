"""How dense tissues are."""

from __future__ import annotations

from DICOMTutorialHelperLib.data.synthetic import hounsfield

ORDER = (  # from the lightest to the densest, as any book on CT has them; after contrast
    "AIR", "GAS", "LUNG", "FAT", "BILE", "URINE", "FLUID", "SKIN", "CORD", "SOFT", "MUSCLE", "PROSTATE", "GUT_WALL", "DISC",
    "PANCREAS", "LIVER", "MYOCARDIUM", "CARTILAGE", "SPLEEN", "KIDNEY_MEDULLA", "VEIN", "KIDNEY_CORTEX", "SPONGY_BONE",
    "PULMONARY", "ARTERY", "CORTICAL_BONE",
)  # fmt: skip


def test_tissues_are_as_dense_as_books_say():
    values = [getattr(hounsfield, name) for name in ORDER]
    assert values == sorted(values)
    assert (hounsfield.AIR, hounsfield.FLUID < 20, -120 < hounsfield.FAT < -90) == (-1000, True, True)
    assert 50 <= hounsfield.MARROW <= 70
