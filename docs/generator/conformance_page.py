"""What is read of DICOM: private elements from the code; SOP classes and transfer syntaxes by hand, in the page's frame."""

from __future__ import annotations

from pathlib import Path

from pydicom.uid import UID

from DICOMTutorialHelperLib.dicom.headers import OTHER_READERS
from DICOMTutorialHelperLib.dicom.private_elements import CSA_TAGS, PRIVATE_ELEMENTS

FRAME = Path(__file__).resolve().parents[1] / "conformance" / "frame.md"


def pages() -> dict[str, str]:
    private = ["| creator | element | VR | read as |", "|---|---|---|---|"]
    private += [
        f"| {one.creator} | ({one.group:04X},xx{one.element:02X}) | {one.vr} | {one.name} |"
        for one in sorted(PRIVATE_ELEMENTS, key=lambda one: (one.creator, one.group, one.element))
    ]
    private += [f"| SIEMENS CSA HEADER | (0029,xx10), tag {tag} | numbers | {name} |" for tag, name in CSA_TAGS.items()]
    left = [f"- {UID(uid).name} (`{uid}`)" for uid in sorted(OTHER_READERS)]
    text = FRAME.read_text(encoding="utf-8")
    return {"conformance.md": text.replace("{private_elements}", "\n".join(private)).replace("{left_to_others}", "\n".join(left))}
