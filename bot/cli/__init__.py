"""The command ``safar``. A command's module is imported only when it is asked for, so that each starts quickly."""

from importlib import import_module
from keyword import iskeyword
from typing import Final

import click

from bot import __version__

__all__ = ["main"]

#: Command -> (module of this package, one line of help). The module holds a click command of the command's name.
COMMANDS: Final = {
    "run": ("run", "Everything in one process: web chat, channels with a token, sender."),
    "chat": ("chat", "Talk in the terminal."),
    "check": ("check", "Check flows, content, translations and transcripts; exit 1 on errors."),
    "ask": ("ask", "Show which answer a question finds, and why."),
    "place": ("place", "Show which place a typed name finds."),
    "evaluate": ("evaluate", "Measure the answers on a file of questions."),
    "coverage": ("coverage", "Show which needs are served by what, and how well each topic is."),
    "unanswered": ("unanswered", "Show which questions found no answer."),
    "deadlines": ("deadlines", "Count a person's legal terms, each with its rule and source."),
    "nearest": ("nearest", "Show which help points serve somebody best, and why."),
    "points": ("points", "Show which help points are to be checked again."),
    "import": ("exchange", "Take help points from another program, for an editor to review."),
    "export": ("exchange", "Give help points to another program."),
    "translate": ("translate", "Bring translations up to date; show how much is done."),
    "whatsapp": ("whatsapp", "What the WhatsApp account holds and lacks; what was sent, arrived and failed."),
    "replay": ("replay", "Show what raw updates would make the bot send; the network is off."),
    "broadcast": ("broadcast", "Alerts to many: draft, count, let out by a second person, follow, correct."),
    "staff": ("staff", "Who may sign in to the staff console, and what they did."),
    "token": ("token", "Which other programs may draft alerts."),
    "erase": ("erase", "Forget one person, as if they had written the word for it."),
    "backup": ("backup", "Copy data and keys apart, while the bot runs."),
    "migrate-store": ("migrate_store", "Move everything from the SQLite file to a PostgreSQL; stop the bot first."),
    "restore": ("backup", "Put a backup back, without those who were erased since."),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        # `import` is a word of Python, and no name for a function.
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name.replace("-", "_")
        command = getattr(import_module(f"bot.cli.{COMMANDS[cmd_name][0]}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(cls=_Lazy)
@click.version_option(__version__, prog_name="safar")
def main() -> None:
    """Safar: guidance for labour migrants, on Telegram, WhatsApp, a web page and a terminal."""
