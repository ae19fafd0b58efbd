"""Stands in for ctkDICOMDatabase, in memory: patients, studies, series and files as Slicer's database tells of them."""

from __future__ import annotations

from pathlib import Path

import pydicom
from pydicom.errors import InvalidDicomError
from pydicom.multival import MultiValue
from pydicom.tag import Tag


class Signal:
    """A signal of PythonQt: to be connected, and called to be sent."""

    def __init__(self):
        self.slots = []

    def connect(self, slot):
        self.slots.append(slot)

    def disconnect(self, slot):
        self.slots.remove(slot)

    def __call__(self):
        for slot in list(self.slots):
            slot()


class DicomDatabase:
    """Patients are numbered as they come, by ID and name; ``fileValue`` knows top-level elements and no sequences."""

    def __init__(self):
        self.databaseChanged, self.opened, self.closed = Signal(), Signal(), Signal()
        self.isOpen = False
        self.databaseDirectory = ""
        self._headers: dict[str, pydicom.Dataset] = {}
        self._kept: dict[str, dict[str, pydicom.Dataset]] = {}  # by the folder of the database
        self.asked = []  # the files of seriesForFile, for who counts

    def openDatabase(self, path):
        if Path(path).parent.is_dir():
            self.isOpen, self.databaseDirectory = True, str(Path(path).parent)
            self._headers = self._kept.setdefault(self.databaseDirectory, {})
            self.opened()

    def closeDatabase(self):
        self.isOpen = False
        self.closed()

    def initializeDatabase(self):
        self._headers.clear()

    def insert(self, files):
        """What ctkDICOMIndexer does with files: those that are no DICOM, and those that are known, are passed over."""
        for file in files:
            try:
                header = pydicom.dcmread(file, stop_before_pixels=True)
            except InvalidDicomError:
                continue
            if header.SOPInstanceUID not in {known.SOPInstanceUID for known in self._headers.values()}:
                self._headers[str(file)] = header

    def fileValue(self, file, tag):
        header = self._headers.get(str(file))
        element = None if header is None else header.get(Tag(*(int(part, 16) for part in tag.split(","))))
        if element is None or element.value is None or element.VR == "SQ":
            return ""
        values = element.value if isinstance(element.value, MultiValue) else [element.value]
        return "\\".join(map(str, values))

    def seriesForFile(self, file):
        self.asked.append(str(file))
        return self._value(self._headers.get(str(file)), "SeriesInstanceUID")

    def filesForSeries(self, uid, hits=-1):
        files = [file for file, header in self._headers.items() if header.SeriesInstanceUID == uid]
        return tuple(reversed(files))[: None if hits < 0 else hits]

    def instancesForSeries(self, uid):
        return tuple(str(self._headers[file].SOPInstanceUID) for file in self.filesForSeries(uid))

    def removeSeries(self, uid):
        for file in self.filesForSeries(uid):
            del self._headers[file]

    def patients(self):
        return tuple(dict.fromkeys(self._patient(header) for header in self._headers.values()))

    def studiesForPatient(self, key):
        return self._distinct("StudyInstanceUID", lambda header: self._patient(header) == key)

    def seriesForStudy(self, uid):
        return self._distinct("SeriesInstanceUID", lambda header: header.StudyInstanceUID == uid)

    def fieldForPatient(self, field, key):
        return self._first(field, lambda header: self._patient(header) == key)

    def nameForPatient(self, key):
        return self.fieldForPatient("PatientName", key)

    def fieldForStudy(self, field, uid):
        return self._first(field, lambda header: header.StudyInstanceUID == uid)

    def descriptionForStudy(self, uid):
        return self.fieldForStudy("StudyDescription", uid)

    def fieldForSeries(self, field, uid):
        return self._first(field, lambda header: header.SeriesInstanceUID == uid)

    def descriptionForSeries(self, uid):
        return self.fieldForSeries("SeriesDescription", uid)

    def _patient(self, header):
        return f"{header.get('PatientID', '')}|{header.get('PatientName', '')}"

    def _distinct(self, keyword, fits):
        return tuple(dict.fromkeys(str(header[keyword].value) for header in self._headers.values() if fits(header)))

    def _first(self, keyword, fits):
        return next((self._value(header, keyword) for header in self._headers.values() if fits(header)), "")

    @staticmethod
    def _value(header, keyword):
        return "" if header is None else str(header.get(keyword, "") or "")
