"""Speaks the adapter protocol, version 1, on stdin and stdout for a client library with an asyncio interface."""

import asyncio
import json
import platform
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Awaitable, Callable


def blank() -> dict[str, Any]:
    """An outcome in which nothing has been surfaced yet."""
    names = ("final", "events", "models", "model", "embeddings", "error", "truncated")
    return {**dict.fromkeys(names), "extra": {}}


@dataclass
class Call:
    """One call of the client, and where to put what it surfaces."""

    params: dict[str, Any]
    control: dict[str, Any]
    #: Filled as things are surfaced, so that an error later leaves what came before it.
    outcome: dict[str, Any] = field(default_factory=blank)
    started: float = field(default_factory=time.monotonic)

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
    capabilities: tuple[str, ...] = ("cancel", "timeout", "retries")


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
        "base": "v1",
        "concurrency": 4,
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
        client = sessions.get(run.get("session")) or adapter.connect(run)
        if "session" in run:
            sessions[run["session"]] = client
        await operation(client, call)
    except asyncio.CancelledError:
        call.outcome["error"] = {"kind": "abort", "message": "the task was cancelled"}
    except Exception as raised:  # whatever a client raises is its outcome
        call.outcome["error"] = adapter.error(raised)
        if body := adapter.error_body(raised):
            call.outcome["extra"]["errorBody"] = body
    finally:
        if timer:
            timer.cancel()
        del running[run["id"]]
    say({"result": {"id": run["id"], "outcome": call.outcome}})


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
