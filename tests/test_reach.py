"""The table of contents: every article and every conversation is a few taps from the first menu, for whom it serves."""

from collections import deque
from typing import Any, Final

import pytest

from bot.catalogue import Catalogue, Menu
from tests import real
from tests.conversation.chat import Chat

MOST_TAPS: Final = 4
#: A list of ten is the longest that WhatsApp shows at once.
MOST_LINES: Final = 10
#: Opened by the bot itself, from a talk with a person, or what is walked.
BY_THEMSELVES: Final = {
    "start",
    "menu",
    "person-closed",
    "person-late",
    "person-leave",
    "person-transfer",
    "feedback",
    "feedback-ask",
    "alerts-again",
}

CITIZENSHIPS = ("", "UZ", "TJ", "KG")
PLACES: dict[str, dict[str, str]] = {
    "nowhere": {},
    "before": {"stage": "before"},
    "RU": {"country": "RU", "stage": "there"},
    "KZ": {"country": "KZ", "stage": "there"},
    "back": {"stage": "back"},
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return real.catalogue()


def profile_of(citizenship: str, place: str) -> dict[str, str]:
    return {**PLACES[place], **({"citizenship": citizenship} if citizenship else {})}


def walked(catalogue: Catalogue, profile: dict[str, Any]) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Target -> taps to it; node -> targets of the lines that this person sees there. As the engine shows them."""
    flow = catalogue.flows["menu"]
    taps, lines = {flow.start: 0}, {}
    waiting = deque([Chat(catalogue, language="ru", **profile).opens("menu")])
    while waiting:
        chat = waiting.popleft()
        name = chat.session.stack[-1].node
        node = flow.nodes[name]
        assert isinstance(node, Menu)
        targets = {option.token: option.target for option in node.options}
        shown = [(choice.id, targets[choice.id]) for choice in chat.reply.choices if choice.id in targets]
        lines[name] = [target for _, target in shown]
        for token, target in shown:
            if target in taps:
                continue
            taps[target] = taps[name] + 1
            if ":" not in target:
                beyond = Chat(catalogue)
                beyond.session = chat.session
                waiting.append(beyond.sends("choice", choice=token))
    return taps, lines


def serves(catalogue: Catalogue, article: str, profile: dict[str, str]) -> bool:
    one = catalogue.articles[article]
    return profile.get("citizenship", "") in {"", *one.citizenships} and profile.get("country", "") in {
        "",
        *one.countries,
    }


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("citizenship", CITIZENSHIPS)
def test_every_article_that_serves_a_person_is_four_taps_away_at_most(
    catalogue: Catalogue, citizenship: str, place: str
) -> None:
    profile = profile_of(citizenship, place)
    taps, _ = walked(catalogue, profile)

    served = [article for article in catalogue.articles if serves(catalogue, article, profile)]
    assert [one for one in served if taps.get(f"article:{one}", MOST_TAPS + 1) > MOST_TAPS] == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("citizenship", CITIZENSHIPS)
def test_a_list_is_never_empty_nor_longer_than_a_phone_shows(
    catalogue: Catalogue, citizenship: str, place: str
) -> None:
    _, lines = walked(catalogue, profile_of(citizenship, place))

    assert {node: shown for node, shown in lines.items() if not 1 < len(shown) <= MOST_LINES} == {}


def test_every_conversation_is_four_taps_away_at_most_for_somebody(catalogue: Catalogue) -> None:
    everybody = [walked(catalogue, profile_of(one, place))[0] for one in CITIZENSHIPS for place in PLACES]
    near = {target for taps in everybody for target, count in taps.items() if count <= MOST_TAPS}

    flows = {one for one in catalogue.flows if one not in BY_THEMSELVES and not one.startswith("reminder-")}
    assert sorted(one for one in flows if f"flow:{one}" not in near) == []


def test_help_in_danger_is_the_first_line_for_everybody(catalogue: Catalogue) -> None:
    for citizenship in CITIZENSHIPS:
        for place in PLACES:
            _, lines = walked(catalogue, profile_of(citizenship, place))
            assert lines["top"][0] == "flow:emergency"
            assert "flow:help" in lines["top"]
