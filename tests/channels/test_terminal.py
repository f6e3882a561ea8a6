"""The terminal: a line is a message, and nothing that a person typed is obeyed by the screen."""

import asyncio

import pytest

from bot.channels.terminal import TerminalChannel, safe
from bot.conversation import Card, Choice, File, Link, Pin, Reply


def _shown(reply: Reply, styled: bool = False) -> str:
    written: list[str] = []
    channel = TerminalChannel(written.append, styled=styled)
    for request in channel.render(reply, "me", {}):
        asyncio.run(channel.send(request))
    return "".join(written)


def test_each_line_is_a_message() -> None:
    found = TerminalChannel(print).parse("привет\n\n /start \r\n2\n".encode())
    assert [(incoming.update, incoming.event and (incoming.event.kind, incoming.event.text)) for incoming in found] == [
        ("1", ("text", "привет")),
        ("2", ("start", "")),
        ("3", ("text", "2")),
    ]


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\x00\x1b", b"\xff\xfe", b"\xed\xa0\x80", b"a" * 100_000])
def test_no_bytes_break_it(raw: bytes) -> None:
    for incoming in TerminalChannel(print).parse(raw):
        assert incoming.event is not None
        assert len(incoming.event.text) <= 4096


def test_choices_are_numbered_and_links_and_places_shown() -> None:
    reply = Reply(
        text="Что?",
        language="ru",
        choices=(Choice(id="a", label="Да"), Choice(id="b", label="Нет")),
        links=(Link(label="Закон", url="https://example.org"),),
        pin=Pin(latitude=1, longitude=2, title="Консульство", address="Москва"),
    )
    assert _shown(reply) == "Что?\n  Закон: https://example.org\n  Консульство, Москва\n  1. Да\n  2. Нет\n\n"


def test_a_card_and_a_file_are_a_line_each() -> None:
    reply = Reply(
        text="Вот",
        language="ru",
        card=Card(name="Центр", phones=("+7 800 100-00-00", "112")),
        file=File(url="https://example.org/a.pdf", name="Памятка.pdf", kind="document"),
    )
    assert _shown(reply) == ("Вот\n  Центр: +7 800 100-00-00, 112\n  Памятка.pdf: https://example.org/a.pdf\n\n")


def test_bold_is_shown_where_the_screen_understands_it() -> None:
    reply = Reply(text="Раз два", language="ru", bold=((4, 7),))
    assert _shown(reply, styled=True) == "Раз \x1b[1mдва\x1b[0m\n\n"
    assert _shown(reply) == "Раз два\n\n"


@pytest.mark.parametrize(
    "code", ["\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\r", "\x08", "\u202e", "\u2066", "\u200b", "\u2028", "\x7f"]
)
def test_terminal_codes_and_hidden_characters_are_escaped(code: str) -> None:
    reply = Reply(
        text=f"a{code}b",
        language="ru",
        choices=(Choice(id="x", label=f"c{code}"),),
        links=(Link(label=code, url=f"https://example.org/{code}"),),
    )
    shown = _shown(reply, styled=True)
    assert code not in shown
    assert f"a\\{code[0].encode('unicode_escape').decode()[1:]}" in shown


def test_plain_text_stays_as_it_is() -> None:
    assert safe("Ғафур, oʻn\n«ўн»\xa0₽") == "Ғафур, oʻn\n«ўн»\xa0₽"


def test_it_has_nothing_to_wipe() -> None:
    assert TerminalChannel(print).render_wipe(["1"], "me") == []
