"""Which language a short message is in. The model learns here from a few lines; the real one from all questions."""

import pytest

from bot.text import ELSEWHERE, LANGUAGES, Recogniser

LINES = {
    "ru": [
        "начальник не платит зарплату что делать",
        "как продлить регистрацию",
        "мне нужен врач",
        "сколько стоит патент в этом месяце",
        "паспорт потерялся куда идти",
        "можно ли работать без договора",
    ],
    "uz": [
        "xo'jayin oylik bermayapti nima qilay",
        "ro'yxatdan qanday o'taman",
        "menga shifokor kerak",
        "patent bu oy qancha turadi",
        "pasportim yo'qoldi qayerga boraman",
        "shartnomasiz ishlasam bo'ladimi",
    ],
    "tg": [
        "хӯҷаин маош намедиҳад чӣ кор кунам",
        "бақайдгириро чӣ хел дароз мекунанд",
        "ба ман духтур лозим",
        "патент ин моҳ чанд пул аст",
        "шиносномаам гум шуд ба куҷо равам",
        "бе шартнома кор кардан мумкин аст",
    ],
    "ky": [
        "кожоюн айлык бербей жатат эмне кылам",
        "каттоону кантип узартса болот",
        "мага дарыгер керек",
        "патент бул айда канча турат",
        "паспортум жоголду кайда барам",
        "келишимсиз иштесем болобу",
    ],
    "en": ["where can i get a work permit", "my boss does not pay me what should i do", "i need a doctor please"],
    "kk": ["маған дәрігер керек қайда барамын", "бастық жалақымды бермей жатыр не істеймін", "қалай тіркеуге тұрамын"],
}


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser.count(LINES)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("почему мне не платят деньги", "ru"),
        ("pochemu mne ne platyat dengi", "ru"),
        ("nega menga pul berishmayapti", "uz"),
        ("нега менга пул беришмаяпти ўзи", "uz_Cyrl"),
        ("нега менга пул беришмаяпти узи", "uz_Cyrl"),
        ("чаро ба ман пул намедиҳанд", "tg"),
        ("чаро ба ман пул намедиханд", "tg"),
        ("эмне үчүн мага акча бербей жатышат", "ky"),
        ("эмне учун мага акча бербей жатышат", "ky"),
        ("please tell me where the doctor is", "en"),
        ("маған қалай жалақы береді", "kk"),
    ],
)
def test_a_sentence_is_known_in_every_spelling_that_people_use(
    recogniser: Recogniser, text: str, language: str
) -> None:
    assert recogniser.guess(text).language == language


@pytest.mark.parametrize("text", ["你好 我的护照丢了怎么办", "سلام پاسپورتم گم شده", "मुझे काम का परमिट"])
def test_another_alphabet_is_told_as_such(recogniser: Recogniser, text: str) -> None:
    assert recogniser.guess(text).language == ELSEWHERE


@pytest.mark.parametrize("text", ["", "123", "👍", "!!!", "кор", "паспорт"])
def test_too_little_to_tell_is_not_sure(recogniser: Recogniser, text: str) -> None:
    assert recogniser.guess(text).language == ""


def test_the_language_of_the_profile_tips_the_scale_and_is_no_cage(recogniser: Recogniser) -> None:
    assert recogniser.guess("паспорт", "ky").language == "ky"
    assert recogniser.guess("почему мне не платят деньги", "ky").language == "ru"


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_own_lines_are_known(recogniser: Recogniser, language: str) -> None:
    for line in LINES.get(language, ()):
        assert recogniser.guess(line).language == language
