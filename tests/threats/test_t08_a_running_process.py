"""THREATS T8, T69, F14 on ``safar run`` itself: content is edited while it serves, and it lets nothing out."""

import asyncio
import re
import shutil
import time
from pathlib import Path

import pytest

from tests.fakes.botapi import TOKEN, bot_api
from tests.faults.process import ROOT, SECRET, Process, Pusher, text_update
from tests.processor import shut_out_threads

MARK = "Nigora-4711"


async def until_logged(safar: Process, pattern: str, seconds: float = 5.0) -> str:
    """Not counted is how long others had the processor."""
    assert safar._process is not None
    process, begun = safar._process.pid, time.monotonic()
    before = shut_out_threads(process)
    waited = 0.0
    while waited < seconds:
        if found := re.search(pattern, safar.log.read_text(encoding="utf-8")):
            return found[0]
        await asyncio.sleep(0.05)
        others = max(took - before.get(task, 0.0) for task, took in shut_out_threads(process).items())
        waited = time.monotonic() - begun - others
    raise AssertionError(f"no {pattern} in the log: {safar.log.read_text(encoding='utf-8')[-3000:]}")


@pytest.mark.timeout(180)
async def test_a_broken_edit_is_told_with_its_place_while_the_last_good_version_serves(tmp_path: Path) -> None:
    content = tmp_path / "content-root"
    for name in ("flows", "content", "locales"):
        shutil.copytree(ROOT / name, content / name)
    async with bot_api() as api:
        safar = Process(tmp_path, api.base_url, SAFAR_CONTENT_DIR=str(content), SAFAR_LOG_LEVEL="DEBUG")
        await safar.start()
        pusher = Pusher(safar.port)
        try:
            await pusher.push(text_update(1, 500_001, "/start"))
            await api.until(lambda: api.texts(500_001), 10)
            _nothing_in_the_process(safar)
            flow = content / "flows" / "wages.yaml"
            good = flow.read_text(encoding="utf-8")

            flow.write_text(good.replace("next: danger\n", "next: dangr\n", 1), encoding="utf-8")
            told = await until_logged(safar, r"flows/wages\.yaml:\d+:\d+ unknown-node[^\n]*")
            assert 'did you mean \\"danger\\"?' in told
            await pusher.push(text_update(2, 500_002, f"{MARK} не платят зарплату"))
            await pusher.push(text_update(3, 500_002, "/start"))
            await api.until(lambda: api.texts(500_002), 10)

            flow.write_text(good.replace("title: ", "title: Новое. ", 1), encoding="utf-8")
            await until_logged(safar, "catalogue-served", 10)
            await pusher.push(text_update(4, 500_003, "/start"))
            await api.until(lambda: api.texts(500_003), 10)
            assert await safar.stop() == 0
        finally:
            await pusher.close()
            if safar.running:
                await safar.kill()
    log = safar.log.read_text(encoding="utf-8")
    key = re.search("[0-9a-f]{64}", (tmp_path / "keys" / "master.key").read_text(encoding="ascii"))
    assert key
    for secret in (TOKEN.partition(":")[2], SECRET, key[0], MARK, "50000"):
        assert secret not in log


def _nothing_in_the_process(safar: Process) -> None:
    """The key is in no environment, and no core dump can hold it."""
    assert safar._process is not None
    proc = Path(f"/proc/{safar._process.pid}")
    key = re.search("[0-9a-f]{64}", Path(safar.environment["SAFAR_KEY_FILE"]).read_text(encoding="ascii"))
    assert key
    environment = (proc / "environ").read_bytes()
    assert b"SAFAR_KEY_FILE" in environment
    assert key[0].encode() not in environment
    assert bytes.fromhex(key[0]) not in environment
    assert key[0].encode() not in (proc / "cmdline").read_bytes()
    (core,) = re.findall(r"Max core file size +(\S+) +(\S+)", (proc / "limits").read_text())
    assert core == ("0", "0")
