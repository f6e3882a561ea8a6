"""The page itself: small, in the reader's language, without anything from elsewhere (THREATS T23, T46)."""

import gzip
import re
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import LANGUAGES
from bot.web.pages import Pages, preferred
from tests.web.serving import LEAVE_URL, Site, catalogue, site

LIMIT_BYTES = 40_000


@pytest.fixture
async def safar(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as running:
        yield running


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ru"),
        ("ky", "ky"),
        ("ky-KG,ru;q=0.9,en;q=0.8", "ky"),
        ("en-US,en;q=0.9,tg;q=0.5", "tg"),
        ("ru;q=0.5,uz;q=0.9", "uz"),
        ("uz-Cyrl-UZ,ru", "uz_Cyrl"),
        ("uz-Latn", "uz"),
        ("en,de", "ru"),
        ("*", "ru"),
        ("tg;q=0", "ru"),
        ("tg;q=x, ky;q=0.1", "ky"),
        ("ru;q=nan", "ru"),
        (",;q=,;;=", "ru"),
    ],
)
def test_the_language_comes_from_the_browser_and_is_one_of_ours(header: str, language: str) -> None:
    assert preferred(header) == language


@given(st.text())
def test_no_header_makes_it_raise(header: str) -> None:
    assert preferred(header) in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_weighs_less_than_40_kilobytes_in_all(language: str) -> None:
    pages = Pages(LEAVE_URL)
    page = pages.chat(catalogue(), language).plain

    weight = len(page)
    for name in re.findall(rb'(?:src|href)="/assets/([^"]+)"', page):
        asset = pages.asset(name.decode())
        assert asset is not None
        weight += len(asset.plain)

    assert weight < LIMIT_BYTES
    assert re.search(rf'<html lang="{LANGUAGES[language].tag}"', page.decode())


def test_nothing_is_loaded_from_elsewhere_and_nothing_stands_inline() -> None:
    pages = Pages(LEAVE_URL)
    page = pages.chat(catalogue(), "ru").plain.decode()

    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', page) == [f'href="{LEAVE_URL}"']
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=|javascript:", page)
    for name in re.findall(r"/assets/([^\"]+\.(?:css|js))", page):
        asset = pages.asset(name)
        assert asset is not None
        assert not re.search(
            rb"https?://(?!www\.w3\.org)|@import|url\(|innerHTML|outerHTML|insertAdjacent", asset.plain
        )
        assert not re.search(rb"localStorage|sessionStorage|indexedDB|eval\(|document\.write", asset.plain)


def test_the_title_says_nothing() -> None:
    for language in LANGUAGES:
        page = Pages(LEAVE_URL).chat(catalogue(), language).plain.decode()
        assert re.search("<title>(Safar|Сафар)</title>", page)


async def test_files_are_named_by_their_content_and_kept_for_ever(safar: Site) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(safar.url) as response:
            page = await response.text()
        for path in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page):
            async with http.get(f"{safar.url}{path}", headers={"accept-encoding": "identity"}) as response:
                assert response.status == 200
                assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
                assert "content-encoding" not in response.headers


async def test_the_page_comes_packed_and_in_the_language_asked_for(safar: Site) -> None:
    headers = {"accept-encoding": "gzip", "accept-language": "tg"}
    async with aiohttp.ClientSession(auto_decompress=False) as http, http.get(safar.url, headers=headers) as response:
        body = await response.read()

    assert response.headers["vary"] == "accept-encoding, accept-language"
    assert b'<html lang="tg"' in gzip.decompress(body)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_can_see_this_is_told_on_a_plain_page(safar: Site, language: str) -> None:
    headers = {"accept-language": LANGUAGES[language].tag}
    async with aiohttp.ClientSession() as http, http.get(f"{safar.url}/privacy", headers=headers) as response:
        page = await response.text()

    assert response.status == 200
    assert len(re.findall(r"<p><bdi>", page)) >= 1
    assert LEAVE_URL in page


def test_what_stands_in_a_catalogue_is_text_and_never_markup() -> None:
    from msgspec.structs import replace

    from bot.catalogue import Literal_

    hostile = "\"'><script>alert(1)</script>"
    whole = catalogue()
    phrase = whole.phrases["web-send"]
    form = replace(phrase.forms["ru"], parts=(Literal_(text=hostile),))
    changed = replace(phrase, forms={**phrase.forms, "ru": form})
    page = Pages(LEAVE_URL).chat(replace(whole, phrases={**whole.phrases, "web-send": changed}), "ru").plain.decode()

    assert "<script>alert" not in page
    assert "&#34;&#39;&gt;&lt;script&gt;" in page


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("words", "ground"),
    [
        ("text", "page"),
        ("text", "card"),
        ("soft", "page"),
        ("soft", "card"),
        ("mine-text", "mine"),
        ("strong", "card"),
        ("strong", "page"),
        ("strong", "press"),
        ("on-strong", "strong"),
        ("on-leave", "leave"),
    ],
)
def test_words_stand_out_from_their_ground(scheme: str, words: str, ground: str) -> None:
    """WCAG AA: 4.5 to 1."""
    style = (files("bot.web") / "static" / "chat.css").read_text()
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", light if scheme == "light" else dark))

    assert contrast(colours[words], colours[ground]) >= 4.5
