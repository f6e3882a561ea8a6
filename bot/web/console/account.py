"""One's own account: password, recovery codes, sessions elsewhere."""

from starlette.responses import Response

from bot.staff import Refusal
from bot.staff.codes import written
from bot.web.console import words
from bot.web.console.visit import Visit

_PAGE = "account.html"


async def page(visit: Visit) -> Response:
    return visit.page(_PAGE)


async def change_password(visit: Visit) -> Response:
    new = (visit.form["new"], visit.form["again"])
    done = await visit.console.sign_in.change_password(visit.session, visit.form["old"], new)
    if isinstance(done, Refusal):
        return visit.page(_PAGE, 429 if done.why == "wait" else 422, error=words.refusal(done, words.WRONG_OLD))
    visit.become(done)
    return visit.page(_PAGE, done="Пароль новый. На других устройствах нужно войти снова.")


async def renew_codes(visit: Visit) -> Response:
    done = await visit.console.sign_in.renew_codes(visit.session)
    visit.become(done.token)
    return visit.page("codes.html", codes=[written(one) for one in done.codes], next="/console/account")


async def end_others(visit: Visit) -> Response:
    ended = await visit.console.staff.end_others(visit.token, visit.entry("sessions-ended"))
    return visit.page(_PAGE, done=f"Закрыто входов на других устройствах: {ended}.")
