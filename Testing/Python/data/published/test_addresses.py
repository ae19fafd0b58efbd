"""Identifiers and addresses: what is one, what is refused, and where a redirect may lead."""

from __future__ import annotations

import pytest
from refusals import reason

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import dicomweb
from DICOMTutorialHelperLib.data.published.dicomweb import Server, ServerAddress, server_address
from DICOMTutorialHelperLib.data.published.uids import check_uid
from DICOMTutorialHelperLib.data.published.web_answer import _on_one_site, host_of, redirected


@pytest.mark.parametrize(
    ("uid", "sound"),
    [
        ("1", True),
        ("1.2.3", True),
        ("1." * 31 + "12", True),
        ("1." * 31 + "123", False),
        ("", False),
        ("1..2", False),
        ("1.a", False),
        ("1.2.", False),
        ("١.2", False),
    ],
)
def test_a_uid_is_digits_and_dots_of_64_characters_at_the_most(uid, sound):
    assert (reason(check_uid, uid) is None) == sound


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("https://x.org/web", ("https://x.org/web", "", "")),
        ("HTTPS://x.org/web/", ("HTTPS://x.org/web", "", "")),
        (" https://x.org/studies/1.2 ", ("https://x.org", "1.2", "")),
        ("https://x.org/studies/1.2/series/3/", ("https://x.org", "1.2", "3")),
        ("https://x.org/studies", ("https://x.org", "", "")),
    ],
)
def test_an_address_names_a_server_a_study_or_a_series(text, parts):
    address = server_address(text)
    assert (address.root, address.study, address.series) == parts
    assert server_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "https://x.org/studies/1.2/series",
        "https://x.org/studies/1/series/2/x",
        "https://x.org/a#b",
        "x.org",
        "https://x.org/studies/1/2/3",
    ],
)
def test_what_is_no_address_of_a_server_is_told(text):
    assert reason(server_address, text) == "bad-address"


def test_an_address_is_written_as_it_was_meant():
    assert str(ServerAddress("https://u@x.org/a", "1", "2")) == "https://u@x.org/a/studies/1/series/2"
    assert ServerAddress("https://u@x.org:8/a").host == "x.org:8"
    assert dicomweb.work_name(Server(ServerAddress("https://x.org"))) == dicomweb.work_name(
        Server(ServerAddress("https://x.org"))
    )
    assert len(dicomweb.work_name(Server(ServerAddress("https://x.org")))) == len("server-") + 16


@pytest.mark.parametrize(
    ("url", "host"), [("https://a:b@x.org/p", "x.org"), ("x", "x"), ("https://x.org:80/", "x.org:80"), ("http://[", "http://[")]
)
def test_a_host_is_shown_without_user_and_password(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "location", "expected"),
    [
        ("https://x.org/a/b", "c", "https://x.org/a/c"),
        ("http://x.org/a", "https://y.org/", "https://y.org/"),
        ("https://x.org", "http://x.org", "insecure"),
        ("http://x.org", "http://y.org", "http://y.org"),
        ("https://x.org", "ftp://x.org", "bad-address"),
        ("https://x.org", "https:///a", "https://x.org/a"),
        ("https://x.org", "https://:80/", "bad-address"),
        ("https://x.org", "\xff", "bad-address"),
    ],
)
def test_a_redirect_stays_with_https(url, location, expected):
    try:
        assert redirected(url, location) == expected
    except DataError as error:
        assert error.reason == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://X.org/a", "https://x.org/b", True),
        ("https://x.org", "https://y.org", False),
        ("https://x.org", "https://x.org:8", False),
        ("https://b.s3.amazonaws.com", "https://b.s3.eu.amazonaws.com", True),
        ("https://b.s3.amazonaws.com", "https://x.org", False),
        ("https://x.org", "https://b.s3.amazonaws.com", False),
    ],
)
def test_amazons_storage_is_one_site(one, other, same):
    assert _on_one_site(one, other) == same
