"""The supervisor: broker, one process per service, and the gateway, from one command and on one URL.

It starts the broker and the gateway, loads the libraries once, forks a process per service, and brings back whatever ends. It has
no threads and no event loop, so forks are safe at any time.
"""

import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType

from makmal.children import Broker, Gateway, Kept, Service, load
from makmal.house import House
from makmal.probes import Probes
from makmal.status import Running, Status, write
from shared.eventlog.keys import SERVICES
from shared.refusals import Refused
from shared.sockets import free_port

MODULES = {service: f"services.{service}.app" for service in SERVICES}
"""Where each service's `create_app(settings)` is."""

TRIES_AT_FIRST = 5
STOP_PATIENCE = 12.0
"""Seconds for all services together to end what they are at; the gateway has half of it before them."""


class Supervisor:
    """Runs the house on `http://host:port` (port 0: any free one) until SIGTERM or SIGINT.

    `say` gets a line for people whenever something of note happens; `when_ready` is called once, when everything is.
    """

    def __init__(
        self,
        house: House,
        *,
        host: str = "127.0.0.1",
        port: int = 8000,
        modules: Mapping[str, str] = MODULES,
        say: Callable[[str], None] = print,
        when_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self.house = house
        self.host = host
        self.port = port or free_port()
        self.modules = modules
        self.say = say
        self._when_ready = when_ready
        self.url = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{self.port}"
        self._ready = False
        self._stopping = False
        self._selector = selectors.DefaultSelector()
        self._probes = Probes(self._selector, self._is_ready)
        self._services: dict[str, Service] = {}
        self._kept: dict[str, Kept] = {}

    def run(self) -> None:
        """Start everything, keep it running, and stop it in order after a signal.

        Refused if it cannot start: the port is taken, another supervisor has the directory, or a service keeps ending.
        """
        self._refuse_a_taken_port()
        with ExitStack() as in_order, self._signals():
            self._keep("broker", Broker(self.house.broker(lifelong=True)))
            self._kept["broker"].start()
            self._kept["broker"].ready = True
            in_order.callback(self._stop_all)
            self._make_services()
            self._start(self._kept["gateway"])  # it comes up while we import
            load(self.modules)
            for name in self._services:
                self._start(self._kept[name])
            self._write_status()
            while not self._stopping:
                self._turn()

    # starting

    def _refuse_a_taken_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise Refused(
                    en=f"Port {self.port} of {self.host} cannot be used ({error.strerror}): choose another with --port.",
                    id=f"Port {self.port} pada {self.host} tidak dapat dipakai ({error.strerror}): pilih yang lain dengan --port.",
                ) from None

    def _keep(self, name: str, process: Broker | Gateway | Service) -> None:
        self._kept[name] = Kept(name, process)

    def _make_services(self) -> None:
        broker = self.house.broker()
        for name, module in self.modules.items():
            url = broker.url(name, self.house.secrets.passwords[name])
            environment = self.house.environment(name, broker_url=url, public_url=self.url)
            log = self.house.logs / f"{name}.log"
            self._services[name] = Service(name, module, self.house.socket(name), environment, log)
        paths = {name: service.path for name, service in self._services.items()}
        state, log = self.house.run / "caddy", self.house.logs / "gateway.log"
        self._keep("gateway", Gateway(paths, host=self.host, port=self.port, state=state, log=log))
        for name, service in self._services.items():
            self._keep(name, service)

    def _start(self, kept: Kept) -> None:
        try:
            kept.start()
        except Refused as refused:  # the broker has said why; it may be better in a while
            self.say(refused.en)
            kept.failed()
            return
        if service := self._services.get(kept.name):
            self._probes.begin(kept.name, service.path)
        else:
            kept.ready = True

    # keeping

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT stop the house; these and a child's end wake the loop."""
        waker, woken = socket.socketpair()
        waker.setblocking(False)
        woken.setblocking(False)

        def on_signal(number: int, _: FrameType | None) -> None:
            self._stopping |= number != signal.SIGCHLD

        def drain() -> None:
            with suppress(BlockingIOError):
                while woken.recv(512):
                    pass

        self._selector.register(woken, selectors.EVENT_READ, drain)
        signals = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
        before = {number: signal.signal(number, on_signal) for number in signals}
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._selector.close()
            waker.close()
            woken.close()

    def _turn(self) -> None:
        """Wait for a signal, an answer or a time; then see what has ended, what is due, and who is to be asked."""
        times = [kept.due for kept in self._kept.values() if kept.due is not None]
        if (probe := self._probes.next_due()) is not None:
            times.append(probe)
        timeout = max(0.0, min(times) - time.monotonic()) if times else None
        for key, _ in self._selector.select(timeout):
            key.data()
        if self._stopping:
            return
        changed = self._see_what_ended()
        for kept in self._kept.values():
            if kept.due is not None and kept.due <= time.monotonic():
                self._start(kept)
                changed = True
        self._probes.ask_due()
        if changed:
            self._write_status()

    def _see_what_ended(self) -> bool:
        ended = [kept for kept in self._kept.values() if kept.due is None and kept.process.pid is None]
        for kept in ended:
            self._probes.end(kept.name)
            kept.failed()
            log = self.house.data / "broker" / "broker.log" if kept.name == "broker" else self.house.logs / f"{kept.name}.log"
            if not self._ready and kept.failures >= TRIES_AT_FIRST:
                raise Refused(
                    en=f"{kept.name} ended {kept.failures} times before it was ready: the reason stands at the end of {log}.",
                    id=f"{kept.name} berhenti {kept.failures} kali sebelum siap: alasannya ada di akhir {log}.",
                )
            self.say(f"{kept.name} has ended and is started again; its log is {log}")
        return bool(ended)

    def _is_ready(self, name: str) -> None:
        self._kept[name].ready = True
        if not self._ready and all(self._kept[service].ready for service in self._services):
            self._await_gateway()
            self._ready = True
            self.say(f"Makmal is ready: {self.url}")
            self._when_ready()
        self._write_status()

    def _await_gateway(self) -> None:
        """It was started before the imports and has long been listening; this makes sure."""
        address = "127.0.0.1" if self.host == "0.0.0.0" else self.host
        while not self._stopping and self._kept["gateway"].process.pid is not None:
            with suppress(OSError), socket.create_connection((address, self.port), timeout=1):
                return
            time.sleep(0.02)

    def _write_status(self) -> None:
        running = {name: Running(kept.process.pid, kept.ready, kept.restarts) for name, kept in self._kept.items()}
        broker, gateway = running.pop("broker"), running.pop("gateway")
        write(self.house.status_file, Status(self.url, os.getpid(), self._ready, broker, gateway, running))

    # stopping

    def _stop_all(self) -> None:
        """The gateway first, so that nobody calls; the broker last, so that services can finish."""
        if gateway := self._kept.get("gateway"):
            gateway.stop(STOP_PATIENCE / 2)
        services = [self._kept[name] for name in self._services]
        for kept in services:
            kept.process.terminate()
        deadline = time.monotonic() + STOP_PATIENCE
        for kept in services:
            kept.stop(max(0.0, deadline - time.monotonic()))
        for service in self._services.values():
            service.close()
        self._kept["broker"].stop(STOP_PATIENCE)
        self.house.status_file.unlink(missing_ok=True)
