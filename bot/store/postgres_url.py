"""Where a PostgreSQL database is. It may hold a password, so it shows only what leads nowhere."""

from urllib.parse import parse_qs, urlsplit

from bot.settings import checked_postgres_url


class PostgresUrl:
    """``secret`` is ``postgresql://user:password@host:port/database``. Raises ValueError for what is not whole."""

    __slots__ = ("secret",)

    def __init__(self, secret: str) -> None:
        self.secret = checked_postgres_url(secret)

    @property
    def parent(self) -> str:
        """For sentences: host and port, or the folder of the socket."""
        parts = urlsplit(self.secret)
        host = parts.netloc.rpartition("@")[2]
        return host or parse_qs(parts.query).get("host", ["this machine"])[0]

    @property
    def user(self) -> str:
        return urlsplit(self.secret).username or "(the system's user)"

    @property
    def name(self) -> str:
        return urlsplit(self.secret).path.lstrip("/") or self.user

    def __str__(self) -> str:
        return f"the PostgreSQL database {self.name} at {self.parent}"

    def __repr__(self) -> str:
        return "PostgresUrl()"
