"""THREATS T3: an address is looked up by a keyed hash alone; a plain one of a phone is tabulated in a day."""

import ast

from tests.web.serving import ROOT

#: Module -> why it may hash.
MAY_HASH = {
    "bot/answers/linear.py": "places of words in an array of weights; nothing is kept of a question",
    "bot/store/keys.py": "the keyed hashes themselves, and the key's derivation",
    "bot/staff/codes.py": "SHA-1 inside HMAC, as every authenticator app computes one-time codes",
    "bot/catalogue/cache.py": "public content and what was made of it, to know them again",
    "bot/catalogue/model.py": "names of public content",
    "bot/catalogue/reading.py": "files of public content",
    "bot/catalogue/build_flow.py": "versions of public content",
    "bot/catalogue/load.py": "the version of the public catalogue",
    "bot/catalogue/locales.py": "files of public translations, to know them again",
    "bot/channels/whatsapp/parse.py": "news of the account itself, which carry no id and no person",
    "bot/delivery/broadcasts/model.py": "the text of an alert, which the second person approves as it is",
    "bot/delivery/webhooks/signing.py": "the signature of a call to an organisation's own system",
    "bot/web/hub.py": "the random address of a page (256 bits), to call it among processes",
    "bot/web/chat.py": "random ids of rows, so that a page cannot guess another's",
    "bot/web/session.py": "a random secret of 256 bits, which no table can hold",
    "bot/web/limits.py": "keyed with a random key that lives a day, in memory only",
    "bot/web/whatsapp.py": "the signature of a body under the app's secret (T52); nothing of it is kept",
    "bot/web/pages.py": "names of public files by their content",
}
_HASHES = {"hashlib", "hmac", "zlib", "binascii", "cryptography.hazmat.primitives.hashes"}


def imported(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_no_other_module_hashes_anything() -> None:
    hashing = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bot").rglob("*.py")
        if imported(path.read_text(encoding="utf-8")) & _HASHES
    }
    #: hmac.compare_digest, for the webhook's secret and the console's forms
    comparing = {"bot/web/hook.py", "bot/web/console/forms.py"}
    assert hashing - comparing <= set(MAY_HASH)
    assert "bot/store/keys.py" in hashing
