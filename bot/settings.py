"""Every setting, typed, in one place: from the environment, else from ``.env``. Stands on nothing.

Names in the environment are these in capitals with ``SAFAR_`` before them; the messengers' tokens also answer to the
names that their own documentation uses (``TELEGRAM_TOKEN``).
"""

import re
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_GRAPH: Final = "https://graph.facebook.com"


class BrokenSettings(Exception):
    """One line for each broken setting: its name, what is wrong, the accepted form."""


def _https(value: str) -> str:
    if value and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d+)?", value):
        raise ValueError("write the address that people open, as https://chat.example.org, without a path")
    return value.rstrip("/")


def _token(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and not re.fullmatch(r"\d{3,}:[A-Za-z0-9_-]{20,}", value.get_secret_value()):
        raise ValueError("write it as BotFather gave it: digits, a colon, about 35 letters and digits")
    return value


def _secrets(value: SecretStr) -> SecretStr:
    for one in value.get_secret_value().split():
        if not re.fullmatch(r"[A-Za-z0-9_-]{43,256}", one):
            raise ValueError("write 43 to 256 of A-Z a-z 0-9 _ - (make one with: openssl rand -hex 32)")
    return value


def _app_secrets(value: SecretStr) -> SecretStr:
    for one in value.get_secret_value().split():
        if not re.fullmatch(r"[0-9a-f]{32}", one):
            raise ValueError("copy the app secret from the app's basic settings: 32 of 0-9 a-f")
    return value


def _verify_token(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and not re.fullmatch(r"[A-Za-z0-9_-]{20,256}", value.get_secret_value()):
        raise ValueError("make up 20 to 256 of A-Z a-z 0-9 _ - (openssl rand -hex 32), and enter the same at Meta")
    return value


def checked_postgres_url(url: str) -> str:
    """Raises ValueError, which repeats nothing of it: what looks like a host or a port may be half a password."""
    try:
        whole = re.match(r"postgres(ql)?://", url) and _is_cut_as_meant(url)
    except ValueError:
        whole = False
    if not whole:
        raise ValueError(
            "write it as postgresql://user:password@host:5432/database, with a number for the port, and "
            "/ # ? @ % in the password as %2F %23 %3F %40 %25"
        )
    return url


def _is_cut_as_meant(url: str) -> bool:
    """No sign in the password ended it too early. Raises ValueError where asyncpg would, at ports and fields."""
    parts = urlsplit(url)
    fields = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    login, _, hosts = parts.netloc.rpartition("@")
    ports = (f":{port}" for port in fields.get("port", "").split(","))
    for host in (*hosts.split(","), *fields.get("host", "").split(","), *ports):
        _ = urlsplit(f"//{host}").port
    return not parts.fragment and "@" not in login + parts.path + parts.query


def _database_url(value: SecretStr) -> SecretStr:
    if value.get_secret_value():
        checked_postgres_url(value.get_secret_value())
    return value


def _numbers(value: tuple[str, ...]) -> tuple[str, ...]:
    for one in value:
        if not re.fullmatch(r"\d{5,20}", one, re.ASCII):
            raise ValueError("write Meta's number (digits alone, not the telephone number); several with commas")
    return value


def _price(value: str) -> str:
    if value and not re.fullmatch(r"\d{1,6}(\.\d{1,6})? [A-Z]{3}", value, re.ASCII):
        raise ValueError("write an amount and a currency, as 0.035 USD")
    return value


def _list(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _or_none(value: Any) -> Any:
    return value or None


def _key_file(value: Path) -> Path:
    return value.expanduser()


#: What a process may do: take what people send, send what waits, do what is due.
ROLES: Final = ("web", "sender", "scheduler")


def _roles(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value or set(value) - set(ROLES):
        raise ValueError(f"write one or more of {', '.join(ROLES)}, separated by commas")
    return value


#: This machine, and private networks (RFC 1918).
_INSIDE: Final = re.compile(r"(127\.\d+|10\.\d+|192\.168|172\.(1[6-9]|2\d|3[01]))(\.\d+){2}:\d{1,5}", re.ASCII)


def _listen(value: str) -> str:
    if value and not _INSIDE.fullmatch(value):
        raise ValueError("write an address of this machine or of a private network and a port, as 127.0.0.1:9101")
    return value


_Numbers = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_list), AfterValidator(_numbers)]


class Settings(BaseSettings):
    """Secrets do not show in ``repr``. Times are seconds, sizes are counts, unless the name says otherwise."""

    model_config = SettingsConfigDict(
        env_prefix="SAFAR_",
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        validate_default=True,
    )

    data_dir: Path = Field(default=Path("var"), description="Folder for the database; kept at mode 0700.")
    key_file: Annotated[Path, AfterValidator(_key_file)] = Field(
        default=Path("keys/master.key"),
        description="The master key, apart from the data. Made on the first start; losing it loses every conversation.",
    )
    content_dir: Path = Field(default=Path("."), description="Folder that holds flows/, content/ and locales/.")
    cache_dir: Annotated[Path | None, BeforeValidator(_or_none)] = Field(
        default=None, description="Folder for what makes a start quick and can be lost; if empty, cache/ in the data's."
    )

    roles: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_list), AfterValidator(_roles)] = Field(
        default=ROLES,
        description="What this process does: web, sender, scheduler; all, unless several share one PostgreSQL.",
    )
    database_url: Annotated[SecretStr, AfterValidator(_database_url)] = Field(
        default=SecretStr(""),
        description="A PostgreSQL for several processes: postgresql://user:password@host/database; else a SQLite file.",
    )

    host: str = Field(default="127.0.0.1", description="Address that the web server listens on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Its port; 0 takes any free one.")
    public_url: Annotated[str, AfterValidator(_https)] = Field(
        default="", description="The address people open, https; with it Telegram uses a webhook instead of polling."
    )
    proxies: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_list)] = Field(
        default=(), description="Addresses of proxies whose X-Forwarded-For is believed, separated by commas."
    )
    leave_url: str = Field(
        default="https://yandex.ru/pogoda",
        pattern=r"^https://",
        description="Where the Leave button goes: a neutral page.",
    )

    console: bool = Field(
        default=True,
        description="Staff answer at /console, once `safar staff add` has made an account; false hides it.",
    )

    telegram_token: Annotated[SecretStr, AfterValidator(_token)] = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("TELEGRAM_TOKEN", "SAFAR_TELEGRAM_TOKEN"),
        description="The bot's token from BotFather; without one there is no Telegram.",
    )
    telegram_webhook_secret: Annotated[SecretStr, AfterValidator(_secrets)] = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("TELEGRAM_WEBHOOK_SECRET", "SAFAR_TELEGRAM_WEBHOOK_SECRET"),
        description="Secret of the webhook, at least 256 bits; two separated by a space while it is being changed.",
    )
    telegram_api: str = Field(
        default="https://api.telegram.org", pattern=r"^https?://", description="Another Bot API server, if you run one."
    )
    telegram_messages_per_second: float = Field(
        default=30.0, gt=0, le=1_000_000, description="Telegram's limit for the whole bot (a paid rate may be higher)."
    )

    whatsapp_token: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("WHATSAPP_TOKEN", "SAFAR_WHATSAPP_TOKEN"),
        description="Lasting token of a system user; one for all numbers, or one for each separated by spaces.",
    )
    whatsapp_phone_id: _Numbers = Field(
        default=(),
        validation_alias=AliasChoices("WHATSAPP_PHONE_ID", "SAFAR_WHATSAPP_PHONE_ID"),
        description="The phone number's id at Meta; several organisations' with commas.",
    )
    whatsapp_business_id: _Numbers = Field(
        default=(),
        validation_alias=AliasChoices("WHATSAPP_BUSINESS_ID", "SAFAR_WHATSAPP_BUSINESS_ID"),
        description="The WhatsApp Business Account's id, which holds the templates; one, or one each.",
    )
    whatsapp_app_secret: Annotated[SecretStr, AfterValidator(_app_secrets)] = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("WHATSAPP_APP_SECRET", "SAFAR_WHATSAPP_APP_SECRET"),
        description="Secret of the Meta app, which signs what is posted; several separated by spaces.",
    )
    whatsapp_verify_token: Annotated[SecretStr, AfterValidator(_verify_token)] = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("WHATSAPP_VERIFY_TOKEN", "SAFAR_WHATSAPP_VERIFY_TOKEN"),
        description="A word of your own, entered at Meta beside the webhook's address.",
    )
    whatsapp_api: str = Field(
        default=_GRAPH, pattern=r"^https?://", description="Another Graph API server, for trying things out."
    )
    whatsapp_messages_per_second: float = Field(
        default=80.0, gt=0, le=1_000_000, description="WhatsApp's limit for one number (up to 1000 by upgrade)."
    )

    whatsapp_price: Annotated[str, AfterValidator(_price)] = Field(
        default="",
        description='What one template costs you, as "0.035 USD"; without it estimates say that it is unknown.',
    )
    whatsapp_daily_limit: int = Field(
        default=0, ge=0, description="How many people a day your WhatsApp account may write to first; 0: unknown."
    )

    webhooks_to_loopback: bool = Field(
        default=False, description="Webhooks may lead to this machine over http; only for trying things out."
    )

    metrics_listen: Annotated[str, AfterValidator(_listen)] = Field(
        default="",
        description="Where Prometheus reads /metrics, and a proxy /readyz, as 127.0.0.1:9101; empty: nowhere.",
    )

    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR."
    )

    @property
    def whatsapp_accounts(self) -> tuple[tuple[str, str, str], ...]:
        """Phone-number id, token and business account of each number. Tokens show: keep it out of logs."""
        numbers, tokens = self.whatsapp_phone_id, self.whatsapp_token.get_secret_value().split()
        businesses = self.whatsapp_business_id
        return tuple(
            (number, tokens[at % len(tokens)], businesses[at % len(businesses)]) for at, number in enumerate(numbers)
        )

    @property
    def cache(self) -> Path:
        return self.cache_dir or self.data_dir / "cache"

    @property
    def database(self) -> Path:
        return self.data_dir / "safar.db"


def load_settings(**values: Any) -> Settings:
    """The settings; ``values`` win over the environment. Raises BrokenSettings."""
    try:
        settings = Settings(**values)
    except ValidationError as broken:
        raise BrokenSettings("\n".join(_line(error) for error in broken.errors(include_input=False))) from None
    except UnicodeDecodeError:
        raise BrokenSettings(".env: it is not UTF-8 text; save it as UTF-8") from None
    if settings.public_url and settings.telegram_token.get_secret_value():
        if not settings.telegram_webhook_secret.get_secret_value():
            raise BrokenSettings(
                "TELEGRAM_WEBHOOK_SECRET: it is empty, but SAFAR_PUBLIC_URL asks for a webhook, and a webhook without "
                "a secret is open to everyone; make one with: openssl rand -hex 32"
            )
        if not settings.public_url.startswith("https://"):
            raise BrokenSettings("SAFAR_PUBLIC_URL: Telegram accepts a webhook over https only; write https://…")
    _check_whatsapp(settings)
    return settings


def _check_whatsapp(settings: Settings) -> None:
    """All five values, or none. Raises BrokenSettings."""
    tokens = settings.whatsapp_token.get_secret_value().split()
    five = {
        "whatsapp_token": bool(tokens),
        "whatsapp_phone_id": bool(settings.whatsapp_phone_id),
        "whatsapp_business_id": bool(settings.whatsapp_business_id),
        "whatsapp_app_secret": bool(settings.whatsapp_app_secret.get_secret_value()),
        "whatsapp_verify_token": bool(settings.whatsapp_verify_token.get_secret_value()),
    }
    if not any(five.values()):
        return
    missing = [environment_name(field) for field, given in five.items() if not given]
    if missing:
        raise BrokenSettings(f"{', '.join(missing)}: empty, but WhatsApp needs all five values (docs/whatsapp.md)")
    numbers = len(settings.whatsapp_phone_id)
    for field, count in (("whatsapp_token", len(tokens)), ("whatsapp_business_id", len(settings.whatsapp_business_id))):
        if count not in (1, numbers):
            raise BrokenSettings(
                f"{environment_name(field)}: {count} given for {numbers} numbers; give one, or one each"
            )
    if settings.whatsapp_api == _GRAPH and not settings.public_url.startswith("https://"):
        raise BrokenSettings("SAFAR_PUBLIC_URL: WhatsApp posts to an https address only; write https://…")


def environment_name(field: str) -> str:
    """The name under which a setting is written in ``.env``."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"SAFAR_{field.upper()}"


def _line(error: Any) -> str:
    location = str(error["loc"][0]) if error["loc"] else ".env"
    field = location.lower().removeprefix("safar_")
    info = Settings.model_fields.get(field)
    name = environment_name(field) if info else location
    meaning = f" ({info.description})" if info and info.description else ""
    return f"{name}: {error['msg'].removeprefix('Value error, ')}{meaning}"
