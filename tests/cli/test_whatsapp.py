"""``safar whatsapp templates`` against the fake account, as an operator runs it."""

import asyncio
import os
import sys
from pathlib import Path

from tests.fakes.graphapi import BUSINESS_ID, GraphApi, graph_api
from tests.fakes.graphdemo import environment

ROOT = Path(__file__).resolve().parents[2]


async def safar(api: GraphApi, *words: str, **changed: str) -> tuple[int, str]:
    """Exit code, and all that is printed."""
    settings = {**os.environ, **environment(api.base_url), "SAFAR_CONTENT_DIR": str(ROOT), **changed}
    code = "from bot.cli import main; main()"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, "whatsapp", *words),
        env=settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


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
