"""Segments: who matches, as staff write them, and as they read."""

from contextlib import suppress
from typing import Any as Anything

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.broadcasts.reading import MAX_BYTES, MAX_DEPTH, MAX_TESTS, BrokenRule, allowed, parse_rule, write_rule
from bot.delivery.broadcasts.rule import EVERYBODY, KEYS, All, Any, Is, Key, Not, Rule, matches, meaning
from bot.delivery.broadcasts.wording import say_rule
from tests.delivery.broadcasts.people import PLACES, profiles, trees

TAJIK_IN_MOSCOW = {"language": "tg", "citizenship": "TJ", "country": "RU", "stage": "there", "city": "ru-mow-moscow"}


def is_(key: Anything, *values: str) -> Is:
    return Is(key=key, values=values)


def fits(text: str, profile: dict[str, str], channel: str = "telegram", seen_days: int = 0) -> bool:
    return matches(parse_rule(text, PLACES), profile, channel, seen_days, PLACES.get)


class TestMatching:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("all: []", True),
            ("citizenship: [TJ, UZ]", True),
            ("citizenship: UZ", False),
            ("{citizenship: TJ, country: RU}", True),
            ("{citizenship: TJ, country: KZ}", False),
            ("{all: [{citizenship: [TJ, UZ]}, {country: RU}, {not: {region: [RU-MOW]}}, {seen: 90}]}", False),
            ("any: [{country: KZ}, {region: RU-MOW}]", True),
            ("not: {any: [{country: KZ}, {language: [uz, uz_Cyrl]}]}", True),
            ("city: ru-mow-moscow", True),
            ("region: RU-MOS", False),
            ("stage: [before, back]", False),
            ("channel: [whatsapp, web]", False),
        ],
    )
    def test_a_tajik_in_moscow(self, text: str, wanted: bool) -> None:
        assert fits(text, TAJIK_IN_MOSCOW) is wanted

    def test_heard_within_so_many_days(self) -> None:
        assert [fits("seen: 30", {}, seen_days=days) for days in (0, 30, 31)] == [True, True, False]

    def test_whoever_lives_in_a_part_of_a_city_is_in_it(self) -> None:
        assert fits("city: ru-mow-moscow", {"city": "ru-mow-lyublino"})
        assert fits("region: RU-MOW", {"city": "ru-mow-lyublino"})
        assert not fits("city: ru-mow-lyublino", {"city": "ru-mow-moscow"})

    def test_a_whole_region_is_no_city(self) -> None:
        assert fits("region: RU-MOS", {"city": "ru-mos"})
        assert not fits("city: ru-mos-mytishchi", {"city": "ru-mos"})

    def test_the_country_is_what_they_said_and_else_that_of_their_city(self) -> None:
        assert fits("country: KZ", {"city": "kz-75-almaty"})
        assert not fits("country: KZ", {"city": "kz-75-almaty", "country": "RU"})

    def test_what_was_typed_and_is_no_place_of_ours_is_nowhere(self) -> None:
        assert not fits("any: [{region: RU-MOW}, {country: RU}]", {"city": "Москва, у метро"})

    def test_who_follows_nothing_follows_all(self) -> None:
        assert fits("topic: work", {})
        assert fits("topic: [work, health]", {"follows": "documents health"})
        assert not fits("topic: work", {"follows": "documents health"})

    @given(trees, profiles, st.sampled_from(["telegram", "whatsapp", "web"]), st.integers(0, 400))
    def test_not_is_the_rest(self, rule: Rule, profile: dict[str, str], channel: str, seen_days: int) -> None:
        assert matches(Not(of=rule), profile, channel, seen_days, PLACES.get) is not matches(
            rule, profile, channel, seen_days, PLACES.get
        )

    def test_nobody_can_be_named(self) -> None:
        assert set(KEYS) & {"id", "contact", "address", "phone", "name", "text", "account"} == set()


class TestMeaning:
    def test_neither_order_nor_nesting_changes_it(self) -> None:
        tajiks, russia, moscow = is_("citizenship", "TJ", "UZ"), is_("country", "RU"), Not(of=is_("region", "RU-MOW"))
        one = All(of=(tajiks, russia, moscow))
        other = All(of=(All(of=(moscow,)), All(of=(russia, is_("citizenship", "UZ", "TJ")))))
        assert meaning(one) == meaning(other)

    def test_another_value_join_or_not_does(self) -> None:
        one, other = is_("country", "RU"), is_("country", "KZ")
        rules = (one, other, Not(of=one), All(of=(one, other)), Any(of=(one, other)), EVERYBODY, Any(of=()))
        assert len({meaning(rule) for rule in rules}) == len(rules)

    @given(trees, trees, profiles)
    def test_rules_that_mean_the_same_fit_the_same_people(self, one: Rule, other: Rule, told: dict[str, str]) -> None:
        for rule in (other, All(of=(one,)), Any(of=(one, one))):
            if meaning(rule) == meaning(one):
                fit = [matches(each, told, "telegram", 0, PLACES.get) for each in (one, rule)]
                assert fit[0] is fit[1]


class TestWriting:
    @given(trees)
    def test_what_is_written_is_read_as_it_was(self, rule: Rule) -> None:
        assert parse_rule(write_rule(rule), PLACES) == rule

    @pytest.mark.parametrize(
        ("rule", "text"),
        [
            (EVERYBODY, "all: []\n"),
            (is_("country", "RU"), "country: RU\n"),
            (All(of=(is_("citizenship", "TJ", "UZ"), is_("country", "RU"))), "citizenship: [TJ, UZ]\ncountry: RU\n"),
            (
                All(of=(is_("country", "RU"), Not(of=is_("region", "RU-MOW")))),
                "all:\n  - {country: RU}\n  - {not: {region: RU-MOW}}\n",
            ),
            (
                Any(of=(is_("seen", "30"), All(of=(is_("stage", "back"), is_("language", "ky"))))),
                "any:\n  - {seen: 30}\n  - {stage: back, language: ky}\n",
            ),
        ],
    )
    def test_it_is_short(self, rule: Rule, text: str) -> None:
        assert write_rule(rule) == text

    def test_json_is_read_too(self) -> None:
        text = '{"all": [{"citizenship": ["TJ"]}, {"not": {"seen": "30"}}]}'
        assert parse_rule(text, PLACES) == All(of=(is_("citizenship", "TJ"), Not(of=is_("seen", "30"))))


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "error"),
        [
            ("", "segment:1:1 empty-file: the file is empty; write its content, or remove it"),
            (
                "citizen: TJ",
                'segment:1:1 unknown-key: "citizen" is nothing that a rule can ask; did you mean "citizenship"?',
            ),
            ("country: RU\nphone: 992900000000", 'segment:2:1 unknown-key: "phone" is nothing that a rule can ask; '),
            ("citizenship: [TJ, UX]", 'segment:1:19 bad-value: "UX" is no citizenship; use one of: KG, TJ, UZ'),
            ("topic: wrk", 'segment:1:8 bad-value: "wrk" is no topic; did you mean "work"?'),
            ("region: Москва", 'segment:1:9 bad-value: "Москва" is no region; did you mean "RU-MOW"?'),
            ("city: Казань", 'segment:1:7 bad-value: "Казань" is no city; did you mean "ru-ta-kazan"?'),
            ("city: ru-mos", 'segment:1:7 bad-value: "ru-mos" is no city; '),
            ("city: ru-ta-kazam", 'segment:1:7 bad-value: "ru-ta-kazam" is no city; did you mean "ru-ta-kazan"?'),
            ("seen: 0", 'segment:1:7 bad-days: "0" is no number of days; write a number from 1 to 999'),
            ("seen: " + "1" * 5_000, 'segment:1:7 bad-days: "111'),
            ("seen: [30, 60]", "segment:1:7 bad-days: seen takes one number of days; write it as seen: 90"),
            ("any: []", "segment:1:6 no-list: any takes a list of rules; write any: [{country: RU}, {seen: 90}]"),
            ("all: {country: RU}", "segment:1:6 no-list: all takes a list of rules; "),
            ("not: [x]", "segment:1:6 no-test: here stands no test; "),
            ("{}", "segment:1:1 no-test: here stands no test; "),
            ("language: [[ru]]", "segment:1:11 no-value: here stands no value; "),
            ("country: [RU", "segment:2:1 bad-yaml: a list [ is not closed"),
        ],
    )
    def test_it_says_where_and_what_to_write(self, text: str, error: str) -> None:
        with pytest.raises(BrokenRule) as raised:
            parse_rule(text, PLACES)
        assert str(raised.value).startswith(error)

    def test_all_are_told_at_once_in_their_order(self) -> None:
        with pytest.raises(BrokenRule) as raised:
            parse_rule("all:\n  - {lang: ru}\n  - {country: XX}\n  - {seen: soon}", PLACES)
        assert [finding.at.line for finding in raised.value.findings] == [2, 3, 4]

    @pytest.mark.parametrize(
        ("text", "rule"),
        [
            ("{not: " * MAX_DEPTH + "{seen: 1}" + "}" * MAX_DEPTH, "too-deep"),
            ("all: [" + "{seen: 1}, " * (MAX_TESTS + 1) + "]", "too-many"),
            ("city: [" + ", ".join(sorted(allowed("city", PLACES))[:401]) + "]", "too-many"),
            ("#" * (MAX_BYTES + 1), "too-big"),
        ],
    )
    def test_it_is_bounded(self, text: str, rule: str) -> None:
        with pytest.raises(BrokenRule) as raised:
            parse_rule(text, PLACES)
        assert {finding.rule for finding in raised.value.findings} == {rule}

    @given(st.text())
    def test_whatever_is_written_is_a_rule_or_an_error_with_a_place(self, text: str) -> None:
        with suppress(BrokenRule):
            rule = parse_rule(text, PLACES)
            assert parse_rule(write_rule(rule), PLACES) == rule


class TestSaying:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("all: []", "все"),
            (
                "{all: [{citizenship: [TJ, UZ]}, {country: RU}, {not: {region: [RU-MOW]}}, {seen: 90}]}",
                "граждане Таджикистана и Узбекистана, в России, кто писал за последние 90 дней, кроме Москвы",
            ),
            ("not: {region: RU-TOM}", "все, кроме региона Томская область"),
            ("city: [ru-ta-kazan, ru-mow-moscow]", "в городах Казань или Москва"),
            (
                "any: [{stage: before}, {language: [tg, ky]}]",
                "кто готовится к поездке или кто читает по-таджикски или по-кыргызски",
            ),
            (
                "all: [{any: [{channel: telegram}, {topic: work}]}, {not: {country: KZ}}]",
                "(в Telegram или кто следит за темами: работа и зарплата), кроме тех, кто в Казахстане",
            ),
            ("{seen: 1}", "кто писал за последние 1 день"),
        ],
    )
    def test_in_plain_russian(self, text: str, words: str) -> None:
        assert say_rule(parse_rule(text, PLACES), PLACES) == words

    @pytest.mark.parametrize("key", KEYS)
    def test_what_nobody_knows_any_more_is_said_as_it_is_stored(self, key: Key) -> None:
        for rule in (is_(key, "ZZ"), Not(of=is_(key, "ZZ")), Any(of=(is_(key, "ZZ"), is_("country", "RU")))):
            assert "ZZ" in say_rule(rule, PLACES)
        assert say_rule(is_(key), PLACES) == "никто"
        assert say_rule(Not(of=is_(key)), PLACES) == "все, кроме никого"

    def test_every_value_has_its_words(self) -> None:
        for key in KEYS:
            for value in allowed(key, PLACES):
                assert value not in say_rule(is_(key, value), PLACES).split()

    @given(trees)
    def test_every_rule_can_be_said(self, rule: Rule) -> None:
        assert say_rule(rule, PLACES)
