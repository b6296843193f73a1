"""``python -m bot``: serve the application, chat in the terminal, or ask a batch of questions."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from rich.console import Console

from core import settings
from core.commands import run
from core.errors import AssistantError, UnderstandingError
from core.messages import Address, Incoming, Reply
from core.paths import ROOT

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Trợ lý Một cửa.")
errors = Console(stderr=True)


@app.command()
def serve() -> None:
    """Run the web chat (and Telegram, when TELEGRAM_BOT_TOKEN is set)."""
    import uvicorn

    from bot.app import create_app
    from core.db import reach

    loaded = settings.load()
    asyncio.run(reach.look(loaded.database_url))
    uvicorn.run(create_app(loaded), host=loaded.host, port=loaded.port, log_level="warning", access_log=False)


@app.command()
def rasa() -> None:
    """Become the Rasa server with the model of the present training data (`make run` does it too)."""
    from bot import up
    from core.training import model

    loaded = settings.load()
    trained = model.path()
    if not trained.exists():
        raise AssistantError(f"{trained} is not there; make it with: make train")
    command = up.rasa_command(loaded, trained)
    os.chdir(ROOT)
    os.execve(command[0], command, up.environment(loaded))  # noqa: S606  our own program, no shell


@app.command()
def chat() -> None:
    """Talk to the assistant in the terminal. Empty line or Ctrl-D ends."""
    from bot.channels.terminal.loop import talk

    asyncio.run(talk(settings.load()))


@app.command()
def ask(
    questions: Annotated[str, typer.Argument(help="File with one question a line; - for standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Put a batch of questions to the running assistant (start it with `make run`)."""
    try:
        lines = sys.stdin.read() if questions == "-" else Path(questions).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(f"{questions}: cannot be read as UTF-8 text: {error}") from error
    asyncio.run(_ask([line for line in lines.splitlines() if line.strip()], as_json))


@app.command()
def links(
    code: Annotated[str, typer.Argument(help="Dossier code, as printed on the receipt.")],
    telegram: Annotated[str, typer.Option(help="Name of the Telegram bot, without @.")] = "",
) -> None:
    """Print the links to one dossier, to be printed on its receipt as QR codes (PUBLIC_URL must be set)."""
    from core.dossiers.codes import DossierCode
    from core.dossiers.links import telegram_link, web_link

    loaded = settings.load()
    try:
        dossier = DossierCode.parse(code)
    except ValueError:
        raise AssistantError(f"{code}: not a dossier code such as H15.50.05.13-261008-0975") from None
    if not loaded.public_url and not telegram:
        raise AssistantError("PUBLIC_URL: must be set, or --telegram given")
    if loaded.public_url:
        print(web_link(loaded.public_url, dossier))
    if telegram:
        print(telegram_link(telegram, dossier))


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="As the application tells it.")] = False,
) -> None:
    """Show how the running assistant stands: waiting messages, channels, tokens, quotas."""
    from bot.status import fetch, lines

    told = fetch(settings.load())
    print(json.dumps(told, ensure_ascii=False, indent=2) if as_json else "\n".join(lines(told)))


@app.command("zalo-authorize")
def zalo_authorize(
    refresh_token: Annotated[
        bool, typer.Option("--refresh-token", help="Take the refresh token of the console's API Explorer.")
    ] = False,
) -> None:
    """Let the assistant send as the Zalo Official Account: consent once, then it renews by itself."""
    from bot.channels.zalo_oa.authorize import Setup, command
    from bot.channels.zalo_oa.config import of_settings
    from core import secret
    from core.db import engine

    loaded = settings.load()
    if not loaded.zalo_app_id or not loaded.zalo_callback_url:
        raise AssistantError("ZALO_APP_ID and the keys beside it, and ZALO_CALLBACK_URL, must be set first")
    key = loaded.secret_key.get_secret_value() if loaded.secret_key else None
    made = Setup(
        of_settings(loaded),
        engine.create(loaded.database_url),
        secret.load(key, loaded.secret_file),
        loaded.zalo_callback_url,
    )
    command(lambda: made)(refresh_token)


async def _ask(lines: list[str], as_json: bool) -> None:
    from bot.app import parts

    loaded = settings.load().model_copy(update={"database_url": "sqlite+aiosqlite:///:memory:"})
    async with parts(loaded) as made:
        if not await made.rasa.ready():
            raise UnderstandingError(
                f"no answer from Rasa at {loaded.rasa_url}; start the assistant with: make run"
            )
        for number, line in enumerate(lines):
            reply = await made.conversation.explain(Incoming(Address("ask", f"{number}"), line))
            print(
                json.dumps(_explained(line, reply), ensure_ascii=False)
                if as_json
                else _readable(line, reply),
                flush=True,
            )


def _explained(text: str, reply: Reply) -> dict[str, Any]:
    return {
        "text": text,
        "intent": reply.intent,
        "confidence": reply.confidence,
        "aspects": list(reply.aspects),
        "procedures": list(reply.procedures),
        "reply": [m.as_dict() for m in reply.messages],
    }


def _readable(text: str, reply: Reply) -> str:
    from bot.channels.terminal.loop import render

    return f"? {text}\n{render(reply.messages)}"


def main() -> None:
    """Run a command; an error of ours is one clear line and exit status 1."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(20),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    run(app, errors)


if __name__ == "__main__":
    main()
