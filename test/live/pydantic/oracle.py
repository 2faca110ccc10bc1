"""Answers requests as FastAPI and pydantic do, with models made from OGL's own OpenAPI.

    oracle.py OPENAPI.json VERSION < requests.jsonl > answers.jsonl

A request is a line `{"method", "template", "path": {...}, "query", "contentType", "bodyBase64"}`, an answer
`{"status", "contentType", "bodyBase64"}`; 200 says that the request was accepted. The models are those of `models.py`,
and everything runs in process through ASGI.
`oracle.py --limits` prints how deep JSON may nest here.
"""

import asyncio
import base64
import inspect
import json
import logging
import sys
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, File, Form, Path, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import Field, ValidationError

from models import Models, document_form


def signature(parameters):
    """A decorator: the function takes these parameters, for FastAPI to read them."""

    def decorate(function):
        function.__signature__ = inspect.Signature(parameters)
        return function

    return decorate


def parameter(name, annotation, default):
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def build_app(document, version):
    app = FastAPI()
    models = Models(document, version)
    for template, item in document["paths"].items():
        for method, operation in item.items():
            own, dependency = [], []
            for declared in operation.get("parameters", []):
                kind = {"path": Path, "query": Query}[declared["in"]]
                schema = declared["schema"]
                default = inspect.Parameter.empty if declared.get("required") else schema.get("default")
                made = parameter(declared["name"], Annotated[models.type(schema), kind()], default)
                (dependency if declared["name"] == "required" else own).append(made)
            body = operation.get("requestBody")
            form = None
            if body:
                (media, content), *_ = body["content"].items()
                if media == "application/json":
                    own.append(parameter("body_", models.type(content["schema"]), Body()))
                else:
                    form = form_parameters(models, content["schema"])
            add_route(app, models, template, method, own, dependency, form)

    return app


def form_parameters(models, schema):
    schema = models.schemas[schema["$ref"].rsplit("/", 1)[-1]]
    parameters = []
    for field, declared in schema["properties"].items():
        is_file = "contentMediaType" in json.dumps(declared)
        default = inspect.Parameter.empty if field in schema.get("required", []) else declared.get("default")
        kind = File if is_file else Form
        parameters.append(parameter(field, Annotated[models.type(declared), kind()], default))
    return parameters


def add_route(app, models, template, method, own, dependency, form):
    parameters = []
    if form is not None:

        @signature(form)
        def as_form(**values):
            if template != "/v1/documents":
                return values
            collection = values.pop("collection")
            if values["collection_id"] is None:
                values["collection_id"] = collection
            order = "file name collection_id disable_chunking chunk_min_size chunk_overlap chunk_size is_separator_regex separators preset_separators metadata"
            try:
                return document_form(models)(**{name: values[name] for name in order.split()})
            except ValidationError as error:
                raise RequestValidationError(error.errors())

        parameters.append(parameter("form_", Any, Depends(as_form)))
    if dependency:

        @signature(dependency)
        def elasticsearch(**values):
            return None

        parameters.append(parameter("dependency_", Any, Depends(elasticsearch)))

    @signature(own + parameters)
    def endpoint(**values):
        return JSONResponse({"accepted": True})

    app.add_api_route(template, endpoint, methods=[method.upper()], operation_id=f"{method} {template}")


async def ask(app, route_of, line):
    """Runs a request through the route itself, as the router and the exception handlers of the app would."""
    asked = json.loads(line)
    route = route_of[asked["method"], asked["template"]]
    body = base64.b64decode(asked["bodyBase64"])
    headers = [(b"content-type", asked["contentType"].encode("latin-1"))] if asked["contentType"] is not None else []
    scope = {
        "type": "http",
        "method": asked["method"],
        "path": "/",
        "raw_path": b"/",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "query_string": asked["query"].encode("latin-1"),
        "headers": headers,
        "app": app,
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    async def routed(scope, receive, send):
        scope["path_params"] = dict(asked["path"])
        scope["endpoint"] = route.endpoint
        scope["route"] = route
        await route.handle(scope, receive, send)

    try:
        await stack(app, routed)(scope, receive, send)
    except Exception:
        pass  # answered by ServerErrorMiddleware, which raises it again for the server's log
    head = next(m for m in sent if m["type"] == "http.response.start")
    data = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
    kind = dict(head["headers"]).get(b"content-type", b"").decode()
    return {"status": head["status"], "contentType": kind, "bodyBase64": base64.b64encode(data).decode()}


def stack(app, routed):
    """The middlewares that FastAPI puts around every app, with the route in place of the router."""
    router, app.router = app.router, routed
    try:
        return app.build_middleware_stack()
    finally:
        app.router = router


def limits():
    async def measure():
        app = FastAPI()

        @app.post("/any")
        def any_body(body: Annotated[Any, Body()]):
            return JSONResponse({})

        @app.post("/list")
        def not_this(body: Annotated[list[Annotated[int, Field()]], Body()]):
            return JSONResponse({})

        async def status(path, text):
            route = next(r for r in app.routes if getattr(r, "path", "") == path)
            line = json.dumps({"method": "POST", "template": path, "path": {}, "query": "", "contentType": "application/json",
                               "bodyBase64": base64.b64encode(text.encode()).decode()})
            return (await ask(app, {("POST", path): route}, line))["status"]

        results = {}
        for what, path, wanted in (("decoder", "/any", 200), ("echo", "/list", 422)):
            low, high = 1, 200_000
            while low < high:
                middle = (low + high + 1) // 2
                ok = await status(path, "[" * middle + "]" * middle) == wanted
                low, high = (middle, high) if ok else (low, middle - 1)
            results[what] = low
        return results

    print(sys.version.split()[0], asyncio.run(measure()))


async def main():
    logging.disable()
    with open(sys.argv[1], encoding="utf-8") as file:
        app = build_app(json.load(file), sys.argv[2])
    routes = {(method, route.path): route for route in app.routes if hasattr(route, "dependant") for method in route.methods}
    for line in sys.stdin:
        print(json.dumps(await ask(app, routes, line)), flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--limits"]:
        limits()
    else:
        asyncio.run(main())
