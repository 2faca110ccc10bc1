"""What OGL's server is without OGL: uvicorn with h11 before an application that answers what it was asked.

The same answers are made by echo.ts before gatetape's front.
"""

import json


async def app(scope, receive, send):
    assert scope["type"] == "http"
    path = scope["raw_path"].decode("ascii")
    query = scope["query_string"].decode("ascii")
    if scope["method"] == "CONNECT" or path.startswith("/unread"):  # a 2xx to CONNECT makes a tunnel
        await answer(send, 404, b'{"detail":"Not Found"}')
        return
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        more = message["more_body"]
    if path.startswith("/stream"):
        await stream(send, body)
    elif path.startswith("/empty"):
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    else:
        echo = {
            "method": scope["method"],
            "target": path + ("?" + query if query else ""),
            "version": scope["http_version"],
            "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]],
            "body": body.decode("latin-1"),
        }
        await answer(send, 200, json.dumps(echo, ensure_ascii=False, separators=(",", ":")).encode("latin-1"))


async def answer(send, status, body):
    headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def stream(send, body):
    headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for part in (b"data: 1\n\n", b"data: %d\n\n" % len(body), b"data: [DONE]\n\n"):
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
