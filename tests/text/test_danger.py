"""Words of danger are found however they are typed, and only they."""

import time
from functools import cache
from pathlib import Path

import pytest
import yaml

from bot.text import DangerWords

WORDS = DangerWords.of(
    {
        "violence": {
            "ru": ("меня бьют", "меня избили", "угрожает убить", "хочет меня убить"),
            "uz": ("meni uryapti", "oʻldiraman dedi"),
            "uz_Cyrl": ("мени уряпти", "ўлдираман деди"),
            "tg": ("маро мезанад", "ҳар рӯз мезанад"),
            "ky": ("мени сабап жатат",),
        },
        "trafficking": {"ru": ("не отпускают нас", "держат взаперти")},
        "suicide": {"ru": ("не хочу жить", "самоубийство"), "uz": ("yashagim kelmayapti",)},
        "police": {"ru": ("меня забрали в полицию", "полиция")},
    }
)


@pytest.mark.parametrize(
    ("text", "branch"),
    [
        ("меня бьют", "violence"),
        ("Помогите, МЕНЯ   БЬЮТ!!!", "violence"),
        ("муж угражает убить", "violence"),
        ("меня изибли вчера", "violence"),
        ("угрожает убть", None),
        ("Meni uryapti, yordam bering", "violence"),
        ("meni uriapti", "violence"),
        ("мени уряпти", "violence"),
        ("o'ldiraman dedi", "violence"),
        ("oldiraman dedi", "violence"),
        ("улдираман деди", "violence"),
        ("маро мезанад", "violence"),
        ("хар руз мезанат", "violence"),
        ("мени сабап жатат", "violence"),
        ("meni sabap jatat", "violence"),
        ("не отпускают нас домой", "trafficking"),
        ("ne otpuskayut nas", "trafficking"),
        ("не хочу   больше.", None),
        ("не хочу жить", "suicide"),
        ("yashagim kelmayabti", "suicide"),
        ("самоубийство", "suicide"),
    ],
)
def test_a_phrase_is_found_however_it_is_typed(text: str, branch: str | None) -> None:
    assert WORDS.find(text) == branch


@pytest.mark.parametrize(
    "text", ["меня бьюt", "мeня бьют", "mеня бьют", "нe oтпycкают нас", "не xoчу жить", "caмoyбийство"]
)
def test_three_look_alikes_hide_nothing(text: str) -> None:
    assert WORDS.find(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "меня зовут Али",
        "бьют часы",
        "не хочу ждать",
        "хочу жить в Москве",
        "самоубийства",
        "отпускают нас в пятницу",
        "меня взяли на работу",
        "полицейский",
        "мени кутяпти",
        "паспорт держат",
        "мезанад",
        "112",
    ],
)
def test_a_shared_word_is_not_a_danger(text: str) -> None:
    assert WORDS.find(text) is None


def test_the_longest_phrase_decides() -> None:
    assert WORDS.find("полиция: хочет меня убить") == "violence"
    assert WORDS.find("меня забрали в полицию") == "police"


def test_when_phrases_are_as_long_the_branch_listed_first_decides() -> None:
    assert WORDS.find("не хочу жить, хочет меня убить") == "violence"


def _danger() -> dict[str, dict[str, tuple[str, ...]]]:
    path = Path(__file__).resolve().parents[2] / "content" / "words.yaml"
    danger: dict[str, dict[str, tuple[str, ...]]] = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)[
        "danger"
    ]
    return danger


@cache
def _all_words() -> DangerWords:
    return DangerWords.of(_danger())


def _all_phrases() -> set[str]:
    return {phrase for by_language in _danger().values() for phrases in by_language.values() for phrase in phrases}


@pytest.mark.parametrize("case", ["lower", "upper"])
def test_every_phrase_is_found_with_three_letters_of_the_other_alphabet(case: str) -> None:
    words = _all_words()
    twins = dict(zip("аеорсухкмАВЕКМНОРСТХ", "aeopcyxkmABEKMHOPCTX", strict=True))
    missed = []
    for phrase in sorted(_all_phrases()):
        typed = list(phrase.upper() if case == "upper" else phrase)
        for place in [place for place, letter in enumerate(typed) if letter in twins][:3]:
            typed[place] = twins[typed[place]]
        if words.find("".join(typed)) is None:
            missed.append(phrase)

    assert missed == []


def test_200_characters_are_searched_within_1_ms() -> None:
    words = _all_words()
    text = (
        "хозяин третий месяц не платит зарплату и говорит что паспорт отдаст потом, что мне делать куда звонить " * 2
    )[:200]
    times = []
    for _ in range(20):
        start = time.process_time()
        words.find(text)
        times.append(time.process_time() - start)

    assert min(times) <= 0.001


@pytest.mark.parametrize(
    "text",
    [
        "Сколько стоит патент в Москве и куда платить?",
        "Ishxona pul bermayapti, qayerga murojaat qilay?",
        "Патент олиш учун қандай ҳужжатлар керак?",
        "Барои патент чӣ ҳуҷҷатҳо лозим?",
        "Каттоо кантип жасалат?",
        "Меня зовут Али, я приехал 5 марта",
    ],
)
def test_everyday_questions_are_no_danger(text: str) -> None:
    assert _all_words().find(text) is None
