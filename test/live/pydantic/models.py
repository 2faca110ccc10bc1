"""Pydantic models made from the schemas of OGL's OpenAPI, with the validators that no schema shows, written by hand."""

import datetime as dt
import json
from enum import Enum
from typing import Annotated, Any, Literal, Union

from fastapi import HTTPException, UploadFile
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    create_model,
    field_validator,
    model_validator,
)

BIG = 9999999999999999


def python_name(schema_name):
    return schema_name.split("__")[-1].removesuffix("-Input").removesuffix("-Output")


# --- validators that the schemas do not show -------------------------------------------------------------------------


def must_be_future(cls, expires):
    if isinstance(expires, int) and expires <= int(dt.datetime.now(tz=dt.UTC).timestamp()):
        raise ValueError("Wrong timestamp, must be in the future.")
    return expires


def validate_input(cls, value):
    assert value, "Input must not be an empty object."
    return value


def validate_score_threshold(self):
    if self.score_threshold > 0.0 and self.method != "semantic":
        raise HTTPException(400, "Score threshold is only available for semantic search method")
    return self


def validate_query(self):
    if not self.query:
        if not self.prompt:
            raise ValueError("query or prompt must be provided")
        self.query = self.prompt
    return self


def validate_total_content_size(self):
    if sum(len(chunk.content) for chunk in self.chunks) > 1024 * 1024 * 20:
        raise ValueError("Chunks content total size exceeds 20MB")
    return self


def qos(self):
    if self.qos_metric is not None and self.qos_limit is None:
        raise ValueError("QoS value is required if QoS metric is provided.")
    return self


def validate_model(self):
    return qos(self)


def format_provider(self):
    qos(self)
    if self.url is None and self.type not in ("albert", "mistral", "openai"):
        raise ValueError("URL is required for this model provider type.")
    return self


def check_duplicate_limits(cls, limits):
    keys = set()
    for limit in limits or []:
        key = (limit.router, limit.type.value)
        if key in keys:
            raise ValueError(f"Duplicate limit found: ({limit.router}, {limit.type}).")
        keys.add(key)
    return limits


class Models:
    """The pydantic models of one OpenAPI document."""

    def __init__(self, document, version):
        self.schemas = document["components"]["schemas"]
        self.version = version
        self.made = {}

    def validators(self, name):
        def search_tool(**kwargs):
            return self.named("SearchTool")(**kwargs)

        def validate_fields(cls, tools):
            for i, tool in enumerate(tools or []):
                if tool.get("type") == "search":
                    tools[i] = search_tool(**tool)
            return tools

        def convert_search_args_to_tool(self):
            if self.search:
                if self.search_args is None:
                    raise ValueError("search_args is required when search is True")
                search_tool(**self.search_args.model_dump(exclude_none=True)).model_dump()
            return self

        after = lambda f: {f.__name__: model_validator(mode="after")(f)}
        field = lambda name, mode, f: {f.__name__: field_validator(name, mode=mode)(classmethod(f))}
        match name:
            case "EmbeddingsRequest":
                return field("input", "after", validate_input)
            case "CreateChatCompletion":
                return field("tools", "after", validate_fields) | after(convert_search_args_to_tool)
            case "SearchArgs" | "SearchTool":
                return after(validate_score_threshold)
            case "CreateSearch":
                return after(validate_score_threshold) | after(validate_query)
            case "CreateChunks":
                return after(validate_total_content_size)
            case "CreateProvider" | "CreateProviderBody":
                return after(format_provider)
            case "UpdateProvider" | "UpdateProviderBody":
                return after(validate_model)
            case "CreateKey" | "CreateToken" | "CreateUser" | "CreateUserBody" | "UserUpdateRequest":
                return field("expires", "before", must_be_future)
            case "CreateRole" | "RoleUpdateRequest" if self.version == "0.4.1":
                return field("limits", "after", check_duplicate_limits)
        return {}

    def aliases(self, model, field):
        if model in ("SearchArgs", "SearchTool", "CreateSearch") and field == "collection_ids":
            return {"validation_alias": AliasChoices("collection_ids", "collections")}
        if model == "CreateSearch" and field == "query":
            return {"validation_alias": AliasChoices("query", "prompt")}
        return {}

    def named(self, name):
        if name not in self.made:
            schema = self.schemas[name]
            if "enum" in schema:
                members = {str(v).upper().replace("-", "_") or "EMPTY": v for v in schema["enum"]}
                self.made[name] = Enum(python_name(name), members, type=str)
            else:
                self.made[name] = self.model(python_name(name), schema)
        return self.made[name]

    def model(self, name, schema):
        extra = schema.get("additionalProperties")
        base = type(
            f"{name}Base",
            (BaseModel,),
            {
                "model_config": ConfigDict(
                    extra="allow" if extra is True else "forbid" if extra is False else "ignore",
                    populate_by_name=True,
                    protected_namespaces=(),
                )
            },
        )
        fields = {}
        for field, declared in schema["properties"].items():
            required = field in schema.get("required", [])
            default = {} if required else {"default": declared.get("default")}
            fields[field] = (self.type(declared), Field(**default, **self.aliases(name, field)))
        return create_model(name, __base__=base, __validators__=self.validators(name), **fields)

    def type(self, schema):
        if "$ref" in schema:
            return self.named(schema["$ref"].rsplit("/", 1)[-1])
        if "anyOf" in schema:
            return Union[tuple(self.type(branch) for branch in schema["anyOf"])]
        if "const" in schema:
            return Literal[schema["const"]]
        if "enum" in schema:
            return Literal[tuple(schema["enum"])]
        number = {
            key: schema[keyword]
            for keyword, key in (("minimum", "ge"), ("maximum", "le"), ("exclusiveMinimum", "gt"), ("exclusiveMaximum", "lt"))
            if keyword in schema
        }
        match schema.get("type"):
            case "integer":
                exact = {key: (BIG if limit > 0 else -BIG) if abs(limit) == 1e16 else int(limit) for key, limit in number.items()}
                return Annotated[int, Field(**exact)] if exact else int
            case "number":
                return Annotated[float, Field(**number)] if number else float
            case "boolean":
                return bool
            case "null":
                return None
            case "string":
                return UploadFile if "contentMediaType" in schema else self.string(schema)
            case "array":
                items = schema.get("items") or {}
                return self.sized(list[self.type(items)] if items else list, schema, "Items")
            case "object":
                values = schema.get("additionalProperties", True)
                if values is True:
                    return dict
                key = self.string(schema["propertyNames"]) if "propertyNames" in schema else str
                return self.sized(dict[key, self.type(values)], schema, "Properties")
        return Any

    def string(self, schema):
        limits = {}
        if "minLength" in schema:
            limits |= {"min_length": schema["minLength"], "strip_whitespace": True}
        if "maxLength" in schema:
            limits["max_length"] = schema["maxLength"]
        return Annotated[str, StringConstraints(**limits)] if limits else str

    def sized(self, made, schema, what):
        limits = {}
        if f"min{what}" in schema:
            limits["min_length"] = schema[f"min{what}"]
        if f"max{what}" in schema:
            limits["max_length"] = schema[f"max{what}"]
        return Annotated[made, Field(**limits)] if limits else made


def document_form(models):
    """CreateDocumentForm of api/schemas/documents.py, which the form is made into by the server's own code."""
    metadata_type = models.type(models.schemas["InputChunk"]["properties"]["metadata"]["anyOf"][0])

    class CreateDocumentForm(BaseModel):
        file: UploadFile | None
        name: Annotated[str | None, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)] | None
        collection_id: int
        disable_chunking: bool
        chunk_size: int
        chunk_min_size: int
        chunk_overlap: int
        is_separator_regex: bool
        separators: list[str]
        preset_separators: models.named("PresetSeparators")
        metadata: str

        @field_validator("metadata", mode="after")
        @classmethod
        def parse_metadata(cls, metadata):
            if metadata == "":
                return None
            try:
                return TypeAdapter(metadata_type).validate_python(json.loads(metadata))
            except json.JSONDecodeError:
                raise ValueError("metadata must be a JSON object")

        @model_validator(mode="after")
        def validate_form(self):
            if self.file is None and self.name is None:
                raise ValueError("name is required when file is not provided")
            return self

    return CreateDocumentForm
