"""Other programs of the admin's organisation: their tokens, shown once, and where they are told of alerts."""

from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.responses import Response

from bot.delivery.webhooks import address_refusal, new_secret, secret_text
from bot.staff import HANDLE
from bot.web.api.tokens import LONGEST_DAYS, SCOPES, new_token
from bot.web.console import words
from bot.web.console.visit import Visit

_PAGE: Final = "programs.html"
_PATH: Final = "/console/tokens"
#: How many of the calls are shown.
_CALLS: Final = 20


async def page(visit: Visit) -> Response:
    return await _page(visit)


async def add(visit: Visit) -> Response:
    label, scopes, days = visit.form["label"][:64].strip().lower(), visit.form.all("scope"), visit.form["days"]
    if not HANDLE.fullmatch(label):
        return await _page(visit, 422, words.BAD_LABEL)
    if not scopes or set(scopes) - set(SCOPES):
        return await _page(visit, 422, "Выберите, что программе можно.")
    if not (days.isascii() and days.isdecimal() and 1 <= int(days[:5]) <= LONGEST_DAYS):
        return await _page(visit, 422, f"Срок: от 1 до {LONGEST_DAYS} дней.")
    secret = new_token()
    until = datetime.now(UTC).date() + timedelta(days=int(days))
    entry = visit.entry("token-added", label.encode())
    if not await visit.console.api.add_token(label, visit.account.organisation, scopes, secret.encode(), until, entry):
        return await _page(visit, 409, "Такое имя уже есть или было. Выберите другое.")
    return visit.page("shown-once.html", title=f"Ключ программы {label}", secret=secret, how=words.HOW_TO_KEEP_IT)


async def end(visit: Visit) -> Response:
    label = str(visit.request.path_params["label"])
    entry = visit.entry("token-ended", label.encode())
    done = await visit.console.api.end_token(visit.account.organisation, label, entry)
    return visit.go(_PATH) if done else visit.message(404, words.NOT_FOUND)


async def set_webhook(visit: Visit) -> Response:
    """The first secret, or a new one, is shown once."""
    url, organisation = visit.form["url"].strip(), visit.account.organisation
    refused = address_refusal(url, loopback=visit.console.webhooks_to_loopback)
    if refused:
        return await _page(visit, 422, words.WEBHOOK_REFUSED[refused], url=url)
    known = await visit.console.api.webhook(organisation)
    secret = new_secret() if known is None or visit.form["renew"] else b""
    await visit.console.api.set_webhook(organisation, url, secret, visit.entry("webhook-set"))
    if not secret:
        return visit.go(_PATH)
    return visit.page("shown-once.html", title="Секрет подписи", secret=secret_text(secret), how=words.HOW_TO_VERIFY)


async def drop_webhook(visit: Visit) -> Response:
    done = await visit.console.api.drop_webhook(visit.account.organisation, visit.entry("webhook-dropped"))
    return visit.go(_PATH) if done else visit.message(404, words.NOT_FOUND)


async def _page(visit: Visit, status: int = 200, error: str = "", url: str = "") -> Response:
    api, organisation = visit.console.api, visit.account.organisation
    return visit.page(
        _PAGE,
        status,
        tokens=await api.tokens(organisation),
        webhook=await api.webhook(organisation),
        calls=await api.calls(organisation, _CALLS),
        scopes=list(SCOPES),
        today=datetime.now(UTC).date(),
        longest=LONGEST_DAYS,
        url=url,
        error=error,
    )
