"""``make run``: start Rasa, the action server and the application under one supervisor (honcho)."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from urllib.parse import urlparse

import httpx
from honcho.manager import Manager
from rich.console import Console

from core import settings as settings_module
from core.errors import AssistantError
from core.settings import ROOT, Settings
from core.training import model

console = Console(highlight=False)
LOGS = ROOT / "var" / "log"


class StartError(AssistantError):
    """Something the assistant needs is not there; the message says what to do."""


class Quiet:
    """honcho's printer, keeping each process's output in a file of its own under ``var/log``."""

    width = 0

    def __init__(self) -> None:
        LOGS.mkdir(parents=True, exist_ok=True)
        self._files = {name: (LOGS / f"{name}.log").open("wb") for name in ("rasa", "actions", "app")}
        self.ended: list[tuple[str, str]] = []

    def write(self, message: object) -> None:
        kind, data, name = (getattr(message, key) for key in ("type", "data", "name"))
        if kind == "line" and name in self._files:
            self._files[name].write(data if isinstance(data, bytes) else str(data).encode())
            self._files[name].flush()
        elif kind == "line" and b"stopped" in (data if isinstance(data, bytes) else str(data).encode()):
            self.ended.append((str(name), str(data).strip()))


def port_of(url: str) -> int:
    """The port an address names."""
    parsed = urlparse(url)
    return parsed.port or (443 if parsed.scheme == "https" else 80)


def check_ports(settings: Settings) -> None:
    """Raises StartError naming the port that is taken and the setting that moves it."""
    wanted = (
        ("PORT", settings.port),
        ("RASA_URL", port_of(settings.rasa_url)),
        ("ACTIONS_URL", port_of(settings.actions_url)),
    )
    for key, port in wanted:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host if key == "PORT" else "127.0.0.1", port))
            except OSError:
                raise StartError(
                    f"cổng {port} đang có chương trình khác dùng; tắt nó hoặc đặt {key} khác trong .env"
                ) from None


def commands(settings: Settings, model_path: str) -> dict[str, str]:
    """The command line of each process."""
    rasa_port = port_of(settings.rasa_url)
    rasa = f"{model.RASA} run --enable-api -i 127.0.0.1 -p {rasa_port} -m {model_path} --endpoints endpoints.yml --credentials credentials.yml"
    return {
        "rasa": f"exec {rasa}",
        "actions": f"exec {sys.executable} -m actions",
        "app": f"exec {sys.executable} -m bot serve",
    }


def up() -> int:
    """Run until Ctrl-C or until a process ends; 0 when stopped by hand, 1 when one died."""
    settings = settings_module.load()
    check_ports(settings)
    with console.status("Kiểm tra mô hình…") as status:
        trained = model.ensure(status.update if console.is_terminal else _plain)
    printer = Quiet()
    manager = Manager(printer)
    environment = {
        **model.environment(),
        "ACTIONS_URL": settings.actions_url,
        "ACTIONS_PORT": str(port_of(settings.actions_url)),
    }
    for name, command in commands(settings, str(trained)).items():
        manager.add_process(name, command, env=environment, cwd=str(ROOT), quiet=False)
    stopped = threading.Event()
    threading.Thread(target=_announce, args=(settings, stopped), daemon=True).start()
    by_hand = _note_signals()
    manager.loop()
    stopped.set()
    if by_hand.is_set():
        console.print("Đã dừng trợ lý.")
        return 0
    died = next((n for n, said in printer.ended if "rc=" in said), "một tiến trình")
    console.print(
        f"Tiến trình “{died}” đã dừng ngoài ý muốn. Dòng cuối của {LOGS / (died + '.log')}:", style="red"
    )
    if (LOGS / f"{died}.log").exists():
        console.print(model.tail(LOGS / f"{died}.log"), markup=False)
    return 1


def _plain(line: str) -> None:
    if line.endswith(("0 giây", "5 giây")):
        console.print(line)


def _note_signals() -> threading.Event:
    """Set when a person stops us; honcho installs its own handlers after, so ours wrap ``signal``."""
    event = threading.Event()
    original = signal.signal

    def install(number: int, handler: object) -> object:
        def noted(sig: int, frame: object) -> None:
            event.set()
            if callable(handler):
                handler(sig, frame)

        return original(number, noted if number in (signal.SIGINT, signal.SIGTERM) else handler)  # type: ignore[arg-type]

    signal.signal = install  # type: ignore[assignment]
    return event


def _announce(settings: Settings, stopped: threading.Event) -> None:
    """Print the address as soon as the chat answers, and again when understanding is complete."""
    base = f"http://{'127.0.0.1' if settings.host == '0.0.0.0' else settings.host}:{settings.port}"  # noqa: S104
    started = time.monotonic()
    chat = False
    while not stopped.wait(0.5):
        try:
            ready = httpx.get(base + "/readyz", timeout=2, trust_env=False)
        except httpx.HTTPError:
            continue
        if not chat:
            chat = True
            console.print(f"Trò chuyện trên web: {base}/  (Ctrl-C để dừng; nhật ký: {LOGS})")
            console.print(
                "Đang nạp phần hiểu câu hỏi; trong lúc chờ, nút bấm và tìm theo từ khóa đã dùng được."
            )
        if ready.status_code == 200:
            console.print(f"Sẵn sàng sau {time.monotonic() - started:.0f} giây.")
            return


def main() -> None:
    """Entry point of ``python -m bot.up``."""
    os.chdir(ROOT)
    try:
        raise SystemExit(up())
    except AssistantError as error:
        console.print(f"Lỗi: {error}", style="red", markup=False)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
