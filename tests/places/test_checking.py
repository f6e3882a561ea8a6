"""What editors write of places is held against the table; the messages are in ``tests/broken/``."""

from bot.catalogue import Catalogue
from bot.places import check_places


def test_the_places_of_the_repository_are_without_a_finding(catalogue: Catalogue) -> None:
    assert [str(finding) for finding in check_places(catalogue.places)] == []


def test_words_around_names_may_be_names_too(catalogue: Catalogue) -> None:
    """Центр is a village somewhere, and where it stands in a text it says nothing."""
    assert "центр" in catalogue.places["filler"].also
