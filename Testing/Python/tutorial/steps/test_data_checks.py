"""Checks of a learner's own data: each at its bounds."""

from __future__ import annotations

from pathlib import Path

from asked_of_steps import refused, told
from fake_workspace import SERIES

from DICOMTutorialHelperLib.tutorial.steps.registry import ACTIONS
from DICOMTutorialHelperLib.workspace import interface as w


class TestData:
    def test_the_database_is_looked_at_before_the_folders(self, at_body, body, own_files):
        assert told(at_body, "data-at-hand", any_of=["ct", "t2"]) == (True, "data-at-hand.database", {"series": ["ct", "t2"]})
        body.listed = ()
        assert told(at_body, "data-at-hand", any_of=["t2"]) == (False, "data-at-hand.none", {})
        at_body.folders = {"none": own_files / "absent", "mine": own_files}
        assert told(at_body, "data-at-hand", any_of=["ct", "t2"]) == (
            True,
            "data-at-hand.folder",
            {"series": ["t2"], "folder": str(own_files)},
        )

    def test_series_are_in_the_database_all_some_or_none(self, at_body, body):
        body.remove_series(SERIES["t2"].series_instance_uid)
        assert told(at_body, "in-database", series=["ct", "stir"]) == (True, "in-database.done", {"series": ["ct", "stir"]})
        assert told(at_body, "in-database", series=["ct", "t2"]) == (
            False,
            "in-database.some",
            {"found": ["ct"], "missing": ["t2"]},
        )
        assert told(at_body, "in-database", series=["t2"]) == (False, "in-database.none", {"missing": ["t2"]})
        body.folder = None
        assert told(at_body, "in-database", series=["ct"]) == (False, "database-open.none", {})
        assert told(at_body, "database-open") == (False, "database-open.none", {})
        body.folder = Path("x")
        assert told(at_body, "database-open") == (True, "database-open.done", {})

    def test_plugins_are_enabled_for_volumes_and_for_sequences(self, at_body, body):
        names = {"volumes": ["A", "DICOMTutorialVolumePlugin"], "sequences": ["B", "DICOMTutorialSequencePlugin"]}
        assert told(at_body, "plugins-enabled", **names) == (True, "plugins-enabled.done", {"count": 2})
        body.enabled["DICOMTutorialSequencePlugin"] = False
        assert told(at_body, "plugins-enabled", **names) == (False, "plugins-enabled.no-sequences", {"plugin": "B"})
        body.enabled["DICOMTutorialVolumePlugin"] = False
        assert told(at_body, "plugins-enabled", **names) == (False, "plugins-enabled.no-volumes", {"plugin": "A"})
        ACTIONS["enable-plugins"](at_body, names=["DICOMTutorialVolumePlugin", "A"])
        assert body.enabled == {"DICOMTutorialVolumePlugin": True, "DICOMTutorialSequencePlugin": False}

    def test_series_are_loaded_all_some_others_or_none(self, at_body, body):
        assert told(at_body, "loaded", series=["ct"]) == (False, "loaded.none", {"missing": ["ct"]})
        body.load_series(SERIES["t2"].series_instance_uid)
        assert told(at_body, "loaded", series=["ct"]) == (False, "loaded.other", {"missing": ["ct"], "others": ["T2W_TSE SENSE"]})
        assert told(at_body, "loaded", series=["ct", "t2"]) == (False, "loaded.some", {"present": ["t2"], "missing": ["ct"]})
        assert told(at_body, "loaded", series=["t2"]) == (True, "loaded.done", {"series": ["t2"]})

    def test_a_sequence_is_more_than_one_volume(self, at_body, body):
        uid = SERIES["bliss"].series_instance_uid
        assert told(at_body, "loaded-as-sequence", series="bliss") == (False, "loaded.none", {"missing": ["bliss"]})
        body.load_series(uid, "DICOMTutorialVolumePlugin")
        expected = (False, "loaded-as-sequence.volume", {"series": "bliss", "name": "AX BLISS_AUTO SENSE"})
        assert told(at_body, "loaded-as-sequence", series="bliss") == expected
        ACTIONS["load-sequence"](at_body, series="bliss")
        assert [item.frames for item in body.items] == [10], "the single volume gave way"
        assert told(at_body, "loaded-as-sequence", series="bliss") == (
            True,
            "loaded-as-sequence.done",
            {"series": "bliss", "frames": 10},
        )
        ACTIONS["load-sequence"](at_body, series="bliss"), ACTIONS["load"](at_body, series=["bliss"])
        assert len(body.items) == 1, "what is loaded is not loaded again"
        body.items.append(w.LoadedItem("n", "one", w.VOLUME, uid))
        assert told(at_body, "loaded-as-sequence", series="bliss")[0], "sequences count first"

    def test_what_is_not_there_cannot_be_loaded_or_imported(self, at_body, body, own_files):
        body.listed, body.folder = (), None
        assert refused(lambda: ACTIONS["load"](at_body, series=["ct"])) == ("in-database.none", {"missing": ["ct"]})
        assert refused(lambda: ACTIONS["import-data"](at_body, series=["ct"])) == ("import-data.no-folder", {"missing": ["ct"]})
        assert body.folder is not None, "a database was made for it"
        at_body.folders = {"mine": own_files}
        ACTIONS["import-data"](at_body, series=["t2"])
        assert body.imported == [own_files / "t2"]
        made = body.folder
        ACTIONS["create-database"](at_body), ACTIONS["import-data"](at_body, series=["t2"])
        assert body.folder is made and body.imported == [own_files / "t2"]
