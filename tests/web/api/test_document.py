"""The description of the API is true: schemathesis asks whatever it allows, and what it does not."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.store.broadcast_protocol import BroadcastState
from bot.text import LANGUAGES
from bot.web.api import DOORS, SCOPES, document
from bot.web.api.shapes import Texts
from tests.web.api.calling import Caller, people, served, token
from tests.web.serving import ROOT, Site, site

COPY = ROOT / "docs" / "openapi.json"
TOOL = Path(sys.executable).with_name("schemathesis")


def test_the_copy_in_the_documents_is_what_is_served() -> None:
    assert json.loads(COPY.read_text(encoding="utf-8")) == json.loads(json.dumps(document(DOORS)))


async def test_it_is_served_to_everybody(safar: Site, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{safar.url}/api/v1/openapi.json") as answer:
        assert answer.status == 200
        assert await answer.json() == json.loads(COPY.read_text(encoding="utf-8"))


def test_texts_have_a_field_for_each_language() -> None:
    assert list(Texts.__struct_fields__) == list(LANGUAGES)


def test_every_door_is_described_with_its_scope_and_answers() -> None:
    described = document(DOORS)
    for door in DOORS:
        operation = described["paths"][door.path][door.method.lower()]
        assert door.scope in SCOPES
        assert door.scope in operation["description"]
        assert {"401", "403", "429", "503", str(door.status)} <= set(operation["responses"])
    assert BroadcastState.__args__ == tuple(  # type: ignore[attr-defined]
        described["paths"]["/alerts"]["get"]["parameters"][0]["schema"]["enum"]
    )


@pytest.mark.timeout(300)
@pytest.mark.skipif(not TOOL.exists(), reason="schemathesis is not installed: make install-dev")
async def test_whatever_is_asked_the_answers_are_as_described(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with site(tmp_path / "data", served=served, api_per_minute=1_000_000) as running:
        await people(running, 12)
        crm = Caller(running, http, await token(running))
        made = await crm.drafts()
        shutil.copy(ROOT / "tests" / "web" / "api" / "schemathesis.toml", tmp_path)
        command = [
            str(TOOL), "--config-file", "schemathesis.toml", "run", f"{running.url}/api/v1/openapi.json",
            "--url", f"{running.url}/api/v1", "--header", f"Authorization: Bearer {crm.secret}",
            "--max-examples", "25", "--seed", "7", "--checks", "all", "--no-color",
        ]  # fmt: skip
        environment = {
            **os.environ,
            "SAFAR_ALERT": made["key"],
            "SCHEMATHESIS_HOOKS": "tests.web.api.schemathesis_hooks",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
        }
        done = await asyncio.create_subprocess_exec(
            *command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        said, _ = await done.communicate()
        assert done.returncode == 0, said.decode()[-6_000:]
