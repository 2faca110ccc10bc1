"""A small app on Python's standard library: it answers, and knows nothing of gatetape."""

import json
import os
import urllib.request

BASE = os.environ["OPENAI_BASE_URL"]
KEY = os.environ["OPENAI_API_KEY"]
MODEL = "qwen3-coder"


def _request(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {KEY}"}
    if data is not None:
        headers["Content-Type"] = "application/json"
    return urllib.request.urlopen(urllib.request.Request(BASE + path, data, headers))


def ask(question):
    body = {"model": MODEL, "messages": [{"role": "user", "content": question}]}
    with _request("/chat/completions", body) as answer:
        return json.load(answer)["choices"][0]["message"]["content"]


def tell(question):
    body = {"model": MODEL, "messages": [{"role": "user", "content": question}], "stream": True}
    text = ""
    with _request("/chat/completions", body) as answer:
        for line in answer:
            data = line.decode().removeprefix("data: ").strip()
            if data in ("", "[DONE]"):
                continue
            for choice in json.loads(data)["choices"]:
                text += choice["delta"].get("content") or ""
    return text


def models():
    with _request("/models") as answer:
        return [model["id"] for model in json.load(answer)["data"]]
