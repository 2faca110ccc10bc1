"""What OpenAI's package for Python makes of synthesized answers. `python client.py BASE-URL`; fails at the first that is amiss."""

import json
import sys

import openai
from pydantic import BaseModel

client = openai.OpenAI(base_url=sys.argv[1], api_key="sk-test", max_retries=0)
MODEL = "qwen3-coder"
QUESTION = [{"role": "user", "content": "What is the weather in Nantes?"}]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather of a city",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "unit": {"enum": ["celsius", "fahrenheit"]}},
                "required": ["city"],
            },
        },
    }
]
checks = 0


def check(name: str, right: bool, seen: object = None) -> None:
    global checks
    if not right:
        sys.exit(f"openai for Python: {name}: {seen!r}")
    checks += 1


# Text, in JSON and as a stream.
whole = client.chat.completions.create(model=MODEL, messages=QUESTION)
text = whole.choices[0].message.content
check("text speaks of the question", "Nantes" in text, text)
check("usage adds up", whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens, whole.usage)
check("OGL's own usage is surfaced", whole.usage.model_extra["cost"] > 0, whole.usage)
chunks = list(client.chat.completions.create(model=MODEL, messages=QUESTION, stream=True))
check("a stream adds up to the text", "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == text, chunks)
check("a stream ends", chunks[-2].choices[0].finish_reason == "stop", chunks[-2])
check("a stream has OGL's usage last", chunks[-1].choices == [] and chunks[-1].usage.prompt_tokens == whole.usage.prompt_tokens, chunks[-1])
check("a stream has the provider's model", chunks[0].model == "Qwen/Qwen3-Coder", chunks[0].model)
both = list(client.chat.completions.create(model=MODEL, messages=QUESTION, stream=True, stream_options={"include_usage": True}))
check("there are two usages where one is asked for", len([c for c in both if c.usage]) == 2, both[-2:])

# Limits, choices, log probabilities.
cut = client.chat.completions.create(model=MODEL, messages=QUESTION, max_tokens=3, n=2)
check("it is cut", [c.finish_reason for c in cut.choices] == ["length", "length"], cut)
logs = client.chat.completions.create(model=MODEL, messages=QUESTION, logprobs=True, top_logprobs=2)
check("log probabilities go with the text", "".join(t.token for t in logs.choices[0].logprobs.content) == text, logs)

# Functions.
called = client.chat.completions.create(model=MODEL, messages=QUESTION, tools=TOOLS, tool_choice="auto")
call = called.choices[0].message.tool_calls[0]
check("a function is called", called.choices[0].finish_reason == "tool_calls" and json.loads(call.function.arguments) == {"city": "Nantes"}, call)
with client.chat.completions.stream(model=MODEL, messages=QUESTION, tools=TOOLS, tool_choice="required") as stream:
    streamed = stream.get_final_completion().choices[0].message.tool_calls[0]
check("the same call comes in a stream", streamed.function.arguments == call.function.arguments, streamed)
history = [*QUESTION, called.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "12 degrees"}]
told = client.chat.completions.create(model=MODEL, messages=history, tools=TOOLS, tool_choice="auto")
check("its result is spoken of", "12 degrees" in told.choices[0].message.content, told)
none = client.chat.completions.create(model=MODEL, messages=QUESTION, tools=TOOLS)
check("nothing is called without tool_choice", not none.choices[0].message.tool_calls, none)


# Structured output.
class Stop(BaseModel):
    city: str
    minutes: int | None


class Journey(BaseModel):
    title: str
    stops: list[Stop]


parsed = client.chat.completions.parse(model=MODEL, messages=QUESTION, response_format=Journey)
journey = parsed.choices[0].message.parsed
check("it is parsed", isinstance(journey, Journey) and len(journey.stops) > 0, parsed)

# Vectors.
vectors = client.embeddings.create(model="nomic-embed-text", input=["a bridge", "two bridges"], encoding_format="float")
check("vectors have the model's dimension", [len(v.embedding) for v in vectors.data] == [768, 768])

# Errors.
for name, error, ask in [
    ("an unknown model", openai.NotFoundError, lambda: client.chat.completions.create(model="nope", messages=QUESTION)),
    ("a model of another type", openai.UnprocessableEntityError, lambda: client.embeddings.create(model=MODEL, input="x", encoding_format="float")),
    ("a function that is not there", openai.BadRequestError, lambda: client.chat.completions.create(model=MODEL, messages=QUESTION, tools=TOOLS, tool_choice={"type": "function", "function": {"name": "nope"}})),
    # On a client of its own: after such a failure OGL closes the connection without a word.
    ("base64", openai.InternalServerError, lambda: openai.OpenAI(base_url=sys.argv[1], api_key="sk-test", max_retries=0).embeddings.create(model="nomic-embed-text", input="x")),
    ("a wrong key", openai.PermissionDeniedError, lambda: client.with_options(api_key="sk-wrong").chat.completions.create(model=MODEL, messages=QUESTION)),
]:
    try:
        ask()
        check(f"{name} is refused", False)
    except error:
        check(f"{name} is refused", True)
slow = client.with_options(api_key="sk-slow")
slow.chat.completions.create(model=MODEL, messages=QUESTION)
try:
    slow.chat.completions.create(model=MODEL, messages=QUESTION)
    check("a limit is reached", False)
except openai.RateLimitError as error:
    check("a limit is reached", error.response.json()["detail"].startswith("1 requests per minute exceeded"), error)

print(f"openai {openai.__version__} for Python: {checks} checks")
