"""The tree patient > study > series > instance, of the DICOM database, of a folder, or of a volume on the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import qt

from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.plain_text import never_rich, one_line
from DICOMTutorialHelperLib.workspace.interface import PatientInfo

PATIENT, STUDY, SERIES, INSTANCE = "patient", "study", "series", "instance"


@dataclass(frozen=True)
class SlicePosition:
    """A row of the tree. ``uid`` is the series' for series and instances; ``path`` is an instance's file."""

    level: str
    uid: str = ""
    path: Optional[Path] = None


class SeriesTree:
    """``files_of`` gives the files of a series; instances are listed when a series is opened."""

    def __init__(self, files_of: Callable[[str], Sequence[Path]], on_choice: Callable[[], None]) -> None:
        self._files_of = files_of
        self._language = "en"
        self._places: dict[int, SlicePosition] = {}
        self.widget = qt.QTreeWidget()
        self.widget.objectName = "ExploreTree"
        self.widget.headerHidden = True
        self.widget.minimumHeight = 110
        self.widget.selectionMode = qt.QAbstractItemView.ExtendedSelection
        self.widget.itemExpanded.connect(self._list_instances)
        self.widget.itemSelectionChanged.connect(on_choice)

    def show(self, patients: Sequence[PatientInfo], language: str) -> None:
        """Show these patients; the first series is opened so that something is to be seen."""
        self._language = language
        self.widget.clear()
        self._places = {}
        for patient in patients:
            name = patient.name or message("tree.no-name", language)
            number = f" ({patient.patient_id})" if patient.patient_id else ""
            patient_item = self._item(None, message("tree.patient", language, name=f"{name}{number}"), SlicePosition(PATIENT))
            for study in patient.studies:
                words = " · ".join(part for part in (study.description, study.date) if part)
                study_item = self._item(patient_item, message("tree.study", language, name=words), SlicePosition(STUDY))
                for series in study.series:
                    number = f"{series.number}: " if series.number else ""
                    what = f"{number}{series.description} ({series.modality}, {series.instance_count})"
                    line = message("tree.series", language, name=what)
                    item = self._item(study_item, line, SlicePosition(SERIES, series.series_instance_uid))
                    item.setChildIndicatorPolicy(qt.QTreeWidgetItem.ShowIndicator)
                study_item.setExpanded(True)
            patient_item.setExpanded(True)

    def chosen(self) -> list[SlicePosition]:
        """The selected rows, in the order of the tree."""
        return [self._place(item) for item in self.widget.selectedItems()]

    def chosen_series(self) -> list[str]:
        """The series that are selected, themselves, by an instance, or by their study or patient."""
        uids: list[str] = []
        for item in self.widget.selectedItems():
            uids += self._series_below(item)
        return list(dict.fromkeys(uids))

    def chosen_files(self) -> list[Path]:
        """The files of the selected instances, else of the selected series."""
        places = self.chosen()
        if places and all(place.level == INSTANCE for place in places):
            return [place.path for place in places if place.path is not None]
        return [path for uid in self.chosen_series() for path in self._files_of(uid)]

    def choose_series(self, uid: str) -> bool:
        """Select a series; False where it is not in the tree."""
        iterator = [self.widget.topLevelItem(place) for place in range(self.widget.topLevelItemCount)]
        while iterator:
            item = iterator.pop()
            place = self._place(item)
            if place.level == SERIES and place.uid == uid:
                self.widget.setCurrentItem(item)
                return True
            iterator += [item.child(number) for number in range(item.childCount())]
        return False

    def _item(self, parent: Optional[qt.QTreeWidgetItem], text: str, place: SlicePosition) -> qt.QTreeWidgetItem:
        text = one_line(text)
        item = qt.QTreeWidgetItem([text])
        item.setToolTip(0, never_rich(text))
        number = len(self._places)
        self._places[number] = place
        item.setData(0, qt.Qt.UserRole, number)
        if parent is None:
            self.widget.addTopLevelItem(item)
        else:
            parent.addChild(item)
        return item

    def _place(self, item: qt.QTreeWidgetItem) -> SlicePosition:
        return self._places[int(item.data(0, qt.Qt.UserRole))]

    def _series_below(self, item: qt.QTreeWidgetItem) -> list[str]:
        place = self._place(item)
        if place.uid:
            return [place.uid]
        return [uid for number in range(item.childCount()) for uid in self._series_below(item.child(number))]

    def _list_instances(self, item: qt.QTreeWidgetItem) -> None:
        place = self._place(item)
        if place.level != SERIES or item.childCount():
            return
        for number, path in enumerate(self._files_of(place.uid), start=1):
            text = message("tree.instance", self._language, number=number, name=path.name)
            self._item(item, text, SlicePosition(INSTANCE, place.uid, path))
