"""What the console says of alerts, in Russian."""

import re
from typing import Final

from bot.catalogue import Finding as Broken
from bot.delivery.broadcasts.reading import BrokenRule
from bot.delivery.broadcasts.refusals import Finding, Refused
from bot.delivery.broadcasts.wording import TOPICS as TOPICS

STATES: Final = {
    "draft": "черновик",
    "proposed": "ждёт второго человека",
    "approved": "одобрено, ждёт времени",
    "enrolling": "готовится список",
    "sending": "отправляется",
    "paused": "остановлено",
    "done": "закончено",
    "cancelled": "отменено",
}
URGENCIES: Final = {
    "life": "опасность для жизни: придёт и ночью",
    "important": "важное: меняется правило, нужно успеть",
    "news": "полезное",
}
KINDS: Final = {"alert": "сообщение", "correction": "исправление", "withdrawal": "отзыв"}
REPEATS: Final = {"": "один раз", "monthly": "каждый месяц", "yearly": "каждый год"}
CHANNELS: Final = {
    "telegram": "Telegram", "whatsapp": "WhatsApp", "web": "страница", "terminal": "терминал",
}  # fmt: skip
LANGUAGES: Final = {
    "ru": "русский", "uz": "узбекский (латиница)", "uz_Cyrl": "узбекский (кириллица)", "tg": "таджикский",
    "ky": "кыргызский",
}  # fmt: skip
CITIZENSHIPS: Final = {"UZ": "Узбекистан", "TJ": "Таджикистан", "KG": "Кыргызстан"}
#: Why it stopped by itself, or was ended.
REASONS: Final = {
    "audience-moved": "Получателей стало на десятую часть больше или меньше, чем при одобрении. Посчитайте снова.",
    "restored": "База восстановлена из копии. Само ничего не уйдёт: решите, продолжать ли.",
    "staff": "Остановил сотрудник.",
    "daily-limit": "Дневной предел WhatsApp. Отправка продолжится сама, когда WhatsApp позволит.",
    "expired": "Срок сообщения прошёл.",
    "barred-name": "Имя или ссылку в нём больше нельзя показывать. Отмените его и напишите новое без них.",
}
#: While it is sent, every other reason is the failure by which the messenger takes nothing.
_OUTAGE: Final = (
    "Мессенджер не принимает сообщения. Отправка продолжится сама. Если долго, скажите тому, кто следит за Safar."
)
UNATTENDED: Final = (
    "Часть людей ждёт: из бота, в котором они пишут, сейчас ничего не уходит. Скажите тому, кто следит за Safar: "
    "запущен ли он, не сменился ли токен."
)
SKIPPED: Final = {
    "opted-out": "отказались от таких сообщений",
    "blocked": "заблокировали бота",
    "expired": "срок прошёл раньше, чем дошла очередь",
    "cancelled": "отменено раньше, чем дошла очередь",
    "no-language": "нет текста на их языке",
    "no-template": "WhatsApp: давно не писали, а шаблона нет",
}
#: Why it did not reach one of them, by the code of the failure.
FAILURES: Final = {
    "blocked": "человек заблокировал бота",
    "deactivated": "человек удалил свой аккаунт",
    "forbidden": "мессенджер не даёт боту писать этому человеку",
    "chat-not-found": "мессенджер не знает этого чата",
    "migrated": "чат стал группой",
    "server-error": "сбой мессенджера",
    "no-answer": "мессенджер не ответил",
    "refused": "мессенджер не принял текст",
    "window-closed": "WhatsApp: человек давно не писал",
    "undeliverable": "WhatsApp: человека там нет, или бот заблокирован",
    "held-back": "WhatsApp придержал, чтобы не надоедать человеку",
    "opted-out": "человек просил WhatsApp не присылать такого",
    "not-allowed": "WhatsApp не даёт этому номеру писать человеку",
    "template-missing": "WhatsApp: шаблон не одобрен",
    "template-paused": "WhatsApp: шаблон приостановлен",
    "unreadable": "сообщение не удалось собрать для этого канала",
    "unclear": "Safar остановился во время отправки",
    "seal-broken": "запись в базе повреждена",
}
#: Parts of an alert, as ``Finding.at`` names them; a text has its language behind ``texts.``.
_PARTS: Final = {
    "name": "Название",
    "source.title": "Источник",
    "source.url": "Ссылка на источник",
    "source.checked_on": "Когда источник смотрели",
    "starts": "Начать",
    "ends": "Действует до",
}
#: By rule.
FINDINGS: Final = {
    "empty": "пусто.",
    "unknown-organisation": "вашей организации нет в списке, людям нельзя сказать, кто пишет.",
    "missing-text": "текста нет. Переведите, или уберите этот язык из получателей.",
    "bad-markup": "неверная ссылка в скобках. Можно {fact:имя}, {fact:имя[место]}, {point:имя.phone}.",
    "unknown-fact": "такого факта нет, или нужно место: {fact:имя[место]}.",
    "fact-without-value": "у факта нет значения на этот день.",
    "unknown-point": "такого места помощи нет, или у него нет телефона.",
    "number-differs": "числа не те, что в тексте на другом языке.",
    "lost-placeholder": "ссылки в скобках не те, что в тексте на другом языке.",
    "typed-phone": "телефон набран вручную. Напишите {point:имя.phone}.",
    "typed-link": "ссылка набрана вручную. Дайте её как источник.",
    "lure": "просит деньги, код, карту или паспорт. Так пишут мошенники, мы же обещали не просить. Скажите иначе.",
    "preview-word": "эти слова видны на закрытом экране. Начните с нейтральных.",
    "text-too-long": "текст не поместится в одно сообщение. Сократите.",
    "missing-source": "не сказано, откуда это известно.",
    "bad-value": "такого дня нет, или он ещё не наступил.",
    "old-source": "источник давно не смотрели. Посмотрите снова.",
    "bad-link": "нужна ссылка https на сайт под его собственным именем, не короткая.",
    "unchanged-text": "это те же слова, что люди уже получили. Напишите, как верно, или что было неверно.",
    "barred-name": "это имя может быть нельзя показывать. Назовите факт, а не того, кто о нём говорит.",
    "ends-in-the-past": "этот срок уже прошёл.",
    "ends-too-late": "слишком поздно. Что верно дольше трёх месяцев, пишут в статье.",
    "starts-after-its-end": "позже, чем конец.",
    "starts-in-the-past": "уже прошло. Уйдёт сразу, как одобрят.",
    "repeat-without-start": "для повтора нужен первый день.",
}
#: What is wrong in a rule that somebody typed, by rule.
RULES: Final = {
    "unknown-key": "о таком спросить нельзя.",
    "bad-value": "такого значения здесь не бывает.",
    "bad-days": "нужно одно число дней, от 1 до 999. Например: seen: 90.",
    "no-value": "нет значения. Напишите одно или список. Например: citizenship: [TJ, UZ].",
    "no-test": "нет условия. Например: citizenship: [TJ, UZ]. Для всех людей: all: [].",
    "no-list": "нужен список. Например: any: [{country: RU}, {seen: 90}].",
    "too-deep": "слишком много скобок друг в друге. Напишите проще.",
    "too-many": "слишком много условий. Назовите области вместо городов, или сделайте два сообщения.",
    "too-big": "слишком длинно. Напишите короче.",
    "bad-yaml": "так не прочитать. Проверьте скобки, двоеточия и пробелы в начале строк. Например: country: RU.",
    "tab": "строка начинается с табуляции. Поставьте пробелы.",
    "bad-character": "здесь знак, которого не видно. Удалите его.",
    "empty-file": "пусто.",
    "wrong-encoding": "это не текст.",
}
#: How a remedy names what was meant, or what is known.
_MEANT: Final = re.compile(r'did you mean "([^"]+)"')
_KNOWN: Final = re.compile(r"use one of: (.+)")
_REFUSED: Final = {
    "no-right": "Это действие не для вашей роли.",
    "barred": "Имя или ссылку в нём больше нельзя показывать. Отмените его и напишите новое без них.",
    "admin": "База восстановлена из копии. Продолжить может только администратор.",
    "may-have-gone": "После копии его могли отправить всем. Точно не отправляли? Если не уверены, отмените его.",
    "unknown": "Здесь ничего нет. Может быть, ссылка старая.",
    "state": "Сейчас так сделать нельзя: {state}.",
    "changed": "Пока вы смотрели, сообщение изменили. Прочитайте новое и решите снова.",
    "findings": "Сначала исправьте то, что отмечено ниже.",
    "small": "Получателей меньше десяти. Такое отправляют, только если администратор написал причину.",
    "week-limit": "Предел сообщений организации за неделю исчерпан.",
    "day-limit": "О двух опасностях за сутки уже сообщили. Больше сегодня нельзя.",
    "again": "Такое же сообщение этим людям уже отправляли в последние 30 дней. Точно отправить ещё раз?",
    "wrong-count": "Число не то, что показано. Посмотрите, скольким людям уйдёт сообщение, и напишите это число.",
    "moved": "Получателей теперь другое число. Посмотрите на новое и решите снова.",
    "facts-changed": "С тех пор изменились данные, на которые ссылается текст. Верните в черновик и прочитайте текст.",
    "own": "Вы писали или правили это сообщение. Одобрить должен другой человек.",
    "young": "Ваша учётная запись моложе суток. Одобрить должен тот, кто здесь дольше.",
    "runs-on": "Сначала остановите и отмените то, что исправляете: иначе кто-то получит его после исправления.",
    "nobody": "Его никто не получил, исправлять нечего.",
    "counting": "Получатели ещё считаются: так бывает первые 20 секунд после запуска. Попробуйте снова.",
    "empty": "Напишите причину или имя.",
}


def refusal(refused: Refused) -> str:
    return _REFUSED[refused.why].format(state=STATES.get(refused.state, refused.state))


def reason(word: str) -> str:
    return REASONS.get(word, _OUTAGE)


def part(finding: Finding) -> str:
    """Where it is."""
    language = finding.at.removeprefix("texts.")
    return f"Текст, {LANGUAGES.get(language, language)}" if language != finding.at else _PARTS[finding.at]


def finding(finding: Finding) -> str:
    """What is wrong, with the words it is about, and what to do."""
    return _about(finding.what) + FINDINGS[finding.rule]


def broken_rule(broken: BrokenRule) -> str:
    """Each finding with its line, what it is about, and what can be written."""
    return " ".join(map(_broken, broken.findings))


def _broken(finding: Broken) -> str:
    said = f"Строка {finding.at.line}: {_about(finding.what)}{RULES[finding.rule]}"
    if meant := _MEANT.search(finding.remedy):
        return f"{said} Может быть, «{meant[1]}»?"
    known = _KNOWN.search(finding.remedy)
    return f"{said} Можно: {known[1]}." if known else said


def _about(what: str) -> str:
    about = ", ".join(f"«{words}»" for words in re.findall(r'"([^"]+)"', what))
    return f"{about} — " if about else ""


def status_of(refused: Refused) -> int:
    """HTTP's."""
    return {"no-right": 403, "unknown": 404, "counting": 503}.get(refused.why, 409)
