"""
The `openai` package of PyPI, its asyncio client. Without an argument streams are read chunk by chunk; with `--helper`
through `chat.completions.stream()`, which joins the chunks itself.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import openai

sys.path.insert(0, str(Path(__file__).parent.parent / "lib"))
from chat import Joiner, surface_completion  # noqa: E402
from gatetape_adapter import Adapter, Call, serve  # noqa: E402

HELPER = "--helper" in sys.argv
Client = openai.AsyncOpenAI


def connect(run: dict[str, Any]) -> Client:
    return Client(base_url=run["baseUrl"], api_key=run["apiKey"])


def given(client: Client, call: Call) -> Client:
    """The client with a run's own settings; what is absent is the client's default."""
    options: dict[str, Any] = {}
    if "timeoutMs" in call.control:
        options["timeout"] = call.control["timeoutMs"] / 1000
    if "maxRetries" in call.control:
        options["max_retries"] = call.control["maxRetries"]
    return client.with_options(**options) if options else client


def body(call: Call, typed: tuple[str, ...]) -> dict[str, Any]:
    """Fields that the method has no argument for go where the client has a place for them."""
    extra = {name: value for name, value in call.params.items() if name not in typed}
    known = {name: value for name, value in call.params.items() if name in typed}
    return {**known, **({"extra_body": extra} if extra else {})}


CHAT = tuple(openai.types.chat.completion_create_params.CompletionCreateParamsNonStreaming.__annotations__) + tuple(
    openai.types.chat.completion_create_params.CompletionCreateParamsBase.__annotations__
)
EMBEDDINGS = tuple(openai.types.EmbeddingCreateParams.__annotations__)


async def models_list(client: Client, call: Call) -> None:
    page = await call.ask(lambda: given(client, call).models.list())
    call.outcome["models"] = [model.id for model in page.data]


async def models_get(client: Client, call: Call) -> None:
    model = await call.ask(lambda: given(client, call).models.retrieve(call.params["model"]))
    call.outcome["model"] = model.to_dict()


async def embeddings(client: Client, call: Call) -> None:
    answer = await call.ask(lambda: given(client, call).embeddings.create(**body(call, EMBEDDINGS)))
    call.outcome["embeddings"] = [{"index": item.index, "embedding": item.embedding} for item in answer.data]


async def chat(client: Client, call: Call) -> None:
    completion = await call.ask(lambda: given(client, call).chat.completions.create(**body(call, CHAT)))
    surface_completion(call.outcome, dump(completion))


async def chunks(client: Client, call: Call) -> None:
    stream = await call.ask(lambda: given(client, call).chat.completions.create(**body(call, CHAT), stream=True))
    joiner = Joiner(call.outcome)
    async for chunk in call.each(stream):
        joiner.add(dump(chunk))
        if call.event():
            break


async def helped(client: Client, call: Call) -> None:
    """An error leaves the picture that the helper had of the answer."""
    answer = None
    try:
        async with call.opened(lambda: given(client, call).chat.completions.stream(**body(call, CHAT))) as stream:
            async for event in call.each(stream):
                if event.type != "chunk":
                    continue
                answer = event.snapshot
                if call.event():
                    break
            else:
                answer = await call.ask(stream.get_final_completion)
    finally:
        if answer is not None:
            surface_completion(call.outcome, dump(answer))


def dump(answer: Any) -> Any:
    return answer.to_dict(warnings=False) if isinstance(answer, openai.BaseModel) else answer


def error(raised: BaseException) -> dict[str, Any]:
    message = str(raised)
    match raised:
        case openai.APITimeoutError():
            return {"kind": "timeout", "message": message}
        case openai.APIResponseValidationError():
            return {"kind": "decode", "status": raised.status_code, "message": message}
        case openai.APIConnectionError():
            return {"kind": "connection", "message": message}
        case openai.APIError():
            status = getattr(raised, "status_code", None)
            return {"kind": "api", "status": status, "message": message, "code": raised.code}
        case ValueError():
            return {"kind": "decode", "message": f"{type(raised).__name__}: {message}"}
    return {"kind": "other", "message": f"{type(raised).__name__}: {message}"}


asyncio.run(
    serve(
        Adapter(
            name="openai (stream helper)" if HELPER else "openai",
            version=openai.__version__,
            connect=connect,
            error=error,
            error_body=lambda raised: getattr(raised, "body", None),
            operations={
                "models.list": models_list,
                "models.get": models_get,
                "embeddings.create": embeddings,
                "chat.create": chat,
                "chat.stream": helped if HELPER else chunks,
            },
        )
    )
)
