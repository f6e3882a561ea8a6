import pytest

from bot.channels import ChannelUnusable
from bot.channels.telegram import Words, check_token, connect, introduce, use_polling, use_webhook
from tests.fakes import botapi
from tests.fakes.botapi import TOKEN, bot_api
from tests.fakes.botspec import BotSpec

SECRET = "s" * 43


def words(language: str) -> Words:
    return Words(
        name="Safar",
        about=f"about {language}",
        description=f"description {language}",
        commands={"menu": f"menu {language}", "delete": f"delete {language}"},
    )


WORDS = {language: words(language) for language in ("ru", "uz", "tg", "ky")}


async def test_the_bot_shows_itself_in_each_language_and_says_nothing_twice() -> None:
    async with bot_api(BotSpec.load()) as api:
        caller = connect(TOKEN, api.base_url)
        await introduce(caller, WORDS)
        assert api.problems == []
        for code, language in (("", "ru"), ("ru", "ru"), ("uz", "uz"), ("tg", "tg"), ("ky", "ky")):
            assert api.profile["ShortDescription", code] == f"about {language}"
            assert api.profile["Description", code] == f"description {language}"
            assert api.profile["Commands", code][0] == {"command": "menu", "description": f"menu {language}"}
            assert api.profile["Name", code] == "Safar"
        before = [call for call in api.calls if call.method.startswith("set")]
        await introduce(caller, WORDS)
        assert [call for call in api.calls if call.method.startswith("set")] == before
        await caller.close()


async def test_a_bot_that_may_not_be_renamed_now_starts_all_the_same() -> None:
    async with bot_api() as api:
        caller = connect(TOKEN, api.base_url)
        api.fail("setMyName", botapi.flood(3600))
        await introduce(caller, WORDS)
        assert api.profile["Commands", ""]
        await caller.close()


async def test_the_token_is_tried_at_the_start() -> None:
    async with bot_api() as api:
        caller = connect(TOKEN, api.base_url)
        assert await check_token(caller) == "safar_demo_bot"
        await caller.close()
        wrong = connect("7000000000:AAWrongWrongWrongWrongWrongWrongWro-1", api.base_url)
        with pytest.raises(ChannelUnusable, match="TELEGRAM_TOKEN: Telegram does not know it"):
            await check_token(wrong)
        await wrong.close()


async def test_without_a_network_the_start_says_what_to_do() -> None:
    caller = connect(TOKEN, "http://127.0.0.1:9")
    with pytest.raises(ChannelUnusable, match="cannot be reached; check the network"):
        await check_token(caller)
    await caller.close()


async def test_a_webhook_is_set_with_its_secret_and_without_edits() -> None:
    async with bot_api(BotSpec.load()) as api:
        caller = connect(TOKEN, api.base_url)
        await use_webhook(caller, "https://chat.example.org/telegram", SECRET)
        assert api.webhook["url"] == "https://chat.example.org/telegram"
        assert api.webhook["secret_token"] == SECRET
        assert "edited_message" not in api.webhook["allowed_updates"]
        await use_polling(caller)
        assert api.webhook["url"] == ""
        assert api.problems == []
        await caller.close()


@pytest.mark.parametrize("secret", ["", "short", "s" * 42, "s" * 257, "ы" * 43])
async def test_a_webhook_without_a_good_secret_is_refused(secret: str) -> None:
    """THREATS T51."""
    async with bot_api() as api:
        caller = connect(TOKEN, api.base_url)
        with pytest.raises(ChannelUnusable, match="TELEGRAM_WEBHOOK_SECRET"):
            await use_webhook(caller, "https://chat.example.org/telegram", secret)
        assert api.calls == []
        await caller.close()


async def test_a_refused_webhook_address_is_told_with_the_remedy() -> None:
    async with bot_api() as api:
        caller = connect(TOKEN, api.base_url)
        api.fail("setWebhook", botapi.error(400, "Bad Request: bad webhook: HTTPS url must be provided for webhook"))
        with pytest.raises(ChannelUnusable, match="SAFAR_PUBLIC_URL must be https"):
            await use_webhook(caller, "http://chat.example.org/telegram", SECRET)
        await caller.close()
