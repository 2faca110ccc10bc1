"""Documents by OpenAI's package for Python and httpx. `python client.py BASE-URL`; fails at the first that is amiss."""

import sys

import httpx
import openai

BASE, KEY = sys.argv[1], "sk-test"
client = openai.OpenAI(base_url=BASE, api_key=KEY, max_retries=0)
http = httpx.Client(base_url=BASE, headers={"Authorization": f"Bearer {KEY}"})
QUESTION = "How long may I keep a book of the library?"
FILES = {
    "trains.txt": ("text/plain", "Trains leave the station at noon."),
    "library.md": ("text/markdown", "# Library\n\nThe library lends books for three weeks."),
    "pool.html": ("text/html", "<h1>Pool</h1><p>The pool opens on Wednesday.</p>"),
}
checks = 0


def check(name: str, right: bool, seen: object = None) -> None:
    global checks
    if not right:
        sys.exit(f"documents by Python: {name}: {seen!r}")
    checks += 1


def found(**search: object) -> list[dict]:
    answer = http.post("/search", json={"query": QUESTION, "collection_ids": [collection], **search})
    answer.raise_for_status()
    return answer.json()["data"]


# Upload.
made = http.post("/collections", json={"name": "town"})
check("a collection is made", made.status_code == 201, made.text)
collection = made.json()["id"]
documents = {}
for name, (kind, text) in FILES.items():
    answer = http.post("/documents", data={"collection_id": collection}, files={"file": (name, text.encode(), kind)})
    check(f"{name} is uploaded", answer.status_code == 201, answer.text)
    documents[name] = answer.json()["id"]
listed = http.get("/documents", params={"collection_id": collection}).json()["data"]
check("all are listed, each with its chunk", [(d["name"], d["chunks"]) for d in listed] == [(n, 1) for n in FILES], listed)

# Search.
for method in ("semantic", "lexical", "hybrid"):
    best = found(method=method, limit=1)[0]
    check(f"a {method} search finds the library", best["chunk"]["document_id"] == documents["library.md"], best)
vectors = client.embeddings.create(
    model="nomic-embed-text", input=[QUESTION, found(limit=1)[0]["chunk"]["content"]], encoding_format="float"
)
cosine = sum(a * b for a, b in zip(vectors.data[0].embedding, vectors.data[1].embedding))
score = found(limit=1)[0]["score"]
check("the score is that of the embeddings", abs((1 + cosine) / 2 - score) < 1e-5, (cosine, score))

# Chat with sources.
ask = {"model": "qwen3-coder", "messages": [{"role": "user", "content": QUESTION}]}
more = {"search": True, "search_args": {"collection_ids": [collection], "limit": 1}}
whole = client.chat.completions.create(**ask, extra_body=more)
sources = whole.model_extra["search_results"]
check("the answer has its source", sources[0]["chunk"]["document_id"] == documents["library.md"], sources)
plain = client.chat.completions.create(**ask)
check("the chunks count as prompt", whole.usage.prompt_tokens > plain.usage.prompt_tokens + 200, whole.usage)
chunks = list(client.chat.completions.create(**ask, stream=True, extra_body=more))
check("the stream has it in its last chunk", chunks[-1].model_extra["search_results"] == sources, chunks[-1])
check("and in no other", not any("search_results" in c.model_extra for c in chunks[:-1]))

# Delete.
check("a document is deleted", http.delete(f"/documents/{documents['library.md']}").status_code == 204)
left = {hit["chunk"]["document_id"] for hit in found()}
check("its chunk is found no more", left == {documents["trains.txt"], documents["pool.html"]}, left)
check("the collection is deleted", http.delete(f"/collections/{collection}").status_code == 204)
gone = http.post("/search", json={"query": QUESTION, "collection_ids": [collection]})
check("a search in it is refused", gone.status_code == 404, gone.text)
check("its documents are gone", http.get("/documents").json()["data"] == [])

print(f"openai {openai.__version__} and httpx {httpx.__version__} for Python: {checks} checks")
