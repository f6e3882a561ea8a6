"""The shapes of ``content/``: articles, facts, phrases, words."""

from typing import Annotated, Literal

from pydantic import Field, RootModel, StringConstraints, WithJsonSchema, model_validator

from bot.catalogue.shapes.base import (
    Day,
    FactKey,
    Flag,
    Id,
    Shape,
    Span,
    Target,
    Words,
    bad_value,
)
from bot.catalogue.shapes.flow import Branches
from bot.catalogue.values import Unit, Wording

Citizenship = Literal["UZ", "TJ", "KG"]
Country = Literal["RU", "KZ", "UZ", "TJ", "KG"]
LanguageCode = Literal["ru", "uz", "uz_Cyrl", "tg", "ky"]
Confidence = Literal["high", "medium", "low"]
ByLanguage = dict[LanguageCode, list[Words]]
Need = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,64}$")]
_PAGE_DATE = r"^\d{4}(-\d\d(-\d\d)?)?$"
#: 2026-03-11, 2025-08 or 2024, as sharp as it is known.
PageDate = Annotated[
    str,
    StringConstraints(pattern=_PAGE_DATE),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": _PAGE_DATE}, {"type": "integer"}]}),
]
#: A number, save where the fact's unit is text or date.
Value = Annotated[Words, WithJsonSchema({"type": ["string", "number"]})]


class Page(Shape):
    """Where a claim comes from."""

    title: Words
    url: Words | None = None
    page_date: PageDate | None = None


class CheckedPage(Page):
    checked: Day


class Article(Shape):
    """One topic's guidance."""

    title: Words
    for_: list[Citizenship] = Field(alias="for", min_length=1)
    in_: list[Country] = Field(alias="in", min_length=1)
    answer: Branches = Field(description="What to do first, at most 80 words.")
    steps: tuple[Branches, ...] = ()
    careful: Branches | None = None
    today: Branches | None = Field(default=None, description="One step that can be taken today.")
    questions: ByLanguage = Field(default={})
    needs: tuple[Need, ...] = ()
    related: tuple[Id, ...] = ()
    sources: tuple[CheckedPage, ...] = ()
    review_by: Day
    status: Literal["verified", "unverified"]
    sensitive: Flag = False
    wording: dict[LanguageCode, Wording] = Field(
        default={},
        description="Who has read the text in each language: nobody yet (machine), a second reader, a native.",
    )


class FactValue(Shape):
    at: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")
    value: Value
    valid_from: Day | None = None
    valid_to: Day | None = None


class Fact(Shape):
    """A number or rule that the law changes."""

    what: Words
    unit: Unit
    by: Literal["region", "citizenship", "country", "status", ""] = ""
    value: Value | None = None
    values: tuple[FactValue, ...] = Field(default=(), description="When it differs: at whom or where, or from when.")
    valid_from: Day | None = None
    valid_to: Day | None = None
    source: Page
    checked_on: Day
    confidence: Confidence
    owner: Words
    recheck_every: Span

    @model_validator(mode="after")
    def _one_kind_of_value(self) -> "Fact":
        if (self.value is None) == (not self.values):
            raise bad_value("a fact has either value or values", "keep one of them")
        if self.values and (self.valid_from or self.valid_to):
            raise bad_value("valid_from and valid_to belong to each of the values", "move them into the list")
        return self


class Commands(Shape):
    menu: ByLanguage
    back: ByLanguage
    language: ByLanguage
    help: ByLanguage
    stop: ByLanguage
    delete: ByLanguage
    hide: ByLanguage
    skip: ByLanguage
    details: ByLanguage
    more: ByLanguage = Field(default={}, description="The next choices of a long list.")
    alerts: ByLanguage = Field(default={}, description="Which alerts a person takes.")
    check: ByLanguage = Field(default={}, description="Whether an alert is genuine.")
    hello: ByLanguage = Field(default={}, description="Greetings.")
    thanks: ByLanguage = Field(default={}, description="Thanks and farewells.")


class Danger(Shape):
    violence: ByLanguage
    trafficking: ByLanguage
    suicide: ByLanguage
    medical: ByLanguage
    child: ByLanguage
    police: ByLanguage


class YesNo(Shape):
    yes: ByLanguage
    no: ByLanguage


class OtherLanguage(Shape):
    """A language that is not ours."""

    say: Words = Field(description="What is answered, in that language: which ones work.")
    lines: tuple[Words, ...] = Field(default=(), description="Lines from which it is known.")


class Examples(Shape):
    """What people type that no article answers, by language: the finder of answers learns from it."""

    violence: ByLanguage = Field(default={}, description="Messages of immediate danger, by branch of the emergency.")
    trafficking: ByLanguage = Field(default={})
    suicide: ByLanguage = Field(default={})
    medical: ByLanguage = Field(default={})
    police: ByLanguage = Field(default={})
    child: ByLanguage = Field(default={})
    near: ByLanguage = Field(default={}, description="Harmless messages with words of danger.")
    smalltalk: ByLanguage = Field(default={}, description="Greetings, thanks, praise, who are you.")
    offtopic: ByLanguage = Field(default={}, description="Weather, football, recipes: nothing that Safar knows of.")
    forged: ByLanguage = Field(default={}, description="Asks for forged or bought papers.")
    abuse: ByLanguage = Field(default={}, description="Insults.")


class WordLists(Shape):
    """Words that people type, and words that the checks know."""

    commands: Commands
    danger: Danger
    yes_no: YesNo
    names: tuple[Words, ...] = Field(default=(), description="Names with digits that may stand in a text.")
    asking: ByLanguage = Field(default={}, description="Words of somebody who asks for knowledge, not for rescue.")
    places: dict[Country, list[Words]] = Field(default={}, description="Names by which a country is meant.")
    passports: dict[Citizenship, list[Words]] = Field(default={}, description="Names by which a passport is meant.")
    other_languages: dict[str, OtherLanguage] = Field(default={}, description="Languages that are not ours.")
    preview: ByLanguage = Field(default={}, description="Words that no locked screen may show.")
    barred: tuple[Words, ...] = Field(
        default=(), description="Sites and publishers whose very link or name may be an offence where readers are."
    )
    handles: tuple[Words, ...] = Field(default=(), description="Telegram names that links may lead to.")


class Term(Shape):
    """What one thing is called in each language: first the form that we write, then what people type for it."""

    en: Words
    ru: list[Words] = Field(min_length=1)
    uz: list[Words] = Field(min_length=1)
    uz_cyrl: list[Words] = Field(default=[], alias="uz_Cyrl", description="Where people type otherwise than by rule.")
    tg: list[Words] = Field(min_length=1)
    ky: list[Words] = Field(min_length=1)
    note: Words | None = Field(default=None, description="For translators.")
    doubt: Words | None = Field(default=None, description="What a native speaker should look at first.")


class Glossary(RootModel[dict[Id, Term]]):
    """Terms by key."""


class Served(Shape):
    """A need of the people we serve, and what serves it."""

    need: Words = Field(description="In a few English words, for the team.")
    by: tuple[Target, ...] = Field(default=(), description="article:ID and flow:ID")
    feature: Words | None = Field(default=None, description="What of the bot itself serves it.")
    not_yet: Words | None = Field(default=None, description="What is missing, and the subject of the work on it.")

    @model_validator(mode="after")
    def _says_something(self) -> "Served":
        if not (self.by or self.feature or self.not_yet):
            raise bad_value("nothing is said of this need", "write by, feature or not_yet")
        return self


class Needs(RootModel[dict[Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}$")], Served]]):
    """Needs by number."""


class Facts(RootModel[dict[FactKey, Fact]]):
    """Facts by key."""


class Template(Shape):
    """What WhatsApp sends unasked when the person has not written for a day; the file's name is the template's."""

    category: Literal["utility"] = Field(description="Meta's kind: others cost more, or need another consent.")
    body: Words = Field(description="Neutral words; the beginning shows on a locked screen.")
    parameters: dict[FactKey, Words] = Field(
        default={}, description="Values of the body, as {name}: an example of each, which Meta's reviewers read."
    )
    buttons: tuple[Words, ...] = Field(default=(), max_length=3, description="They stand for the first choices.")


class Phrases(RootModel[dict[Id, Words]]):
    """The bot's own sentences by key."""


class Lures(Shape):
    """What no alert may ask for, and forged ones do: a sentence with a word of both lists."""

    ask: ByLanguage = Field(description="Whole words: send, tell, transfer.")
    thing: ByLanguage = Field(description="Beginnings of words: money, code, card, passport.")
