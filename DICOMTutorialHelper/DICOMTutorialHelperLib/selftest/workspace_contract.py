"""What every Workspace holds: one check a promise of ``workspace.interface``, over the practice CT and breast MRI.

Plain functions, so that they run in the application (the self test) as they run in the tests. Each takes a workspace whose
scene is empty and whose database is open and holds the practice data, and the folder that these lie in; it raises
AssertionError with what is not as promised. What a check loads is gone when ``contract_problems`` calls the next.
"""

from __future__ import annotations

from pathlib import Path

from DICOMTutorialHelperLib.selftest import contract_database, contract_measuring, contract_views  # noqa: F401  importing registers
from DICOMTutorialHelperLib.selftest.contract_checks import CHECKS, VIEWS_CHECKS
from DICOMTutorialHelperLib.workspace import interface as w


def contract_problems(workspace: w.Workspace, practice: Path, with_views: bool = True) -> list[str]:
    """All that is not as promised, a line a check; ``with_views`` False leaves out what needs views on a screen."""
    problems = []
    for name, check in CHECKS.items():
        if name in VIEWS_CHECKS and not with_views:
            continue
        workspace.close_scene()
        try:
            check(workspace, practice)
        except AssertionError as error:
            problems.append(f"contract: {name}: {error or 'is not so'}")
        except w.WorkspaceError as error:
            problems.append(f"contract: {name}: {error}")
    workspace.close_scene()
    return problems
