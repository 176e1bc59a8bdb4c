"""The shape of a service: what every composition root (`services/<name>/app.py`) has in common."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute, iter_route_contexts
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.parser import BinaryMessageFormatV1
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlmodel import SQLModel
from starlette.routing import BaseRoute

from shared.database import Database
from shared.deciding import Desk
from shared.ending import end
from shared.eventlog import EventLog, Keys
from shared.eventlog.connection import connect
from shared.migrations import WorkingState, migrate
from shared.parts import Parts
from shared.runner import Projection, Reaction, ReactionWorker, Runner, RunnerFailed
from shared.security import Verifier
from shared.settings import Settings
from shared.web import asking, guard, openapi, problems, rates, reference, rehearsal
from shared.web.pages import assets, parked
from shared.web.pages.drawing import drawing_of
from shared.web.pages.errors import drawn, sign_in_first
from shared.web.pages.visit import SignInFirst

Background = Callable[[Parts, RedisBroker], AbstractAsyncContextManager[None]]
"""What a service runs besides: entered when its parts stand and before it is ready, left before they go."""

COLLECT_AFTER = (10_000, 20, 50)
"""When Python looks for cycles. A request makes thousands of objects and no cycle to speak of; at the usual (700, 10, 10) the
collector took an eighth of a submission's time."""

SERVICES = Path(__file__).resolve().parent.parent / "services"
"""Each with its migrations in `migrations`."""

GATHERING = 0.02
"""Seconds after a wake-up in which further events gather to one more. Handed over one by one, they took a tenth of a submission."""

log = structlog.get_logger()


def create(
    settings: Settings,
    name: str,
    *,
    title: str,
    listens: Sequence[str],
    projections: Sequence[Projection],
    reactions: Sequence[Reaction] = (),
    tables: Sequence[type[SQLModel]] = (),
    routers: Sequence[APIRouter],
    pages: Sequence[APIRouter] = (),
    background: Sequence[Background] = (),
    log_class: type[EventLog] = EventLog,
) -> FastAPI:
    """The service's web application. Its parts come to life with it. `tables` are its working state.

    `routers` are its API under `/v1`, `pages` what people see.

    What it listens to and its projections stand in `app.state`, for who rebuilds them without running the service.
    """
    configure_logging()
    working_state = WorkingState(name, tuple(tables), SERVICES / name / "migrations")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        gc.set_threshold(*COLLECT_AFTER)
        async with AsyncExitStack() as stack:
            event_log = log_class(connect(settings.broker_url), Keys(settings.log), name)
            stack.push_async_callback(event_log.client.aclose)
            database = Database(settings.database_url)
            stack.callback(database.close)
            if tables:
                migrate(database, working_state)
            desk = Desk(event_log)
            runner = Runner(event_log, database, listens=listens, projections=projections, reactions=reactions)
            runner.prepare()
            await runner.compare()
            parts = Parts(settings, event_log, desk, database, runner, Verifier(event_log, settings.log))
            app.state.parts = parts
            broker = RedisBroker(settings.broker_url, logger=logging.getLogger("faststream"), log_level=logging.DEBUG)
            for service in listens:
                _wake_on(broker, event_log.keys.stream(service), runner)
            for enter in background:
                await stack.enter_async_context(enter(parts, broker))
            stack.push_async_callback(broker.stop)
            await broker.start()
            tasks = [asyncio.create_task(_until_it_fails(runner), name=f"{name} runner")]
            if reactions:
                worker = ReactionWorker(runner, desk, database, reactions)
                tasks.append(asyncio.create_task(worker.run(), name=f"{name} reactions"))
            stack.push_async_callback(_end, tasks)
            yield

    app = FastAPI(
        title=title,
        version="1",
        lifespan=lifespan,
        root_path="",
        openapi_url="/v1/openapi.json",
        redoc_url=None,
        docs_url=None,
        separate_input_output_schemas=False,
    )
    app.state.listens, app.state.projections = tuple(listens), tuple(projections)
    app.state.working_state = working_state
    problems.install(app, drawn)
    app.add_exception_handler(SignInFirst, sign_in_first)
    app.router.routes.extend(_routes(routers, pages))
    app.state.drawing = drawing_of(name)
    openapi.complete(app)
    app.state.clients = rates.from_environment(settings.environment, rates.CLIENT)
    addresses = rates.from_environment(settings.environment, rates.ADDRESS)
    app.add_middleware(rehearsal.Rehearsal)
    app.add_middleware(guard.Guard, addresses=addresses, draw=drawn, doors=guard.doors(iter_route_contexts(app.routes)))
    return app


class OnlyThatItCame(BinaryMessageFormatV1):
    """What came in a stream is left unread: a wake-up needs none of it, and the runner reads it in its order."""

    @classmethod
    def parse(cls, data: bytes) -> tuple[bytes, dict[str, Any]]:
        return b"null", {}


def _wake_on(broker: RedisBroker, stream: str, runner: Runner) -> None:
    sub = StreamSub(stream, batch=True, max_records=200, polling_interval=1000)

    @broker.subscriber(stream=sub, message_format=OnlyThatItCame)
    async def wake(messages: list[object]) -> None:
        """An event stands in the stream: look at the log."""
        runner.wake()
        await asyncio.sleep(GATHERING)


async def _until_it_fails(runner: Runner) -> None:
    try:
        await runner.run()
    except RunnerFailed as error:
        log.error("the service is not ready until this is mended", why=str(error))


async def _end(tasks: Sequence["asyncio.Task[None]"]) -> None:
    for error in await end(tasks):
        log.error("a background task had failed", why=repr(error))


_READ: dict[tuple[int, ...], APIRouter] = {}


def _routes(routers: Sequence[APIRouter], pages: Sequence[APIRouter]) -> Sequence[BaseRoute]:
    """What a service answers to. Reading all signatures takes longer than the rest of an application, so a process does it once."""
    key = (*map(id, routers), 0, *map(id, pages))
    if key not in _READ:
        everything = APIRouter()
        for router in (*routers, reference.reference):
            everything.include_router(router, prefix="/v1")
        for router in (_health, assets.assets, *pages, parked.pages):
            everything.include_router(router)
        _deny_by_default(everything)
        _READ[key] = everything
    return _READ[key].routes


def _deny_by_default(router: APIRouter) -> None:
    """Every route says who may ask: it depends on `signed_in` or on `public`."""
    for route in iter_route_contexts(router.routes):  # router.routes itself holds included routers, not their routes
        if isinstance(route.original_route, APIRoute) and not openapi.depends_on(route.dependant) & asking.WHO_MAY_ASK:
            raise TypeError(f"{route.path} does not say who may ask: it needs signed_in or public")


_health = APIRouter(dependencies=[Depends(asking.public)], include_in_schema=False)


@_health.get("/livez")
async def livez() -> dict[str, str]:
    return {"status": "alive"}


@_health.get("/readyz")
async def readyz(parts: asking.PartsHere) -> Response:
    """200 when every event of the log is counted and nothing has stopped, else 503 with the reason."""
    runner = parts.runner
    why = "; ".join(filter(None, (runner.failure, *(check() for check in parts.checks))))
    body = {"service": parts.event_log.service, "position": runner.position, "why": why}
    ready = runner.caught_up and not why
    return JSONResponse({"status": "ready" if ready else "not ready", **body}, 200 if ready else 503)


@_health.get("/metrics")
async def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def configure_logging() -> None:
    """Structured lines (JSON) on standard error; what libraries log from warnings on."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("faststream").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(),
    )
