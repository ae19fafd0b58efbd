"""A run of files into which names, numbers and unknown words are planted wherever a file can hold them."""

from __future__ import annotations

import struct
from pathlib import Path

import pydicom
import pytest
from pydicom.datadict import DicomDictionary  # type: ignore[attr-defined]
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from synthetic_series import slice_dataset, write

# Whom the run is about, and how else people write it.
PEOPLE = {
    "Smithson^John": ["SMITHSON", "smithson", "Smith-son", "JOHNSMITHSON", "ＳＭＩＴＨＳＯＮ", "Mr_Smithson_2nd"],
    "Müller^Jürgen": ["Mueller", "MULLER", "Muller", "Mu\u0308ller", "MUELLER"],
    "O'Brien^Aoife": ["OBRIEN", "O Brien", "O’Brien"],
    "Sørensen^Åse": ["Sorensen", "Soerensen", "SØRENSEN"],
    "Strauß^Emil": ["STRAUSS", "Strauss"],
    "Lee^Kim": ["Lee", "KIM", "LEEKIM", "Lee, Kim"],
    "Ng^Li": ["NG LI", "Ng"],
    "Yamada^Tarou=山田^太郎=やまだ^たろう": ["YamadaTarou", "YAMADA", "山田太郎", "太郎", "ヤマダ", "ﾔﾏﾀﾞ", "タロウ"],
    "Hong^Gildong=洪^吉洞=홍^길동": ["길동", "홍길동", "吉洞", "Gildong"],
    "Wang^XiaoDong=王^小东": ["王小东", "小东", "Xiaodong"],
    "Иванов^Пётр": ["ИВАНОВ", "Ivanov", "Петр"],
    "Παπαδόπουλος^Νίκος": ["ΠΑΠΑΔΟΠΟΥΛΟΣ", "Papadopoylos"],
    "Núñez^José": ["NUNEZ", "Nuñez", "jose"],
}
IDENTITY = {
    "PatientID": ["ID445566", "445566", "445 566", "id-445566"],
    "AccessionNumber": ["ORDER4711", "4711"],
    "InstitutionName": ["SAINT MARY HOSPITAL", "Mary", "SAINTMARY"],
    "InstitutionAddress": ["Oubliette Lane 99887", "Oubliette", "99887"],
    "StationName": ["CTROOM7"],
    "DeviceSerialNumber": ["SN-00998877", "998877", "00998877"],
    "PatientTelephoneNumbers": ["+49 30 1234567", "030 123 4567", "1234567"],
    "OtherPatientIDs": ["SOCSEC-99123", "99123"],
    "PatientBirthDate": [
        "19500117", "1950-01-17", "17/01/1950", "17.1.50", "01/17/1950", "17 Jan 1950", "January 17, 1950", "SHOWA 25-01-17",
        "昭和25年1月17日", "17 janvier 1950", "500117", "170150", "17 01 50",
    ],
    "StudyDate": ["20080213", "2008-02-13", "13.02.2008", "13 février 2008"],
}  # fmt: skip
VALUES = {keyword: values[0] for keyword, values in IDENTITY.items()}
KEPT_TEXTS = ("Manufacturer", "ManufacturerModelName", "SoftwareVersions", "SequenceName", "ConvolutionKernel", "ReceiveCoilName")
TEXT_VRS = (
    "AE",
    "AS",
    "CS",
    "DA",
    "DS",
    "DT",
    "IS",
    "LO",
    "LT",
    "PN",
    "SH",
    "ST",
    "TM",
    "UC",
    "UI",
    "UN",
    "UR",
    "UT",
    "OB",
    "OW",
)
ENCODINGS = (
    "utf-8",
    "latin-1",
    "utf-16-le",
    "utf-16-be",
    "shift_jis",
    "euc_jp",
    "euc_kr",
    "gb18030",
    "iso8859-5",
    "iso8859-7",
    "big5",
)


def marker(number: int) -> str:
    """A word that stands nowhere else, in capitals so that a coded string may hold it."""
    letters = ""
    for _ in range(4):
        number, rest = divmod(number, 20)
        letters += "BCDFGHJKLMNPQRSTVWXZ"[rest]
    return f"QX{letters}JQ"


def plant(dataset: Dataset, tag: int, vr: str, data: bytes) -> None:
    """An element with just these bytes, whether they fit the VR or not."""
    data += b"\0" if vr in ("OB", "UN", "UI") and len(data) % 2 else b" " * (len(data) % 2)
    dataset[Tag(tag)] = RawDataElement(Tag(tag), vr, len(data), data, 0, False, True)


def nested(dataset: Dataset, depth: int, sequence: str = "ReferencedImageSequence") -> Dataset:
    """The innermost of some items inside each other."""
    for _ in range(depth):
        item = Dataset()
        setattr(dataset, sequence, Sequence([item]))
        dataset = item
    return dataset


def planted_run(folder: Path) -> dict[str, str]:
    """Write the files; return what may not be found in the copies, with where each was planted."""
    if int(pydicom.__version__.split(".")[0]) < 3:
        pytest.skip("pydicom 2 cannot write what is planted here: it converts every value first")
    planted: dict[str, str] = {}
    files: list[Dataset] = []

    def new_file() -> Dataset:
        dataset = slice_dataset(len(files), PatientName="Nobody^Else", PatientID="4949494")
        dataset.SpecificCharacterSet = "ISO_IR 192"
        files.append(dataset)
        return dataset

    for number, (name, writings) in enumerate(PEOPLE.items()):
        person = new_file()
        person.PatientName, person.PatientID = name, f"PID77{number}31"
        planted[f"PID77{number}31"] = "PatientID"
        for part in name.replace("=", "^").split("^"):
            if len(part) > 1 and part not in ("Li", "Ng"):
                planted[part] = name
        _spread(new_file, writings, name, planted)
    about = new_file()
    for keyword, value in VALUES.items():
        setattr(about, keyword, value)
    for keyword, writings in IDENTITY.items():
        _spread(new_file, writings, keyword, planted)
    _every_element(new_file, planted)
    _other_vrs(new_file, planted)
    for number, dataset in enumerate(files):
        write(dataset, folder / f"{number:04}.dcm")
    _lying_lengths(folder, planted)
    return planted


def _spread(new_file, writings: list[str], where: str, planted: dict[str, str]) -> None:
    """Each way to write something, in texts that are kept otherwise, at the top and deep down, in coded strings and binaries."""
    for writing in writings:
        data = writing.encode("utf-8")
        dataset = new_file()
        for place in (dataset, nested(dataset, 3)):
            for keyword in KEPT_TEXTS:
                plant(place, Tag(keyword), "LO" if keyword not in ("SequenceName", "ConvolutionKernel") else "SH", b"By " + data)
            for keyword in ("ImageType", "BodyPartExamined", "ScanOptions", "Modality", "SpecificCharacterSet"):
                if place is not dataset or keyword != "SpecificCharacterSet":
                    plant(place, Tag(keyword), "CS", data)
            for keyword in ("WindowCenterWidthExplanation", "LUTExplanation", "SegmentLabel"):
                plant(place, Tag(keyword), "LO", data)
            plant(place, Tag("LUTData"), "OW", data)
            plant(place, Tag("RedPaletteColorLookupTableData"), "OW", b"\1\2" + writing.encode("utf-16-le"))
            plant(place, Tag("SOPClassUID" if place is not dataset else "CodingSchemeUID"), "UI", data)
            code = Dataset()
            plant(code, Tag("CodeMeaning"), "LO", data)
            plant(code, Tag("CodeValue"), "SH", data)
            code.CodingSchemeDesignator = "99LOCAL"
            place.ViewCodeSequence = Sequence([code])
        dataset.SeriesDescription = f"Chest {writing} 5mm"
        # What is too short or too common to be told from chance in bytes is not looked for there; it was planted all the same.
        if len(writing.replace(" ", "")) > 4 or not writing.isascii():
            planted[writing] = where


def _every_element(new_file, planted: dict[str, str]) -> None:
    """An unknown word in every element of the dictionary that can hold one, but for those whose texts are only searched."""
    from DICOMTutorialHelperLib.explore.profile import kept_texts

    searched = {keyword for keyword, check in kept_texts().items() if check in ("device", "sequence", "method", "code")}
    top, deep, number = None, None, 0
    for tag, entry in sorted(DicomDictionary.items()):
        vr, keyword = entry[0].split(" or ")[0], entry[4]
        if tag >> 16 < 8 or keyword in searched or vr not in TEXT_VRS or keyword in ("SpecificCharacterSet", "SOPClassUID"):
            continue
        if number % 400 == 0:
            top = new_file()
            deep = nested(top, 2, "SourceImageSequence")
        for place in (top, deep):
            word = marker(number)
            number += 1
            if keyword in ("PixelData", "LUTData") or "Lookup" in keyword or (vr in ("OB", "OW") and _is_kept_binary(keyword)):
                continue  # numbers, in which no word can be told; names are planted there by themselves
            plant(place, tag, vr, word.encode())
            planted[word] = f"{keyword or hex(tag)} {vr}"


def _is_kept_binary(keyword: str) -> bool:
    from DICOMTutorialHelperLib.explore.profile import kept_binaries

    return keyword in kept_binaries()


def _other_vrs(new_file, planted: dict[str, str]) -> None:
    """Standard sequences and numbers written with other VRs, a private element, an overlay, file meta."""
    number = 100_000
    sequences = (
        "ContributingEquipmentSequence",
        "ReferencedImageSequence",
        "PerFrameFunctionalGroupsSequence",
        "ViewCodeSequence",
    )
    for vr in ("OB", "OW", "LO", "US", "UN", "LT", "CS", "UI", "FD", "AT", "SH", "DS", "UC", "UT", "OF"):
        dataset = new_file()
        for place in (dataset, nested(dataset, 2, "SourceImageSequence")):
            for keyword in (
                *sequences,
                "Rows",
                "KVP",
                "ImagePositionPatient",
                "PatientPosition",
                "EchoTime",
                "LossyImageCompression",
            ):
                if keyword == "Rows" and place is dataset:
                    continue
                word = marker(number)
                number += 1
                plant(place, Tag(keyword), vr, word.encode() * 2)
                planted[word] = f"{keyword} as {vr}"
    dataset = new_file()
    for tag in (0x00091001, 0x00191008, 0x60000022, 0x60003000, 0x50003000, 0x7F000010, 0x002031AB, 0x00189FFF):
        word = marker(number)
        number += 1
        plant(dataset, tag, "LO" if tag != 0x60003000 else "OW", word.encode())
        planted[word] = hex(tag)


def _lying_lengths(folder: Path, planted: dict[str, str]) -> None:
    """Elements whose length takes in what follows: names and numbers end up in coded strings, texts, numbers and pixels."""
    number = 200_000
    for place, keyword in enumerate(
        ("ImageType", "Modality", "Manufacturer", "SliceThickness", "SOPClassUID", "Rows", "PixelData")
    ):
        dataset = slice_dataset(5000 + place)
        words = [marker(number + one) for one in range(4)]
        number += 4
        dataset.PatientName, dataset.PatientID = f"{words[0]}^John", words[1]
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        dataset.Manufacturer, dataset.ManufacturerModelName, dataset.SliceThickness = "Maker", "Model", 2.5
        dataset.add_new((0x0028, 0x0013), "LO", words[2]) if keyword == "Rows" else None
        path = write(dataset, folder / f"lying-{keyword}.dcm")
        data = path.read_bytes()
        tag = Tag(keyword)
        head = struct.pack("<HH", tag.group, tag.element)
        head += b"OW" if keyword == "PixelData" else DicomDictionary[int(tag)][0].encode()
        start = data.index(head, 132)
        if keyword == "PixelData":
            (length,) = struct.unpack_from("<L", data, start + 8)
            tail = words[3].encode() * 4
            data = data[: start + 8] + struct.pack("<L", length + len(tail)) + data[start + 12 :] + tail
        else:
            (length,) = struct.unpack_from("<H", data, start + 6)
            wrong = min(length + 200, 60_000) if keyword != "Rows" else length + 30
            data = data[: start + 6] + struct.pack("<H", wrong) + data[start + 8 :]
        path.write_bytes(data)
        planted.update(dict.fromkeys(words, f"length of {keyword}"))
