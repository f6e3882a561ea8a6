"""Every setting, typed, in one place: from the environment, else from ``.env``. Stands on nothing.

Names in the environment are these in capitals with ``SAFAR_`` before them; the messengers' tokens also answer to the
names that their own documentation uses (``TELEGRAM_TOKEN``).
"""

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


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


def _list(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _key_file(value: Path) -> Path:
    return value.expanduser()


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

    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR."
    )

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
    return settings


def environment_name(field: str) -> str:
    """The name under which a setting is written in ``.env``."""
    return field.upper() if field in ("telegram_token", "telegram_webhook_secret") else f"SAFAR_{field.upper()}"


def _line(error: Any) -> str:
    location = str(error["loc"][0]) if error["loc"] else ".env"
    field = location.lower().removeprefix("safar_")
    info = Settings.model_fields.get(field)
    name = environment_name(field) if info else location
    meaning = f" ({info.description})" if info and info.description else ""
    return f"{name}: {error['msg'].removeprefix('Value error, ')}{meaning}"
