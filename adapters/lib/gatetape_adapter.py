"""Speaks the adapter protocol, version 1, on stdin and stdout for a client library with an asyncio interface."""

import asyncio
import json
import platform
import sys
import time
import traceback
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, AsyncIterator, Awaitable, Callable


class Raised(Exception):
    """What the client raised. Whatever else is raised in an adapter is a fault of the adapter."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


def blank() -> dict[str, Any]:
    """An outcome in which nothing has been surfaced yet."""
    names = ("final", "events", "models", "model", "embeddings", "error", "truncated")
    return {**dict.fromkeys(names), "extra": {}}


async def at_once(work: Callable[[], Any]) -> Any:
    """Calls a function of the client that is no coroutine."""
    return work()


@dataclass
class Call:
    """One call of the client, and where to put what it surfaces."""

    params: dict[str, Any]
    control: dict[str, Any]
    #: Filled as things are surfaced, so that an error later leaves what came before it.
    outcome: dict[str, Any] = field(default_factory=blank)
    started: float = field(default_factory=time.monotonic)

    async def ask(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """
        Calls the client: what it raises is its user's error. All of an adapter's calls go through here, or through
        `each` and `opened`.
        """
        try:
            return await work()
        except Exception as error:
            raise Raised(error) from error

    async def each(self, stream: Any) -> AsyncIterator[Any]:
        """The values of a stream of the client: what it raises is its user's error."""
        values = await self.ask(lambda: at_once(lambda: aiter(stream)))
        while True:
            try:
                value = await self.ask(lambda: anext(values))
            except Raised as raised:
                if isinstance(raised.error, StopAsyncIteration):
                    return
                raise
            yield value

    @asynccontextmanager
    async def opened(self, make: Callable[[], Any]) -> AsyncIterator[Any]:
        """A context manager of the client: what it raises at its beginning and its end is its user's error."""
        manager = await self.ask(lambda: at_once(make))
        value = await self.ask(manager.__aenter__)
        try:
            yield value
        except BaseException as error:
            if not await manager.__aexit__(type(error), error, error.__traceback__):
                raise
        else:
            await self.ask(lambda: manager.__aexit__(None, None, None))

    def event(self) -> bool:
        """Counts one event of a stream. True when the consumer is to stop here, by `break`."""
        self.outcome["events"] = (self.outcome["events"] or 0) + 1
        at = round((time.monotonic() - self.started) * 1000)
        self.outcome.setdefault("eventsAtMs", []).append(at)
        return self.outcome["events"] >= self.control.get("cancelAfter", {}).get("events", float("inf"))


@dataclass
class Adapter:
    name: str
    version: str
    #: A client object for a run: one for each session, or one for each run that has none.
    connect: Callable[[dict[str, Any]], Any]
    operations: dict[str, Callable[[Any, Call], Awaitable[None]]]
    #: What the client raised, in the outcome's words.
    error: Callable[[BaseException], dict[str, Any]]
    #: What the client keeps of an error's body beside its message.
    error_body: Callable[[BaseException], Any] = lambda _: None
    #: `n`, `tools` and `streamOptions`: the client has a word for these parameters.
    capabilities: tuple[str, ...] = ("cancel", "timeout", "retries", "n", "tools", "streamOptions")
    #: `root` asks for a base URL without `/v1`.
    base: str = "v1"
    concurrency: int = 4


async def serve(adapter: Adapter) -> None:
    """Answers the runner until it says goodbye."""
    sessions: dict[str, Any] = {}
    running: dict[str, asyncio.Task[None]] = {}
    reader = await stdin()
    while line := await reader.readline():
        message = json.loads(line)
        if "hello" in message:
            say({"hello": describe(adapter)})
        elif run := message.get("run"):
            running[run["id"]] = asyncio.create_task(answer(adapter, run, sessions, running))
        elif cancel := message.get("cancel"):
            if task := running.get(cancel["id"]):
                task.cancel()
        elif close := message.get("close"):
            sessions.pop(close["session"], None)
        elif "bye" in message:
            break


async def stdin() -> asyncio.StreamReader:
    """Lines end at a newline, and nowhere else: U+2028 may be inside of one."""
    reader = asyncio.StreamReader(limit=32 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def describe(adapter: Adapter) -> dict[str, Any]:
    runtime = f"python {platform.python_version()}"
    return {
        "protocol": 1,
        "client": {"name": adapter.name, "version": adapter.version, "language": "python", "runtime": runtime},
        "operations": list(adapter.operations),
        "capabilities": list(adapter.capabilities),
        "base": adapter.base,
        "concurrency": adapter.concurrency,
    }


async def answer(adapter: Adapter, run: dict[str, Any], sessions: dict[str, Any], running: dict[str, Any]) -> None:
    operation = adapter.operations.get(run["operation"])
    if operation is None:
        say({"skipped": {"id": run["id"], "reason": f"{run['operation']} is not offered"}})
        return
    call = Call(run["params"], run.get("control", {}))
    delay = call.control.get("cancelAfter", {}).get("ms")
    timer = delay is not None and asyncio.get_running_loop().call_later(delay / 1000, running[run["id"]].cancel)
    try:
        try:
            client = sessions.get(run.get("session")) or await call.ask(lambda: at_once(lambda: adapter.connect(run)))
            if "session" in run:
                sessions[run["session"]] = client
            await operation(client, call)
        except asyncio.CancelledError:
            call.outcome["error"] = {"kind": "abort", "message": "the task was cancelled"}
        except Raised as raised:
            call.outcome["error"] = adapter.error(raised.error)
            if body := adapter.error_body(raised.error):
                call.outcome["extra"]["errorBody"] = body
        say({"result": {"id": run["id"], "outcome": call.outcome}})
    except Exception:
        say({"failed": {"id": run["id"], "message": traceback.format_exc()}})
    finally:
        if timer:
            timer.cancel()
        del running[run["id"]]


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
