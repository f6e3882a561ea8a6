"""``safar run``: everything in one process."""

import asyncio
import logging
import os
import resource
import sys

import click
import structlog

from bot.settings import BrokenSettings, Settings, load_settings


@click.command()
@click.option("--roles", help="What this process does: web, sender, scheduler; several with commas. Without it: all.")
def run(roles: str | None) -> None:
    """Start the web chat, and the messengers whose tokens are set; stop with Ctrl-C."""
    try:
        settings = load_settings(**({} if roles is None else {"roles": roles}))
    except BrokenSettings as broken:
        raise SystemExit(str(broken)) from None
    _protect()
    _log_to_stderr(settings)
    from bot.store import StoreError, check_before_opening, has_data, keys_for, location

    try:  # a key or a database that do not fit are told before the rest is even loaded (THREATS T7)
        if has_data(where := location(settings)):
            check_before_opening(where, keys_for(settings.key_file, where))
    except StoreError as stopped:
        raise SystemExit(str(stopped)) from None
    from bot.app import CannotStart, serve
    from bot.catalogue import BrokenCatalogue
    from bot.channels import ChannelUnusable

    fresh = not settings.key_file.exists()

    def announce(address: str) -> None:
        if fresh:
            click.echo(
                f"A new master key lies in {settings.key_file}. Keep a copy apart from this machine: "
                f"if it is lost, nobody can open the conversations again."
            )
        click.echo(f"Safar is ready: {address}")

    try:
        with asyncio.Runner(loop_factory=_loop) as runner:
            runner.run(serve(settings, announce))
    except (CannotStart, ChannelUnusable, StoreError) as stopped:
        raise SystemExit(str(stopped)) from None
    except BrokenCatalogue as broken:
        raise SystemExit(f"{broken}\nThe content cannot be served; mend it, and see: safar check") from None


def _loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # Windows
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _protect() -> None:
    """Files for this user alone, and no core dump that could hold the key (THREATS T8, T73)."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _log_to_stderr(settings: Settings) -> None:
    """One JSON object a line. Other libraries speak up only when something is wrong: their lines may hold addresses."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.EventRenamer("action"),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
