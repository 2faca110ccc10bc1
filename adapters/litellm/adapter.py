"""LiteLLM, by its provider `openai`, which is its way to any server that speaks OpenAI's API."""

import asyncio
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

# It would ask the internet for its table of prices, at once and for 7 s.
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
import litellm  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent.parent / "lib"))
from chat import Joiner, surface_completion  # noqa: E402
from gatetape_adapter import Adapter, Call, serve  # noqa: E402

#: LiteLLM has functions, no client object.
Connection = dict[str, str]


def arguments(connection: Connection, call: Call) -> dict[str, Any]:
    """A call's own settings; what is absent is LiteLLM's default."""
    given: dict[str, Any] = {**call.params, "model": f"openai/{call.params['model']}", **connection}
    if "timeoutMs" in call.control:
        given["timeout"] = call.control["timeoutMs"] / 1000
    if "maxRetries" in call.control:
        given["max_retries"] = call.control["maxRetries"]
    return given


async def embeddings(connection: Connection, call: Call) -> None:
    answer = await call.ask(lambda: litellm.aembedding(**arguments(connection, call)))
    call.outcome["embeddings"] = [{"index": item["index"], "embedding": item["embedding"]} for item in answer.data]


async def chat(connection: Connection, call: Call) -> None:
    completion = await call.ask(lambda: litellm.acompletion(**arguments(connection, call)))
    surface_completion(call.outcome, completion.model_dump())


async def stream(connection: Connection, call: Call) -> None:
    chunks = await call.ask(lambda: litellm.acompletion(**arguments(connection, call), stream=True))
    joiner = Joiner(call.outcome)
    async for chunk in call.each(chunks):
        joiner.add(chunk.model_dump())
        if call.event():
            break


def error(raised: BaseException) -> dict[str, Any]:
    message = str(raised)
    match raised:
        case litellm.Timeout():
            return {"kind": "timeout", "message": message}
        case litellm.APIConnectionError():
            return {"kind": "connection", "message": message}
        case litellm.exceptions.MidStreamFallbackError():
            return {"kind": "other", "message": message}
        case litellm.APIError() | litellm.exceptions.openai.APIStatusError():
            return {"kind": "api", "status": raised.status_code, "message": message, "code": raised.code}
    return {"kind": "other", "message": f"{type(raised).__name__}: {message}"}


asyncio.run(
    serve(
        Adapter(
            name="litellm",
            version=version("litellm"),
            connect=lambda run: {"api_base": run["baseUrl"], "api_key": run["apiKey"]},
            error=error,
            error_body=lambda raised: getattr(raised, "body", None),
            operations={"embeddings.create": embeddings, "chat.create": chat, "chat.stream": stream},
        )
    )
)
