"""An adapter over adapters/lib whose client or whose own code fails, as the model says."""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "adapters" / "lib"))
from chat import Joiner, surface_completion  # noqa: E402
from gatetape_adapter import Adapter, serve  # noqa: E402


async def chunks(model):
    yield {"choices": [{"index": 0, "delta": {"content": "Hel"}}]}
    if model == "client":
        raise ValueError("the client can't read it")
    yield {"choices": 1} if model == "own" else {"choices": [{"index": 0, "delta": {"content": "lo"}}]}


async def complete(model):
    if model == "client":
        raise ValueError("the client can't read it")
    if model == "text":
        return "data: [DONE]"
    return {"choices": 1} if model == "own" else {"choices": [{"index": 0, "message": {"content": "Hello"}}]}


async def create(client, call):
    surface_completion(call.outcome, await call.ask(lambda: complete(call.params["model"])))


async def stream(client, call):
    joiner = Joiner(call.outcome)
    async for chunk in call.each(chunks(call.params["model"])):
        joiner.add(chunk)
        if call.event():
            break


asyncio.run(
    serve(
        Adapter(
            name="faulty",
            version="0",
            connect=lambda run: object(),
            error=lambda raised: {"kind": "decode", "message": str(raised)},
            capabilities=(),
            operations={"chat.create": create, "chat.stream": stream},
        )
    )
)
