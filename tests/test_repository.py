"""What holds for the repository as a whole: locked packages, commands and documents that tell the truth."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from bot.cli import COMMANDS
from bot.cli import main as safar

ROOT = Path(__file__).resolve().parents[1]


def _packages(lock: str) -> list[str]:
    return re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / lock).read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-build.lock", "requirements-postgres.lock", "requirements-dev.lock"]
)
def test_every_locked_package_has_hashes_and_no_host_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9._-]+==)", text, flags=re.M)[1:]
    assert blocks
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_at_most_forty_packages_run_with_the_bot() -> None:
    assert len(_packages("requirements.lock")) <= 40


def test_every_runtime_package_that_we_ask_for_has_a_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = tomllib.loads(text)["project"]["dependencies"]
    block = text[text.index("dependencies = [") :]
    for requirement in wanted:
        line = next(line for line in block.splitlines() if f'"{requirement}"' in line)
        assert "#" in line or requirement.startswith("uvloop")


def test_development_uses_the_same_versions_as_the_bot() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^[A-Za-z0-9._-]+==[^ \\]+", (ROOT / lock).read_text(encoding="utf-8"), re.M))

    assert pins("requirements.lock") <= pins("requirements-postgres.lock") <= pins("requirements-dev.lock")


def test_every_command_can_be_loaded_and_explains_itself() -> None:
    for name in COMMANDS:
        command = safar.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        assert command.help


def test_the_readme_names_every_command_and_fits_its_place() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) < 110
    for name in COMMANDS:
        assert f"safar {name}" in readme


def test_every_make_target_has_its_sentence() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):", makefile, re.M)
    assert {"install", "run", "test", "check", "bench", "help"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:.*## ", makefile, re.M), target


def test_links_in_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_no_module_is_unreasonably_long() -> None:
    long = {
        path.relative_to(ROOT): n
        for path in ROOT.glob("bot/**/*.py")
        if (n := len(path.read_text().splitlines())) > 400
    }
    assert not long


def test_whoever_logs_that_the_store_failed_says_what_to_do() -> None:
    """The text of a StoreError is that sentence, and holds nothing of a row."""
    lines = []
    for path in ROOT.glob("bot/**/*.py"):
        for caught in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(caught, ast.ExceptHandler) and ast.unparse(caught.type or caught) == "StoreError":
                said = [ast.unparse(one) for one in caught.body if "_log.error(" in ast.unparse(one)]
                lines += [(path.name, line, f"why=str({caught.name})" in line) for line in said]
    assert len(lines) > 15
    assert [where for *where, told in lines if not told] == []
