"""Uses openai for Python on a base URL; prints what a user of it sees, a line of JSON each. For test/live/recorder.ts."""

import json
import sys

from openai import APIError, OpenAI

client = OpenAI(base_url=sys.argv[1], api_key="sk-anything", max_retries=0)
HI = [{"role": "user", "content": "hi"}]


def models():
    return [model.to_dict() for model in client.models.list()]


def chat():
    return client.chat.completions.create(model="t-ok", messages=HI).to_dict()


def stream(model="t-ok"):
    return [chunk.to_dict() for chunk in client.chat.completions.create(model=model, messages=HI, stream=True)]


def broken():
    return stream("t-die-mid")


def abort():
    with client.chat.completions.create(model="t-ok", messages=HI, stream=True) as chunks:
        return next(iter(chunks)).to_dict()


def embed():
    return client.embeddings.create(model="t-embed", input="hello world", encoding_format="float").to_dict()


def missing():
    return client.models.retrieve("nope").to_dict()


for use in (models, chat, stream, broken, abort, embed, missing):
    try:
        outcome = use()
    except APIError as error:
        outcome = {"error": type(error).__name__, "message": str(error)}
    print(json.dumps({use.__name__: outcome}, sort_keys=True), flush=True)
