"""``practice``, ``get`` and ``recognise``: making, getting and recognising the tutorial's data sets."""

from __future__ import annotations

import json
from pathlib import Path


def add_to(subparsers) -> None:
    practice = subparsers.add_parser("practice", help="make practice data sets")
    practice.add_argument("out", type=Path, metavar="OUT")
    practice.add_argument("--set", dest="practice_set", default="all")
    practice.add_argument("--size", choices=("small", "full"), default="small")
    practice.add_argument("--fault")
    practice.add_argument("--seed", type=int, default=0)
    practice.add_argument("--json", action="store_true")
    practice.set_defaults(run=_practice)


def _practice(arguments) -> int:
    from DICOMTutorialHelperLib.data.practice import PRACTICE_SETS, make_practice_set

    names = PRACTICE_SETS if arguments.practice_set == "all" else (arguments.practice_set,)
    made = {}
    for name in names:
        made[name] = make_practice_set(name, arguments.out, arguments.size, arguments.fault, arguments.seed)
    if arguments.json:
        print(json.dumps({name: [str(path) for path in paths] for name, paths in made.items()}))
    else:
        for name, paths in made.items():
            print(f"{name}: {len(paths)} files")
    return 0
