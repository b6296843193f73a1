"""``make run``: start Rasa, the action server and the application under one supervisor (honcho)."""

from __future__ import annotations

import asyncio
import os
import shlex
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from honcho.manager import Manager
from rich.console import Console

from core import settings as settings_module
from core.db import reach
from core.errors import AssistantError
from core.paths import ROOT
from core.settings import Settings, port_of
from core.training import model

console = Console(highlight=False, soft_wrap=True)
_ACTIONS_WAIT, _CONSOLE_WAIT = 4, 6  # seconds
PROCESSES = ("rasa", "actions", "app", "portal", "console")


class StartError(AssistantError):
    """Something the assistant needs is not there; the message says what to do."""


class Recorder:
    """honcho's printer: each process's output goes to ``<folder>/<name>.log``, its news are kept.

    Args:
        folder: where the logs go.
        started: called once, when the processes have been forked.
    """

    width = 0

    def __init__(self, folder: Path, started: Callable[[], None]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._files = {name: (folder / f"{name}.log").open("wb") for name in PROCESSES}
        self._started: Callable[[], None] | None = started
        self.by_hand = False
        self.ended: list[str] = []

    def write(self, message: Any) -> None:
        """Take one honcho message: a line of a process, or a line of news from honcho itself."""
        if self._started:
            self._started()
            self._started = None
        if file := self._files.get(message.name):
            file.write(message.data)
            file.flush()
        elif " received" in message.data:
            self.by_hand = True
        elif " stopped (rc=" in message.data:
            self.ended.append(message.data.split()[0])


def check_ports(settings: Settings) -> None:
    """Raises StartError naming the port that is taken and the setting that moves it."""
    wanted = (
        ("PORT", settings.port),
        ("CONSOLE_PORT", settings.console_port),
        ("RASA_URL", port_of(settings.rasa_url)),
        ("ACTIONS_URL", port_of(settings.actions_url)),
        *([("PORTAL_SIMULATOR_URL", port_of(settings.portal_simulator_url))] if simulated(settings) else []),
    )
    hosts = {"PORT": settings.host, "CONSOLE_PORT": settings.console_host}
    for key, port in wanted:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((hosts.get(key, "127.0.0.1"), port))
            except OSError:
                raise StartError(
                    f"cổng {port} đang có chương trình khác dùng; tắt nó hoặc đặt {key} khác trong .env"
                ) from None


def simulated(settings: Settings) -> bool:
    """Whether the dossiers come from the simulated portal."""
    return settings.portals_file is None


def rasa_command(settings: Settings, trained: Path) -> list[str]:
    """The command line of the Rasa server with one model; ``nlu.serve`` leaves TensorFlow out where it can."""
    return [
        *(str(model.RASA.parent / "python"), "-m", "nlu.serve"),
        *("run", "--enable-api", "--model", str(trained)),
        *("--interface", settings.rasa_host, "--port", str(port_of(settings.rasa_url))),
        *("--endpoints", "endpoints.yml", "--credentials", "credentials.yml"),
    ]


def commands(settings: Settings, trained: Path) -> dict[str, str]:
    """The command line of each process."""
    portal = (
        f"exec {sys.executable} -m simulators.portal --port {port_of(settings.portal_simulator_url)}"
        f" --push-to {local_address(settings)}"
    )
    return {
        **({"portal": portal} if simulated(settings) else {}),
        "rasa": f"exec nice -n 5 {shlex.join(rasa_command(settings, trained))}",
        # The web chat comes first: until Rasa has loaded, nobody asks for actions.
        "actions": f"sleep {_ACTIONS_WAIT}; exec {sys.executable} -m actions",
        "app": f"exec {sys.executable} -m bot serve",
        "console": f"sleep {_CONSOLE_WAIT}; exec {sys.executable} -m console serve",
    }


def up() -> int:
    """Run until Ctrl-C or until a process ends; 0 when stopped by hand, 1 when one died."""
    settings = settings_module.load()
    check_ports(settings)
    asyncio.run(reach.look(settings.database_url))
    with console.status("Kiểm tra mô hình…") as status:
        trained = model.ensure(status.update if console.is_terminal else _plain)
    stopped = threading.Event()
    announcer = threading.Thread(target=_announce, args=(settings, stopped), daemon=True)
    recorder = Recorder(settings.log_folder, announcer.start)
    manager = Manager(recorder)
    for name, command in commands(settings, trained).items():
        manager.add_process(name, command, env=environment(settings), cwd=str(ROOT))
    manager.loop()
    stopped.set()
    if recorder.by_hand:
        console.print("Đã dừng trợ lý.")
        return 0
    _tell_death(settings.log_folder / f"{recorder.ended[0] if recorder.ended else 'app'}.log")
    return 1


def local_address(settings: Settings) -> str:
    """Where the application is reached from this machine."""
    return f"http://{'127.0.0.1' if settings.host == '0.0.0.0' else settings.host}:{settings.port}"  # noqa: S104


def environment(settings: Settings) -> dict[str, str]:
    """What the processes read: a quiet Rasa that knows where its actions are."""
    return {**model.environment(), "ACTIONS_URL": settings.actions_url}


def _tell_death(log: Path) -> None:
    console.print(
        f"Tiến trình “{log.stem}” đã dừng ngoài ý muốn nên cả trợ lý dừng theo. Dòng cuối của {log}:",
        style="red",
    )
    console.print(model.tail(log) or "(trống)", markup=False)


def _plain(line: str) -> None:
    if line.endswith(("0 giây", "5 giây")):
        console.print(line)


def _announce(settings: Settings, stopped: threading.Event) -> None:
    """Print the address as soon as the chat answers, and again when understanding is complete."""
    base = local_address(settings)
    started = time.monotonic()
    chat = False
    while not stopped.wait(0.5):
        try:
            ready = httpx.get(base + "/readyz", timeout=2, trust_env=False)
        except httpx.HTTPError:
            continue
        if not chat:
            chat = True
            console.print(f"Trò chuyện trên web: {base}/  (Ctrl-C để dừng; nhật ký: {settings.log_folder})")
            console.print(
                "Đang nạp phần hiểu câu hỏi; trong lúc chờ, nút bấm và tìm theo từ khóa đã dùng được."
            )
        if ready.status_code == 200:
            if simulated(settings):
                _tell_examples(settings)
            _tell_console(settings)
            console.print(f"Sẵn sàng sau {time.monotonic() - started:.0f} giây.")
            return


def _tell_console(settings: Settings) -> None:
    """Where staff sign in, and how the first of them comes to an account."""
    console.print(f"Trang cán bộ: http://{settings.console_host}:{settings.console_port}/")
    console.print("  Lần đầu, tạo người quản trị bằng lệnh (ở cửa sổ khác): make admin", markup=False)


def _tell_examples(settings: Settings) -> None:
    """Some codes of the simulated portal, one for each status."""
    try:
        url = settings.portal_simulator_url.rstrip("/") + "/_control/examples"
        examples = httpx.get(url, timeout=5, trust_env=False).json()
        rows = [
            (rows[0]["code"], status, rows[0]["identity_last4"]) for status, rows in examples.items() if rows
        ]
    except (httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError):
        console.print("Cổng hồ sơ mô phỏng chưa trả lời; xem nhật ký portal.log.", style="yellow")
        return
    console.print("Hồ sơ mô phỏng để thử (mã, tình trạng, 4 số cuối căn cước để xác nhận chính chủ):")
    for code, status, last in rows:
        console.print(f"  {code:<28} {status:<38} {last}")


def main() -> None:
    """Entry point of ``python -m bot.up``."""
    os.chdir(ROOT)
    try:
        raise SystemExit(up())
    except AssistantError as error:
        console.print(f"Lỗi: {error}", style="red", markup=False)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        console.print("Đã dừng.")
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
