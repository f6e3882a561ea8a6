"""``safar whatsapp templates`` against the fake account, as an operator runs it."""

import asyncio

from click.testing import CliRunner

from bot.cli import main
from tests.fakes.graphapi import BUSINESS_ID, GraphApi, graph_api
from tests.fakes.graphdemo import environment
from tests.real import ROOT


async def safar(api: GraphApi, *words: str, **changed: str) -> tuple[int, str]:
    """Exit code, and all that is printed."""
    settings = {**environment(api.base_url), "SAFAR_CONTENT_DIR": str(ROOT), **changed}
    done = await asyncio.to_thread(CliRunner().invoke, main, ["whatsapp", *words], env=settings)
    return done.exit_code, done.output


async def test_templates_are_listed_pushed_and_good_once_meta_approves_them() -> None:
    async with graph_api() as api:
        code, out = await safar(api, "templates")
        assert code == 1
        assert f"Account {BUSINESS_ID}" in out
        assert "reminder        ky_KG  missing   make it: safar whatsapp templates --push" in out
        assert "tg is sent in ru" in out
        code, out = await safar(api, "templates", "--push")
        assert code == 0
        assert "reminder        ky_KG  pending" in out
        api.review("reminder", "ky_KG", "REJECTED")
        code, out = await safar(api, "templates", "--push")
        assert code == 1
        assert "reminder        ky_KG  rejected" in out


async def test_what_is_wrong_with_the_settings_is_said_in_one_line() -> None:
    async with graph_api() as api:
        code, out = await safar(api, "templates", WHATSAPP_TOKEN="EAAWrong")
        assert (code, out.count("\n")) == (1, 1)
        assert out.startswith("Error: WHATSAPP_TOKEN: WhatsApp refuses it")
        code, out = await safar(api, "templates", WHATSAPP_APP_SECRET="")
        assert (code, out.count("\n")) == (1, 1)
        assert out.startswith("Error: WHATSAPP_APP_SECRET: ")
