"""What PostgreSQL or the way to it says, in one sentence with the remedy.

Only codes and names of settings are repeated, never the server's own text: it holds values of rows.
"""

from typing import Final

import asyncpg

from bot.store.postgres_url import PostgresUrl
from bot.store.protocol import StoreError

_NOTHING: Final = "nothing was confirmed, and what is repeated counts once"

#: asyncpg says the last of a connection that was cut while several statements were on their way.
_OF_THE_WAY: Final = OSError | asyncpg.InterfaceError | asyncpg.InternalClientError


def explain(url: PostgresUrl, error: Exception) -> Exception:
    """The store's own error for one of asyncpg's, the system's or a time limit; any other as it is."""
    if isinstance(error, asyncpg.PostgresError):
        state = str(error.sqlstate or "")
        remedy = _STATES.get(state) or _CLASSES.get(state[:2])
        if remedy is None:
            return StoreError(f"{_Name(url)} failed unexpectedly ({state or type(error).__name__}); {_NOTHING}.")
        return StoreError(remedy.format(url=_Name(url), user=url.user, name=url.name))
    if isinstance(error, TimeoutError):
        return StoreError(f"{_Name(url)} does not answer: look at the server and the network; {_NOTHING}.")
    if isinstance(error, _OF_THE_WAY):
        return StoreError(
            f"{_Name(url)} cannot be reached: start it, or set SAFAR_DATABASE_URL to where it is; {_NOTHING}."
        )
    return error


def is_lost(error: Exception) -> bool:
    """The connection is of no use any more."""
    if isinstance(error, asyncpg.IdleInTransactionSessionTimeoutError):
        return True
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate or "")[:2] in _OF_CONNECTIONS and error.sqlstate != "57014"
    return isinstance(error, TimeoutError | _OF_THE_WAY)


def may_succeed(error: Exception) -> bool:
    """Another process stood in the way: a deadlock, or it has just made, or erased, the same contact."""
    return isinstance(
        error,
        asyncpg.DeadlockDetectedError
        | asyncpg.SerializationError
        | asyncpg.UniqueViolationError
        | asyncpg.ForeignKeyViolationError,
    )


def may_be_one_calls(error: Exception) -> bool:
    """A value that the server, or our own code, cannot take; nothing of the server itself."""
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate or "")[:2] in _OF_VALUES
    return not isinstance(error, TimeoutError | _OF_THE_WAY)


class _Name(str):
    """The database's name at the beginning of a sentence."""

    def __new__(cls, url: PostgresUrl) -> "_Name":
        words = str(url)
        return super().__new__(cls, words[0].upper() + words[1:])


#: Classes of states after which there is no connection.
_OF_CONNECTIONS: Final = {"08", "28", "3D", "53", "57"}
#: Classes of states that tell of a value, or of a row.
_OF_VALUES: Final = {"21", "22", "23"}
_STATES: Final = {
    "28P01": "{url} does not take the password of {user}: set the right one in SAFAR_DATABASE_URL.",
    "28000": "{url} does not let {user} in: look at pg_hba.conf, and at the user in SAFAR_DATABASE_URL.",
    "3D000": "There is no database {name} on this server: make it with `createdb -O {user} {name}`.",
    "42501": "{url} does not let {user} do what Safar needs: make {user} the owner of the database {name} and of "
    "all in its schema safar.",
    "42704": "{url} does not know a parameter after the ? of SAFAR_DATABASE_URL: correct it, or leave it out.",
    "53100": "The disk of {url} is full: free some space; nothing was confirmed, and what is repeated counts once.",
    "53300": "{url} has no free connection: raise max_connections, or stop what holds them.",
    "55P03": "{url} is held by another program or a frozen process: end that; nothing was confirmed.",
    "57014": "{url} took too long for one statement: look at its load and disk; nothing was confirmed.",
    "25P03": "{url} ended the batch of a process that stood still: look at this machine's load; nothing was confirmed.",
    "25006": "{url} is read-only (a standby?): set SAFAR_DATABASE_URL to the server that is written to.",
    "XX001": "{url} is damaged: stop Safar and restore the newest backup with `safar restore FOLDER`.",
    "XX002": "{url} is damaged: stop Safar and restore the newest backup with `safar restore FOLDER`.",
}
_CLASSES: Final = {
    "08": "{url} cannot be reached: start it, or set SAFAR_DATABASE_URL to where it is; nothing was confirmed.",
    "57": "{url} is being stopped or started: wait for it; nothing was confirmed, and what is repeated counts once.",
    "53": "{url} has no room for more: look at its disk, memory and connections; nothing was confirmed.",
}
