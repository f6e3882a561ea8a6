"""The real content, read without its translations: what is counted must be true for it, not for an example."""

from datetime import date
from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.catalogue.load import read_draft
from bot.catalogue.locales import Locales

ROOT = Path(__file__).resolve().parents[2]
AS_OF = date(2026, 11, 28)


@pytest.fixture(scope="session")
def content() -> Catalogue:
    return read_draft(ROOT, Locales(messages={}), AS_OF)[0].catalogue
