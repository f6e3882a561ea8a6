"""The road, end to end, as a person walks it: `safar run`, a real update, a flow in Kyrgyz, sourced guidance."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes import botapi
from tests.fakes.botapi import BotApi
from tests.faults.process import Process

PERSON = 700_001


@pytest.fixture
async def bot_api() -> AsyncIterator[BotApi]:
    async with botapi.bot_api() as api:
        yield api


async def _after(api: BotApi, act: str, *, typed: bool = False) -> str:
    """What the person reads after a tap or a text."""
    before = len(api.made("sendMessage", "editMessageText"))
    await (api.says(PERSON, act) if typed else api.taps(PERSON, act))
    await api.until(
        lambda: [call for call in api.made("sendMessage", "editMessageText")[before:] if call.ok], seconds=20
    )
    return str(api.made("sendMessage", "editMessageText")[-1].params["text"])


@pytest.mark.timeout(120)
async def test_an_unpaid_wage_over_telegram_in_kyrgyz(bot_api: BotApi, tmp_path: Path) -> None:
    safar = Process(tmp_path, bot_api.base_url, SAFAR_PUBLIC_URL="", TELEGRAM_WEBHOOK_SECRET="")
    await safar.start()
    try:
        assert "Тилди тандаңыз" in await _after(bot_api, "/start", typed=True)
        assert "000" in await _after(bot_api, "Кыргызча")
        await _after(bot_api, "Кыргызстан")
        assert "Кандай жардам керек?" in await _after(bot_api, "Россияда")
        assert "Алгач эң маанилүүсү." in await _after(bot_api, "айлык", typed=True)
        assert "Паспортуңуз өзүңүздөбү?" in await _after(bot_api, "Жок")
        assert "канча толук ай" in await _after(bot_api, "Ооба, өзүмдө")
        assert "келишим" in await _after(bot_api, "эки", typed=True)
        assert "Сизде эмне бар?" in await _after(bot_api, "Жок, сөз жүзүндө")
        await _after(bot_api, "1, 2", typed=True)
        guidance = await _after(bot_api, "Даяр")
        assert "1\xa0жыл" in guidance  # a fact, in her language
        assert "Бүгүнкү кадам" in guidance
        assert "Текшерилген" in await _after(bot_api, "Айлыкты бербей жатат")
    finally:
        assert await safar.stop() == 0
