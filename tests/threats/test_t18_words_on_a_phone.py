"""THREATS T18, T19, T21, T26 over the real content, in every language."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.catalogue import Ask, Catalogue, Menu, Target
from bot.channels.telegram.render import render
from bot.conversation import Frame, Hide, Reply, Session, Turn
from bot.text import LANGUAGES, fold
from tests.conversation.chat import Chat
from tests.threats.talking import transcripts
from tests.web.serving import ROOT

WHO = "phrase:who-can-see"
#: What someone new writes first.
CRIES = {"ru": "нас заперли и не отпускают", "uz": "bizni qulflab qo‘yishdi", "uz_Cyrl": "бизни қулфлаб қўйишди"}


def spoken(turn: Turn) -> str:
    return "\n".join(reply.text for reply in turn.replies)


# T18


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_can_see_this_is_short_and_names_the_word_that_hides(catalogue: Catalogue, language: str) -> None:
    words = catalogue.phrases["who-can-see"].plain(language)

    assert catalogue.phrases["who-can-see"].forms[language].language == language
    assert 100 < len(words) <= 300
    assert "000" in words
    hiding = Chat(catalogue, language=language).says("000")
    assert Hide() in hiding.effects


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_told_at_the_first_contact_before_anything_is_asked_about_the_person(
    catalogue: Catalogue, language: str
) -> None:
    chat = Chat(catalogue).sends("start")
    assert chat.turn.said == ("language.choose",)
    chat.taps(LANGUAGES[language].own_name)

    assert chat.turn.said.index(WHO) < chat.turn.said.index("about-you.citizenship")
    assert catalogue.phrases["who-can-see"].plain(language) in spoken(chat.turn)


def hard(catalogue: Catalogue) -> Iterator[tuple[str, Target]]:
    """Everything about detention, trafficking, violence, the register, HIV: what the content marks as sensitive."""
    for flow in catalogue.flows.values():
        if flow.sensitive:
            yield f"{flow.id}.", Target(kind="flow", id=flow.id)
    for article in catalogue.articles.values():
        if article.sensitive:
            yield f"article:{article.id}", Target(kind="article", id=article.id)
            yield f"details:{article.id}", Target(kind="details", id=article.id)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hours", [None, 1, 24 * 29])
def test_it_is_told_before_each_hard_topic_of_a_talk_that_begins_or_begins_again(
    catalogue: Catalogue, language: str, hours: int | None
) -> None:
    topics = list(hard(catalogue))
    assert {"held.", "police.", "article:forced-labour", "article:police-detained"} <= {key for key, _ in topics}
    for key, target in topics:
        chat = Chat(catalogue, language=language, citizenship="TJ", country="RU")
        if hours is not None:
            chat.opens("about-you")
            assert WHO in chat.turn.said
            chat.says("меню").waits(hours=hours)
        said = chat.sends("choice", choice=target.token).turn.said
        first = next(place for place, other in enumerate(said) if other.startswith(key))
        assert WHO in said[:first], (key, said)


@pytest.mark.parametrize(("language", "cry"), CRIES.items())
def test_it_is_told_with_the_first_help_in_danger(catalogue: Catalogue, language: str, cry: str) -> None:
    said = Chat(catalogue, language=language).says(cry).turn.said
    assert said[:3] == ("emergency.hello", WHO, "held.first")


# T19


@pytest.fixture(scope="module")
def preview() -> dict[str, re.Pattern[str]]:
    lists = yaml.safe_load((ROOT / "content" / "words.yaml").read_text(encoding="utf-8"))["preview"]
    assert set(lists) == set(LANGUAGES)
    assert all(len(words) >= 20 for words in lists.values())
    return {
        language: re.compile(rf"\b({'|'.join(map(re.escape, words))})", re.IGNORECASE)
        for language, words in lists.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reminder_shows_nothing_on_a_locked_screen(
    catalogue: Catalogue, preview: dict[str, re.Pattern[str]], language: str
) -> None:
    reminders = {key.partition(".")[0] for key in catalogue.flows if key.startswith("reminder-")}
    assert len(reminders) >= 3
    for flow in reminders:
        chat = Chat(catalogue, language=language, citizenship="UZ", country="RU").waits(hours=30)
        chat.sends("timeout", code=Target(kind="flow", id=flow).token)
        shown = [chat.text[:80], *chat.labels]
        assert chat.turn.said == ("phrase:reminder-first-line",)
        assert not [words for words in shown if preview[language].search(words)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_yearly_question_shows_nothing_on_a_locked_screen(
    catalogue: Catalogue, preview: dict[str, re.Pattern[str]], language: str
) -> None:
    chat = Chat(catalogue, language=language, alerts="all").waits(days=365)
    chat.sends("timeout", code=Target(kind="flow", id="alerts-again").token)
    assert chat.turn.said == ("phrase:reminder-again-line",)
    assert not [words for words in (chat.text[:80], *chat.labels) if preview[language].search(words)]


def test_nothing_else_is_sent_unasked(catalogue: Catalogue) -> None:
    """A wait that runs out would speak unasked; the day one is written, its words need the rule too."""
    waiting = [
        node for flow in catalogue.flows.values() for node in flow.nodes.values() if isinstance(node, Ask | Menu)
    ]
    assert waiting
    assert [node for node in waiting if node.timeout is not None] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_name_and_commands_show_nothing(
    catalogue: Catalogue, preview: dict[str, re.Pattern[str]], language: str
) -> None:
    keys = [key for key in catalogue.phrases if key.startswith(("telegram-", "command-", "web-title", "slow-down"))]
    assert len(keys) >= 10
    shown = {key: catalogue.phrases[key].plain(language)[:80] for key in keys}
    assert {key for key, words in shown.items() if preview[language].search(words)} == set()


def test_every_request_that_shows_text_forbids_a_preview(catalogue: Catalogue) -> None:
    replies = [
        reply
        for flow in catalogue.flows
        for reply in Chat(catalogue, language="ru", citizenship="UZ", country="RU").opens(flow).turn.replies
    ]
    more = [
        Reply(text="x" * 9000, language="ru"),
        Reply(text="?", language="ru", asks_location=True),
        Reply(text="!", language="ru", replaces=True),
    ]
    requests = [
        request
        for reply in (*replies, *more)
        for context in ({}, {"tapped": 5}, {"located": 6})
        for request in render(reply, "1", context, dict.fromkeys(LANGUAGES, "x"))
    ]
    shown = [
        one for request in requests for one in (request, request.instead) if one is not None and "text" in one.params
    ]
    assert {one.method for one in shown} == {"sendMessage", "editMessageText"}
    assert {str(one.params.get("link_preview_options")) for one in shown} == {"{'is_disabled': True}"}


# T21


@pytest.mark.parametrize("language", LANGUAGES)
def test_hiding_works_from_every_node_of_every_flow(
    catalogue: Catalogue, preview: dict[str, re.Pattern[str]], language: str
) -> None:
    words = ("000", *catalogue.words.commands["hide"][language])
    stood = 0
    for flow in catalogue.flows.values():
        for name, node in flow.nodes.items():
            if not isinstance(node, Ask | Menu):
                continue
            stood += 1
            frame = Frame(flow=flow.id, version=flow.version, node=name)
            for word in words:
                chat = Chat(catalogue, language=language, country="RU")
                chat.session = Session(profile=dict(chat.session.profile), stack=(frame,), last=chat.session.last)
                chat.says(word)
                assert chat.effects == (Hide(),), (flow.id, name, word)
                assert chat.turn.said == ("phrase:hidden", "menu.top")
                assert not preview[language].search(chat.text[:80])
    assert stood > 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_hiding_works_for_someone_new_and_as_a_button(catalogue: Catalogue, language: str) -> None:
    assert Hide() in Chat(catalogue).says("000").effects
    for word in catalogue.words.commands["hide"][language]:
        assert Hide() in Chat(catalogue).sends("start").says(word).effects
    token = Target(kind="command", id="hide").token
    assert Hide() in Chat(catalogue, language=language).opens("wages").sends("choice", choice=token).effects


def test_the_word_that_hides_is_no_answer_of_any_question(catalogue: Catalogue) -> None:
    """A choice that is called like a protecting word would take it away where it is asked."""
    hide = {fold(word) for said in catalogue.words.commands["hide"].values() for word in said}
    for flow in catalogue.flows.values():
        for name, node in flow.nodes.items():
            if isinstance(node, Ask | Menu):
                for option in node.options:
                    labels = {fold(option.label.plain(language)) for language in LANGUAGES}
                    assert not labels & hide, (flow.id, name, option.id)


# T26


def test_a_link_into_the_bot_tells_nothing(catalogue: Catalogue) -> None:
    targets = [
        *(Target(kind="flow", id=id) for id in catalogue.flows),
        *(Target(kind="article", id=id) for id in catalogue.articles),
    ]
    tokens = [target.token for target in targets]
    assert all(re.fullmatch(r"[a-z2-7]{10}", token) for token in tokens)
    assert len(set(tokens)) == len(tokens)
    assert not [target.id for target in targets if target.id.replace("-", "")[:4] in target.token]


@pytest.mark.parametrize("folder", ["content", "flows", "locales", "bot", "docs"])
def test_no_file_links_into_the_bot_by_a_word(folder: str) -> None:
    # A bare number is a page of somebody else's site.
    wordy = re.compile(rb"[?&]start(?:app|group)?=(?!\d+\b|[a-z2-7]{10}\b)[A-Za-z0-9_-]")
    files = [
        path for path in (ROOT / folder).rglob("*") if path.suffix in {".yaml", ".po", ".py", ".md", ".html", ".js"}
    ]
    assert files
    assert [str(Path(path).relative_to(ROOT)) for path in files if wordy.search(path.read_bytes())] == []


def test_every_transcript_hides_from_where_it_ends(catalogue: Catalogue) -> None:
    from bot.conversation.transcripts import _Player

    for transcript in transcripts():
        player = _Player(transcript, catalogue, transcript.languages[-1])
        for one in transcript.steps:
            assert not list(player.act(one))
        chat = Chat(catalogue, now=player.now)
        chat.session = player.session
        assert Hide() in chat.says("000").effects, transcript.name
