"""What a loaded catalogue holds."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.catalogue import (
    Ask,
    Catalogue,
    City,
    Coordinates,
    Do,
    End,
    Go,
    Loaded,
    Menu,
    Reminder,
    Say,
    Target,
    Text,
    load,
)
from bot.catalogue.extract import sources
from bot.catalogue.load import read_draft
from bot.catalogue.locales import Locales
from bot.text import LANGUAGES

AS_OF = date(2026, 11, 21)
Edited = Callable[..., Loaded]


def node(catalogue: Catalogue, flow: str, name: str) -> object:
    return catalogue.flows[flow].nodes[name]


def rules(loaded: Loaded) -> list[str]:
    return [finding.rule for finding in loaded.findings]


def test_a_question_is_built_with_its_bounds_ways_and_words(mini: Catalogue) -> None:
    since = node(mini, "work", "since")

    assert isinstance(since, Ask)
    assert (since.answer, since.save, since.optional) == ("date", "answers.since", True)
    assert since.between == (timedelta(days=-400), timedelta(0))
    assert [go.go for go in since.next] == ["kinds", "told"]
    assert since.next[0].when is not None
    assert since.retry is not None
    assert since.retry.key == "flows.work.since.retry"


def test_ways_by_choice_and_the_rest_are_kept_apart(edited: Edited) -> None:
    loaded = edited("flows/delete.yaml", ('{"yes": erase, "no": kept}', '{"yes": erase, default: kept}'))
    assert loaded.catalogue is not None
    sure = node(loaded.catalogue, "delete", "sure")

    assert isinstance(sure, Ask)
    assert sure.next_by_choice == {"yes": "erase"}
    assert sure.next == (Go(go="kept"),)


def test_choices_keep_their_order_their_other_words_and_their_tokens(mini: Catalogue) -> None:
    kinds = node(mini, "work", "kinds")

    assert isinstance(kinds, Ask)
    assert [option.id for option in kinds.options] == ["field", "house"]
    assert kinds.options[0].also is not None
    assert kinds.options[0].also.source == "поле, ферма"
    for option in kinds.options:
        target = mini.tokens[option.token]
        assert (target.kind, target.id, target.node, target.option) == ("option", "work", "kinds", option.id)


def test_a_line_of_a_menu_without_a_label_shows_the_title(mini: Catalogue) -> None:
    choose = node(mini, "menu", "choose")

    assert isinstance(choose, Menu)
    assert [option.target for option in choose.options] == ["article:pay", "flow:work", "safety"]
    assert choose.options[0].label is mini.articles["pay"].title
    assert choose.options[1].label.key == "flows.menu.choose.menu.flow:work"
    assert choose.options[2].when is not None


def test_effects_come_in_file_order_with_typed_arguments(mini: Catalogue) -> None:
    noted = node(mini, "work", "noted")

    assert isinstance(noted, Do)
    assert noted.effects == (
        ("set", {"answers.noted": True}),
        ("count", "work"),
        ("remind", Reminder(after=timedelta(days=3), flow="work")),
    )


@pytest.mark.parametrize(
    ("typed", "value"), [("5", 5), ("0.5", 0.5), ("true", True), ("none", None), ("RU", "RU"), ('"5 дней"', "5 дней")]
)
def test_a_set_value_is_a_number_a_truth_nothing_or_a_text(edited: Edited, typed: str, value: object) -> None:
    loaded = edited("flows/work.yaml", ("answers.noted: true", f"answers.noted: {typed}"))
    assert loaded.catalogue is not None
    noted = node(loaded.catalogue, "work", "noted")

    assert isinstance(noted, Do)
    assert noted.effects[0] == ("set", {"answers.noted": value})


def test_an_end_is_silent_or_says_something(mini: Catalogue) -> None:
    kept, done = node(mini, "delete", "kept"), node(mini, "stop", "done")

    assert kept == End()
    assert isinstance(done, End)
    assert done.text[0].text.source == "Оповещений больше не будет."


def test_branches_are_numbered_from_1_and_a_single_text_is_not(mini: Catalogue) -> None:
    first, hello = node(mini, "emergency", "first"), node(mini, "start", "hello")

    assert isinstance(first, Say)
    assert isinstance(hello, Say)
    assert [branch.text.key for branch in first.text] == ["flows.emergency.first.say.1", "flows.emergency.first.say.2"]
    assert [branch.text.key for branch in hello.text] == ["flows.start.hello.say"]


def test_a_fact_has_a_value_for_each_day_and_key(mini: Catalogue) -> None:
    term = mini.facts["term"]

    on_new_year_s_eve, on_new_year_s_day = term.on(date(2026, 12, 31), "UZ"), term.on(date(2027, 1, 1), "UZ")
    assert on_new_year_s_eve is not None
    assert on_new_year_s_day is not None
    assert (on_new_year_s_eve.value, on_new_year_s_day.value) == (10, 12)
    assert term.on(AS_OF, "KG") is None


def test_a_fact_in_words_has_them_in_every_language(mini: Catalogue) -> None:
    fee = mini.facts["fee"].on(AS_OF)

    assert fee is not None
    assert fee.text is not None
    assert fee.text.key == "facts.fee.values.all"
    assert set(fee.text.forms) == set(LANGUAGES)


def test_a_term_has_the_form_that_we_write_first_in_each_language(mini: Catalogue) -> None:
    forms = mini.terms["employer"].forms

    assert forms["ru"] == ("работодатель", "хозяин")
    assert forms["uz_Cyrl"] == ("хужайин",)
    assert set(forms) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("unit", "value", "what"), [("date", "31.12.2026", "is not a date"), ("days", "скоро", "is not a number")]
)
def test_a_value_that_its_unit_does_not_take_is_told_of(edited: Edited, unit: str, value: str, what: str) -> None:
    broken = edited(
        "content/facts/limits.yaml", ("  unit: text\n  value: не берут", f"  unit: {unit}\n  value: {value}")
    )

    assert [finding.rule for finding in broken.findings if what in finding.what] == ["bad-value"]


def test_a_fact_may_be_a_day(edited: Edited) -> None:
    loaded = edited(
        "content/facts/limits.yaml", ("  unit: text\n  value: не берут", "  unit: date\n  value: 2026-12-31")
    )

    assert loaded.catalogue is not None
    fee = loaded.catalogue.facts["fee"].on(AS_OF)
    assert fee is not None
    assert fee.value == date(2026, 12, 31)


def test_a_help_point_that_may_not_be_shown_is_not_in_the_catalogue(mini: Catalogue) -> None:
    assert set(mini.points) == {"line"}


LINES = "content/help_points/lines.yaml"


@pytest.mark.parametrize(
    ("change", "is_shown"),
    [
        (("status: active", "status: unknown"), True),
        (("status: active", "status: closed"), False),
        (("status: active", "status: undesirable\n  marks: [undesirable_ru]"), False),
        (("confidence: high", "confidence: low"), False),
        (("  phones: ['112']\n", ""), False),
    ],
)
def test_a_help_point_is_shown_with_a_phone_and_some_confidence(
    edited: Edited, change: tuple[str, str], is_shown: bool
) -> None:
    """One that is quoted and hidden is an error, so the catalogue is not there to be asked."""
    assert ("hidden-point" not in rules(edited(LINES, change))) is is_shown


def test_a_help_point_of_unknown_status_is_doubtful(edited: Edited, root: Path, mini: Catalogue) -> None:
    loaded = edited(LINES, ("status: active", "status: unknown"))
    draft, _ = read_draft(root, Locales(messages={}), AS_OF)

    assert set(rules(loaded)) == {"doubtful-point"}
    assert draft.catalogue.points["line"].doubtful
    assert not mini.points["line"].doubtful


def test_a_help_point_keeps_what_the_nearest_help_asks_for(edited: Edited) -> None:
    place = """scope: regional
  city: {ru: Томск, en: Tomsk}
  lat: 56.4846
  lon: 84.948
  geo_precision: city
  districts: [Томская область]
  timezone: Asia/Tomsk
  anonymous: yes
  website: https://line.example.org/"""
    loaded = edited(LINES, ("scope: national", place), ("hours: 24/7", "hours: Mo-Fr 09:00-18:00; PH off"))
    assert loaded.catalogue is not None, loaded.findings
    line = loaded.catalogue.points["line"]

    assert line.city == City(ru="Томск", en="Tomsk")
    assert line.coordinates == Coordinates(lat=56.4846, lon=84.948, precision="city")
    assert (line.scope, line.districts, line.timezone) == ("regional", ("Томская область",), "Asia/Tomsk")
    assert (line.hours, line.website) == ("Mo-Fr 09:00-18:00; PH off", "https://line.example.org/")
    assert (line.anonymous, line.asks_for_papers, line.reports_to_police) == ("yes", "unknown", "unknown")
    assert line.verified_on == date(2026, 9, 1)


def test_every_public_id_leads_somewhere_and_is_short(mini: Catalogue) -> None:
    assert mini.tokens[mini.articles["pay"].token] == Target(kind="article", id="pay")
    for target in (
        Target(kind="details", id="pay"),
        Target(kind="flow", id="work"),
        Target(kind="language", id="uz_Cyrl"),
        Target(kind="command", id="hide"),
    ):
        assert mini.tokens[target.token] == target
    assert all(token.isascii() and len(token) <= 16 for token in mini.tokens)


def texts(value: object) -> list[Text]:
    """Every text inside of a struct."""
    if isinstance(value, Text):
        return [value]
    if isinstance(value, msgspec.Struct):
        value = [getattr(value, name) for name in value.__struct_fields__]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for item in value for text in texts(item)] if isinstance(value, list | tuple) else []


def test_the_keys_for_translators_are_those_of_the_catalogue(mini: Catalogue) -> None:
    """The extractor and the loader walk the same files each in its own way."""
    extracted = {one.found.key: one.found.text for one in sources(Path(__file__).parent / "mini")}
    built = {text.key: text.source for text in texts(mini)}

    assert built == extracted


# versions


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ask: Когда вы начали работать?", "ask: С какого дня вы работаете?"),
        ("title: Работа", "title: Труд"),
        ("label: В поле", "label: На поле"),
        ("also: [поле, ферма]", "also: [поле]"),
        ("    retry: Напишите день, месяц и год.\n", ""),
    ],
)
def test_words_do_not_change_the_version_of_a_flow(mini: Catalogue, edited: Edited, old: str, new: str) -> None:
    loaded = edited("flows/work.yaml", (old, new))

    assert loaded.catalogue is not None
    assert loaded.catalogue.flows["work"].version == mini.flows["work"].version
    assert loaded.catalogue.version != mini.version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("house: Дома", "home: Дома"),
        ("{go: told}", "{when: today == none, go: noted}\n      - {go: told}"),
        ("between: [-400 days, today]", "between: [-500 days, today]"),
        ("save: answers.kinds", "save: answers.kinds\n    optional: true"),
        ("{go: end}]", "{when: today == none, go: told}, {go: end}]"),
        ("after: 3 days", "after: 4 days"),
    ],
)
def test_structure_changes_the_version_of_a_flow(mini: Catalogue, edited: Edited, old: str, new: str) -> None:
    loaded = edited("flows/work.yaml", (old, new))

    assert loaded.catalogue is not None, loaded.findings
    assert loaded.catalogue.flows["work"].version != mini.flows["work"].version


def test_the_sources_of_all_flows_are_handed_out_for_the_store() -> None:
    root = Path(__file__).parent / "mini"
    loaded = load(root, as_of=AS_OF)
    assert loaded.catalogue is not None

    assert set(loaded.sources) == {(flow.id, flow.version) for flow in loaded.catalogue.flows.values()}
    version = loaded.catalogue.flows["help"].version
    assert loaded.sources["help", version] == (root / "flows/help.yaml").read_bytes()


def test_a_kept_version_is_served_with_the_texts_of_today(mini: Catalogue, root: Path, edited: Edited) -> None:
    before = load(root, as_of=AS_OF)
    edited(
        "flows/work.yaml",
        ("ask: Какая это работа?", "ask: Где вы работаете?"),
        ("      house: Дома\n", ""),
        ("successors: {from: since}", "successors: {from: since, told: noted}"),
    )
    kept = [(flow, version, source) for (flow, version), source in before.sources.items()]
    now = load(root, as_of=AS_OF, kept=kept).catalogue
    assert now is not None
    version = mini.flows["work"].version
    old = now.flow("work", version)

    assert set(now.archive) == {("work", version)}
    assert old is not None
    assert old.version == version
    kinds = old.nodes["kinds"]
    assert isinstance(kinds, Ask)
    assert [option.id for option in kinds.options] == ["field", "house"]
    assert kinds.text.forms["ru"] == now.flows["work"].nodes["kinds"].text.forms["ru"]  # type: ignore[union-attr]
    assert kinds.options[1].token in now.tokens


def test_a_kept_version_that_can_no_longer_be_read_is_left_out(root: Path) -> None:
    kept = [
        ("work", "0000", b"\xff"),
        ("work", "1111", b"title: x"),
        ("gone", "2222", (root / "flows/help.yaml").read_bytes()),
    ]

    catalogue = load(root, as_of=AS_OF, kept=kept).catalogue

    assert catalogue is not None
    assert set(catalogue.archive) == {("gone", "2222")}


# findings


def test_findings_come_in_file_order_and_all_at_once(edited: Edited) -> None:
    edited("flows/help.yaml", ("next: end", "next: nowhere"))
    edited("content/articles/work/pay.yaml", ("related: [danger]", "related: [nothing]"))
    found = edited("flows/work.yaml", ("go: told", "go: tlod"), ("next: noted", "next: notd")).findings

    assert [str(finding.at) for finding in found if finding.level == "error"] == [
        "content/articles/work/pay.yaml:17:11",
        "flows/help.yaml:7:11",
        "flows/work.yaml:15:14",
        "flows/work.yaml:18:11",
    ]


def test_a_broken_file_is_told_of_once_and_not_missed_by_others(edited: Edited) -> None:
    loaded = edited("flows/work.yaml", ("title: Работа", "title:\tРабота\n\tx"))

    assert rules(loaded) == ["tab"]


@pytest.mark.parametrize(("as_of", "found"), [(date(2026, 12, 31), []), (date(2027, 1, 1), [])])
def test_a_value_entered_ahead_is_found_on_its_day(edited: Edited, as_of: date, found: list[str]) -> None:
    assert rules(edited("flows/stop.yaml", as_of=as_of)) == found


def test_a_fact_that_ran_out_is_an_error_and_yet_the_bot_goes_on_serving(edited: Edited) -> None:
    """The text says that the number is being checked; a silent bot would help nobody."""
    loaded = edited("content/facts/limits.yaml", ("    - {at: UZ, value: 12, valid_from: 2027-01-01}\n", ""))
    in_time = loaded.findings
    late = edited("flows/stop.yaml", as_of=date(2027, 1, 1))

    assert in_time == ()
    assert {finding.rule for finding in late.findings if finding.level == "error"} == {"fact-without-value"}
    assert late.catalogue is not None


def test_any_other_error_forbids_to_serve(edited: Edited) -> None:
    assert edited("flows/help.yaml", ("{point:line}", "{point:nobody}")).catalogue is None


def test_a_mistyped_key_is_told_of_once(edited: Edited) -> None:
    loaded = edited("flows/help.yaml", ("next: end", "nxet: end"))

    assert [finding.rule for finding in loaded.findings] == ["unknown-key"]


def test_an_empty_folder_says_what_is_missing(tmp_path: Path) -> None:
    loaded = load(tmp_path, as_of=AS_OF)

    assert loaded.catalogue is None
    assert {finding.rule for finding in loaded.findings} == {"missing-flow", "missing-file"}


def test_loading_twice_gives_the_same_catalogue() -> None:
    root = Path(__file__).parent / "mini"

    assert load(root, as_of=AS_OF).catalogue == load(root, as_of=AS_OF).catalogue
