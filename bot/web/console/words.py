"""What the console says, in Russian: the language that staff share."""

from datetime import datetime, timedelta
from typing import Final

from bot.staff import LONGEST, SHORTEST, Refusal

ROLES: Final = {
    "editor": "редактор",
    "sender": "рассылка",
    "approver": "проверка рассылок",
    "caseworker": "ответы людям",
    "admin": "администратор",
}
STATES: Final = {"invited": "приглашён", "active": "работает", "disabled": "отключён"}
#: By BCP 47 tag.
LANGUAGES: Final = {
    "ru": "русский",
    "uz": "узбекский (латиница)",
    "uz-Latn": "узбекский (латиница)",
    "uz-Cyrl": "узбекский (кириллица)",
    "tg": "таджикский",
    "ky": "кыргызский",
}
COUNTRIES: Final = {"RU": "Россия", "KZ": "Казахстан"}
NEEDS: Final = {
    "children": "Дети",
    "detention": "Задержание",
    "documents": "Документы",
    "family_tracing": "Поиск родных",
    "food": "Еда",
    "health": "Здоровье",
    "hiv": "ВИЧ",
    "legal": "Юрист",
    "psychological": "Психолог",
    "repatriation": "Возвращение домой",
    "shelter": "Ночлег",
    "tb": "Туберкулёз",
    "trafficking": "Торговля людьми, принуждение",
    "violence": "Насилие",
    "wages": "Зарплата",
}
HAPPENED: Final = {
    "opened": "Человек попросил об ответе.",
    "left": "Человек вышел из разговора.",
    "closed": "Разговор закрыт.",
    "transfer-offered": "Человека спросили, передать ли разговор другой организации.",
    "transfer-agreed": "Человек согласился, разговор передан.",
    "transfer-refused": "Человек отказался от передачи.",
    "late": "Обещанное время прошло. Человеку сказали об этом и дали телефон горячей линии.",
}
ROLES_REFUSED: Final = {
    "none": "Выберите хотя бы одну роль.",
    "unknown": "Такой роли нет.",
    "admin-apart": "Администратор не видит разговоров, поэтому эта роль даётся отдельно от других. "
    "Для ответов людям сделайте вторую учётную запись.",
}
#: What a program may do, by scope.
SCOPES: Final = {
    "alerts:draft": "готовить сообщения",
    "alerts:read": "видеть сообщения и отчёты",
    "segments:count": "считать, сколько людей получат",
}
EVENTS: Final = {
    "done": "сообщение разослано",
    "cancelled": "сообщение отменено",
    "paused": "сообщение остановилось само",
}
CALLS: Final = {
    "waiting": "ждёт следующей попытки",
    "calling": "сообщаем сейчас",
    "done": "принято",
    "given-up": "не удалось за три дня",
    "ended": "адреса больше нет",
}
BAD_LABEL: Final = (
    "Имя программы: от 2 до 32 маленьких латинских букв, цифр и дефисов, сначала буква, цифр не больше четырёх."
)
HOW_TO_KEEP_IT: Final = (
    "Вставьте ключ в настройки программы. Больше его здесь не покажут. Если он потеряется или его увидит чужой, "
    "закончите его и сделайте новый."
)
HOW_TO_VERIFY: Final = (
    "Вставьте секрет в программу, которая принимает сообщения: по нему она проверяет подпись (Standard Webhooks). "
    "Больше его здесь не покажут."
)
WEBHOOK_REFUSED: Final = {
    "long": "В адресе лишние знаки, или он длиннее 500 знаков. Напишите его латиницей, без пробелов.",
    "https": "Адрес должен начинаться с https://.",
    "login": "В адресе не должно быть имени с паролем и части после #.",
    "port": "В адресе не должно быть номера порта.",
    "name": "После https:// нужно имя сайта в интернете, например hooks.example.org, а не цифры.",
}
NOT_FOUND: Final = "Здесь ничего нет. Может быть, ссылка старая."
NOT_YOURS: Final = "Эта страница не для вашей роли."
TOO_MANY: Final = (
    "За час открыто слишком много разговоров. До следующего часа новые не открываются. "
    "Если это были не вы, сразу скажите администратору."
)
STORE_DOWN: Final = "Ничего не записано и не отправлено: база данных не отвечает. Попробуйте ещё раз через минуту."
SIGN_IN_AGAIN: Final = "Вы вышли. Войдите снова."
WRONG_SIGN_IN: Final = "Не подошло. Проверьте имя и пароль."
WRONG_CODE: Final = "Код не подошёл. Подождите новый код в приложении и введите его: один код годится один раз."
WRONG_INVITATION: Final = "Не подошло. Проверьте имя и приглашение; оно действует три дня и один раз."
WRONG_OLD: Final = "Нынешний пароль не подошёл."


def refusal(refused: Refusal, wrong: str) -> str:
    """``wrong``: what is said when something was not right."""
    match refused.why:
        case "wrong":
            return wrong
        case "wait":
            return f"Слишком много попыток. Подождите: {duration(timedelta(seconds=refused.seconds))}."
        case "short":
            return f"Пароль короткий: нужно не меньше {SHORTEST} знаков. Удобнее всего несколько слов подряд."
        case "long":
            return f"Пароль длинный: можно до {LONGEST} знаков."
        case "common":
            return "Такой пароль легко угадать. Возьмите несколько слов, которые не связаны друг с другом."
        case "differ":
            return "Два новых пароля не одинаковы."


def duration(span: timedelta) -> str:
    """Rounded up to minutes, as a colleague would say it."""
    minutes = max(1, -(-int(span.total_seconds()) // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} д {hours} ч" if hours else f"{days} д"
    if hours:
        return f"{hours} ч {rest} мин" if rest else f"{hours} ч"
    return f"{rest} мин"


def duration_of(seconds: float) -> str:
    return duration(timedelta(seconds=seconds))


def since(then: datetime, now: datetime) -> str:
    return duration(now - then)
