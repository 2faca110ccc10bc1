"""What the packages ollama and openai for Python make of a dialect. `python client.py DIALECT URL`; fails at the first that is amiss."""

import sys

import ollama
import openai

dialect, url = sys.argv[1:3]
MODEL = "qwen3-coder"
VECTORS = "bge-m3"
QUESTION = [{"role": "user", "content": "What is the weather in Nantes?"}]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather of a city",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]
checks = 0


def check(name: str, right: bool, seen: object = None) -> None:
    global checks
    if not right:
        sys.exit(f"{dialect}: {name}: {seen!r}")
    checks += 1


def native() -> None:
    client = ollama.Client(host=url)
    listed = [model.model for model in client.list().models]
    check("tags name the models", f"{MODEL}:latest" in listed, listed)
    whole = client.chat(model=MODEL, messages=QUESTION)
    check("a chat speaks of the question", "Nantes" in whole.message.content, whole)
    lines = list(client.chat(model=MODEL, messages=QUESTION, stream=True))
    check("a stream adds up to the text", "".join(line.message.content for line in lines) == whole.message.content, lines)
    check("a stream ends", lines[-1].done and lines[-1].done_reason == "stop", lines[-1])
    check("counts are told", lines[-1].eval_count == whole.eval_count, lines[-1])
    written = client.generate(model=MODEL, prompt="What is the weather in Nantes?")
    check("generate answers", "Nantes" in written.response and len(written.context) > 0, written)
    called = client.chat(model=MODEL, messages=QUESTION, tools=TOOLS)
    call = called.message.tool_calls[0]
    check("a tool is called with an object", call.function.arguments["city"] != "", called)
    vectors = client.embed(model=VECTORS, input=["a", "b"])
    check("two texts have two vectors", len(vectors.embeddings) == 2, vectors)
    try:
        client.chat(model="nope", messages=QUESTION)
        check("an unknown model is refused", False)
    except ollama.ResponseError as error:
        check("an unknown model is refused", error.status_code == 404 and error.error == "model 'nope' not found", error)


def texts() -> None:
    client = openai.OpenAI(base_url=f"{url}/v1", api_key="sk-test", max_retries=0)
    check("models are listed", len(client.models.list().data) > 0)
    whole = client.chat.completions.create(model=MODEL, messages=QUESTION)
    text = whole.choices[0].message.content
    check("text speaks of the question", "Nantes" in text, text)
    check("usage adds up", whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens, whole.usage)
    options = {"include_usage": True}
    chunks = list(client.chat.completions.create(model=MODEL, messages=QUESTION, stream=True, stream_options=options))
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    check("a stream adds up to the text", said == text, chunks)
    check("a stream tells its usage last", chunks[-1].choices == [] and chunks[-1].usage.total_tokens == whole.usage.total_tokens, chunks[-1])
    with client.chat.completions.stream(model=MODEL, messages=QUESTION, tools=TOOLS, tool_choice="required") as stream:
        call = stream.get_final_completion().choices[0].message.tool_calls[0]
    check("a streamed call of a tool adds up", '"city"' in call.function.arguments, call)
    written = client.completions.create(model=MODEL, prompt="What is the weather in Nantes?")
    check("a completion answers", "Nantes" in written.choices[0].text, written)
    try:
        client.chat.completions.create(model=MODEL, messages=None)
        check("a chat without messages is refused", False)
    except (openai.BadRequestError, openai.InternalServerError) as error:
        check("a refusal has its message", len(error.message) > 0, error)


def vectors() -> None:
    client = openai.OpenAI(base_url=f"{url}/v1", api_key="sk-test", max_retries=0)
    made = client.embeddings.create(model=VECTORS, input=["a", "b"])
    check("two texts have two vectors", [len(item.embedding) for item in made.data] == [1024, 1024], made.usage)
    again = client.embeddings.create(model=VECTORS, input=["a", "b"], encoding_format="float")
    check("base64 and floats are the same", abs(again.data[0].embedding[0] - made.data[0].embedding[0]) < 1e-6)


if dialect == "ollama":
    native()
if dialect != "tei":
    texts()
vectors()
print(f"{dialect}: {checks} checks")
