"""What a folder of a public S3 bucket holds, by the bucket's own listing, without a login (ListObjectsV2 of Amazon S3's API)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published.download import download
from DICOMTutorialHelperLib.data.published.web_answer import host_of
from DICOMTutorialHelperLib.plain_text import is_portable_file_name
from DICOMTutorialHelperLib.progress import Progress, no_progress

MOST_FILES = 200_000
MOST_PAGE_BYTES = 8 * 2**20  # a page has at most a thousand keys


@dataclass(frozen=True)
class BucketFile:
    """An object of the bucket: its address, its name below the folder, and its size in bytes."""

    url: str
    name: str
    size: int


def list_folder(bucket: str, folder: str, scratch: Path, progress: Progress = no_progress) -> list[BucketFile]:
    """The objects below ``<bucket>/<folder>/``, page by page; ``scratch`` is a folder that takes the pages for the while.

    Raises DataError where the bucket does not answer, or answers with something else than a listing of this folder.
    """
    files: list[BucketFile] = []
    token = ""
    seen: set[str] = set()
    while True:
        parameters = {"list-type": "2", "prefix": f"{folder}/", **({"continuation-token": token} if token else {})}
        address = f"{bucket}/?{urlencode(parameters)}"
        page = _page(address, scratch, progress)
        files += [_file(bucket, folder, entry, address) for entry in page.iterfind("{*}Contents")]
        if len(files) > MOST_FILES or len({file.name for file in files}) < len(files):
            raise DataError("listing-wrong", url=host_of(address))
        if (page.findtext("{*}IsTruncated") or "").strip() != "true":
            return files
        token = (page.findtext("{*}NextContinuationToken") or "").strip()
        if not token or token in seen:  # a listing that leads in a circle never ends
            raise DataError("listing-wrong", url=host_of(address))
        seen.add(token)


def _page(address: str, scratch: Path, progress: Progress) -> ElementTree.Element:
    path = scratch / "listing.xml"
    try:
        content = download(address, path, lambda done, total: progress(0, 0), same_site=True).read_bytes()
    finally:
        path.unlink(missing_ok=True)
    # Listings have no document type; with one, entities could swell.
    if len(content) > MOST_PAGE_BYTES or b"<!DOCTYPE" in content:
        raise DataError("listing-wrong", url=host_of(address))
    try:
        page = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise DataError("listing-wrong", url=host_of(address)) from error
    if page.tag.rpartition("}")[2] != "ListBucketResult":
        raise DataError("listing-wrong", url=host_of(address))
    return page


def _file(bucket: str, folder: str, entry: ElementTree.Element, address: str) -> BucketFile:
    key, size = entry.findtext("{*}Key") or "", (entry.findtext("{*}Size") or "").strip()
    name = key[len(folder) + 1 :] if key.startswith(f"{folder}/") else ""
    if not is_portable_file_name(name) or not (size.isascii() and size.isdigit() and len(size) < 16):
        raise DataError("listing-wrong", url=host_of(address))
    return BucketFile(f"{bucket}/{quote(key)}", name, int(size))
