"""What the API takes and gives, as JSON: the OpenAPI document is made from these."""

from datetime import date, datetime
from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bot.catalogue.values import Topic
from bot.delivery.broadcasts.model import Kind, Repeat, Source, Urgency
from bot.delivery.broadcasts.reading import MAX_DEPTH, MAX_TESTS, MAX_VALUES
from bot.delivery.broadcasts.rule import Rule
from bot.delivery.broadcasts.tallying import Number, ShownTally
from bot.store.broadcast_protocol import BroadcastState

_Text = Annotated[str, Meta(min_length=1, max_length=4096, description="Plain text; facts as `{fact:KEY}`.")]
_Moment = Annotated[datetime, Meta(tz=True)]
#: Checked with the segment, to say which one was meant.
_Topics = Annotated[
    tuple[Annotated[str, Meta(max_length=64, extra_json_schema={"enum": list(get_args(Topic))})], ...],
    Meta(max_length=20, description="Topic groups that people may follow; empty: everybody's."),
]
_BOUNDS: Final = f"at most {MAX_TESTS} tests, {MAX_VALUES} values, {MAX_DEPTH} levels deep."
Key = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", description="The alert's key.")]


class _Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Texts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By language. Uzbek Cyrillic is made from Latin where it is missing."""

    ru: _Text | UnsetType = UNSET
    uz: _Text | UnsetType = UNSET
    uz_Cyrl: _Text | UnsetType = UNSET  # noqa: N815 - our code of the language
    tg: _Text | UnsetType = UNSET
    ky: _Text | UnsetType = UNSET


class CheckedSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it comes from. `url`: https; empty where there is none. `checked_on`: when a person looked at it."""

    title: Annotated[str, Meta(max_length=300)]
    url: Annotated[str, Meta(max_length=2000)]
    checked_on: date


class DraftAlert(_Request, frozen=True, kw_only=True):
    """An alert as its author wants it. It may still have findings; the answer lists them, and staff mend them or you
    do, before a person proposes it."""

    name: Annotated[str, Meta(min_length=1, max_length=200, description="What staff call it; people never see it.")]
    texts: Texts
    source: CheckedSource
    urgency: Annotated[
        Urgency, Meta(description="life: danger to life, breaks into quiet hours. important: act soon. news.")
    ]
    topics: _Topics = ()
    segment: Annotated[Rule, Meta(description=f"Who gets it: {_BOUNDS}")]
    starts: Annotated[_Moment | None, Meta(description="null: as soon as it is approved.")] = None
    ends: Annotated[_Moment, Meta(description="Valid until; nobody gets it later.")]
    repeat: Annotated[
        Repeat, Meta(description="The next one is drafted by itself, and approved by two people like any other.")
    ] = ""


class ChangeAlert(DraftAlert, frozen=True, kw_only=True):
    """The whole alert anew, and the `version` that you changed."""

    #: A whole number, which JSON may write as 3.0.
    version: Annotated[float, Meta(ge=1, le=2**31 - 1, multiple_of=1)]


class CountSegment(_Request, frozen=True, kw_only=True):
    """How many a rule would reach now."""

    segment: Annotated[Rule, Meta(description=_BOUNDS.capitalize())]
    urgency: Urgency
    topics: _Topics = ()


class FindingOfAlert(_Answer, frozen=True, kw_only=True):
    """`error` must be mended before it is proposed. `at` names the part, as `texts.uz`."""

    at: str
    rule: str
    level: Literal["error", "warning"]
    what: str
    remedy: str


class AlertInList(_Answer, frozen=True, kw_only=True):
    key: Key
    #: Eight digits that people can check.
    code: str
    name: str
    kind: Kind
    state: BroadcastState
    #: Why it is paused or cancelled, a word; empty otherwise.
    reason: str
    version: int
    urgency: Urgency
    author: str
    created: datetime
    starts: datetime | None
    ends: datetime


class AlertAnswer(AlertInList, frozen=True, kw_only=True):
    """An alert as it stands."""

    texts: Texts
    source: Source
    topics: tuple[str, ...]
    segment: Rule
    repeat: Repeat
    #: Those who wrote or changed it; none of them may approve it.
    editors: tuple[str, ...]
    approver: str
    findings: tuple[FindingOfAlert, ...]


class AlertList(_Answer, frozen=True, kw_only=True):
    """The newest first, 200 at most."""

    alerts: tuple[AlertInList, ...]


class AlertReport(_Answer, frozen=True, kw_only=True):
    """Where its recipients stand."""

    key: Key
    code: str
    state: BroadcastState
    tally: ShownTally


class SegmentCount(_Answer, frozen=True, kw_only=True):
    """Numbers are rounded down to tens; null: fewer than ten, none included. `matching`: fit the rule. `reached`: of
    them can and want to get it."""

    matching: Number
    reached: Number
    by_channel: dict[str, Number]
    by_language: dict[str, Number]
