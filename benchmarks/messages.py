"""Messages per conversation on each messenger: the ten flows with the most transcripts, played in every language.

Choices are tapped, typed and paged to as each messenger needs it. On WhatsApp every message costs money, so what is
more than one a turn is counted too. The first contact (language, country, who can see this) is a row of its own.
"""

import argparse
import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import msgspec

from bot.catalogue import Catalogue, Transcript
from bot.conversation import Event
from tests.contract.test_conversations import MORNING, Side, page_through, sides
from tests.threats.talking import introduction, played, transcripts
from tests.web.serving import catalogue

CHANNELS = ("telegram", "whatsapp", "web")
FIRST = "first contact"
MOST = 10


class Sums(msgspec.Struct):
    conversations: int = 0
    turns: int = 0
    messages: int = 0

    def add(self, turns: int, messages: int) -> None:
        self.conversations += 1
        self.turns += turns
        self.messages += messages

    def report(self) -> dict[str, float]:
        return {
            "turns": round(self.turns / self.conversations, 2),
            "messages": round(self.messages / self.conversations, 2),
            "messages_per_turn": round(self.messages / self.turns, 3),
            "beyond_one_a_turn": self.messages - self.turns,
        }


def talk(side: Side, events: list[Event], now: datetime) -> tuple[int, int]:
    """Turns that were answered, and messages."""
    turns, messages = side.turns, side.messages
    for event in events:
        now += timedelta(seconds=10)
        if event.kind == "choice":
            page_through(side, event.choice, now)
        side.does(event, now)
    return side.turns - turns, side.messages - messages


def measure(flows: tuple[str, ...], some: list[Transcript], catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    sums: dict[tuple[str, str], Sums] = defaultdict(Sums)
    for transcript in some:
        for language in transcript.languages:
            now = datetime.combine(transcript.today, MORNING.timetz())
            known = len(list(introduction(language, dict(transcript.profile))))
            events = played(transcript, catalogue, language)
            first, rest = list(islice(events, known)), list(events)
            for side in (side for side in sides() if side.channel.name in CHANNELS):
                sums[FIRST, side.channel.name].add(*talk(side, first, now))
                sums[transcript.flow, side.channel.name].add(*talk(side, rest, now + timedelta(minutes=2)))
    return {
        flow: {"conversations": sums[flow, "whatsapp"].conversations}
        | {channel: sums[flow, channel].report() for channel in CHANNELS}
        for flow in (FIRST, *flows)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    number = Counter(transcript.flow for transcript in transcripts() if transcript.flow)
    flows = tuple(flow for flow, _ in number.most_common(MOST))
    rows = measure(flows, [transcript for transcript in transcripts() if transcript.flow in flows], catalogue())
    for flow, row in rows.items():
        row["transcripts"] = number[flow] if flow in number else sum(number[one] for one in flows)
    if arguments.json:
        print(json.dumps(rows))
        return
    print("| conversation | transcripts | Telegram | WhatsApp | web | WhatsApp, messages a turn | beyond one a turn |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for flow, row in rows.items():
        each = " | ".join(f"{row[channel]['messages']} in {row[channel]['turns']} turns" for channel in CHANNELS)
        beyond = f"{row['whatsapp']['beyond_one_a_turn']} of {row['conversations']} conversations"
        print(f"| {flow} | {row['transcripts']} | {each} | {row['whatsapp']['messages_per_turn']} | {beyond} |")


if __name__ == "__main__":
    main()
