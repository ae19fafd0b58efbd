from __future__ import annotations


def add_to(subparsers) -> None:
    return
