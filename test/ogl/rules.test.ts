import { describe, expect, it } from "vitest";
import { printAnswer } from "../../src/asgi/fastapi/answer.ts";
import type { PydanticError } from "../../src/asgi/fastapi/errors.ts";
import { queryPairs } from "../../src/asgi/fastapi/query.ts";
import { type RequestToCheck, type Verdict, checkRequest } from "../../src/asgi/fastapi/request.ts";
import { fastApiOf } from "../../src/ogl/rules/app.ts";
import type { OglVersion } from "../../src/openapi/document/versions.ts";
import { specOf } from "../../src/openapi/validate/validators.ts";

/** The errors of a request that a 422 lists; `undefined` for any other verdict. */
function pydanticErrors(...given: Parameters<typeof checkRequest>): readonly PydanticError[] | undefined {
  const verdict = checkRequest(...given);
  return verdict.kind === "errors" ? verdict.errors : undefined;
}

const SPEC = specOf("0.4.1");
const NOW = Date.UTC(2026, 10, 21);

function ask(operation: string, body: string, more: Partial<RequestToCheck> = {}): Verdict {
  const found = SPEC.operations.byId(operation);
  if (found === undefined) throw new Error(`no operation ${operation}`);
  const request = {
    operation: found,
    params: {},
    query: [],
    contentType: "application/json",
    body: Buffer.from(body),
    ...more,
  };
  return checkRequest(fastApiOf(SPEC), request, NOW);
}

const chat = (body: string, more?: Partial<RequestToCheck>): Verdict => ask("chat.create", body, more);

/** The answer as text, with its status before it. */
function shown(verdict: Verdict): string {
  if (verdict.kind === "accepted") return "accepted";
  const { status, body } = printAnswer(verdict);
  return `${status} ${Buffer.from(body).toString()}`;
}

/** What no schema shows: each with a body that only the validator refuses, or one that shows where it stops. */
describe("OGL's own validators", () => {
  const rest = (operation: string): string =>
    SPEC.operations.list.find(({ path, method }) => `${method} ${path}` === operation)?.id ?? "";
  it.each([
    ["embeddings.create", '{"model":"m","input":[]}', '"type":"assertion_error","loc":["body","input"]'],
    [
      "chat.create",
      '{"model":"m","messages":[],"search":"yes"}',
      '"msg":"Value error, search_args is required when search is True"',
    ],
    ["chat.create", '{"messages":[],"search":true}', '[{"type":"missing","loc":["body","model"]'],
    [
      "chat.create",
      '{"model":"m","messages":[],"tools":[{"type":"search","metadata_filters":"x"}]}',
      '"type":"model_type","loc":["body","tools","metadata_filters","ComparisonFilter"]',
    ],
    [
      "chat.create",
      '{"model":"m","messages":[],"tools":[5]}',
      '"loc":["body","tools",0,"function-after[validate_score_threshold(), SearchTool]"]',
    ],
    [
      "chat.create",
      '{"model":"m","messages":[],"search":true,"search_args":{"type":"x"}}',
      '"type":"literal_error","loc":["body","type"]',
    ],
    ["POST /v1/search", '{"query":" "}', '"type":"string_too_short","loc":["body","query"]'],
    ["POST /v1/search", '{"prompt":" "}', '"type":"string_too_short","loc":["body","prompt"]'],
    ["POST /v1/search", '{"query":"q","collections":["x"]}', '"loc":["body","collections",0]'],
    ["POST /v1/search", '{"query":null,"prompt":""}', "Value error, query or prompt must be provided"],
    ["POST /v1/search", "{}", "500 Internal Server Error"],
    ["chat.create", '{"model":"m","messages":[],"tools":[5]}', '"loc":["body","tools",0,"dict[any,any]"]'],
    [
      "chat.create",
      '{"model":"m","messages":[],"tools":[{"score_threshold":0.5,"method":"hybrid"}]}',
      '400 {"detail":"Score threshold is only available',
    ],
    ["POST /v1/search", '{"query":"\u0085"}', '"type":"string_too_short"'],
    [
      "POST /v1/search",
      '{"query":"q","score_threshold":0.5,"method":"lexical"}',
      '400 {"detail":"Score threshold is only available for semantic search method"}',
    ],
    ["POST /v1/me/keys", '{"name":"n","expires":1}', "Value error, Wrong timestamp, must be in the future."],
    [
      "POST /v1/admin/providers",
      '{"router":1,"type":"vllm","model_name":"m"}',
      "Value error, URL is required for this model provider type.",
    ],
    [
      "POST /v1/admin/providers",
      '{"router":1,"type":"tei","model_name":"m","url":"u","qos_metric":"ttft"}',
      "Value error, QoS value is required if QoS metric is provided.",
    ],
    [
      "POST /v1/admin/roles",
      '{"name":"n","limits":[{"router":1,"type":"rpm"},{"router":"1","type":"rpm"}]}',
      "Value error, Duplicate limit found: (1, LimitType.RPM).",
    ],
    [
      "POST /v1/documents/{document_id}/chunks",
      '{"chunks":[{"content":"c","metadata":{"a":100000000000000000}}]}',
      '"msg":"Input should be less than or equal to 9999999999999999"',
    ],
  ])("%s %s", (operation, body, found) => {
    const id = operation.startsWith("POST ") ? rest(operation) : operation;
    expect(shown(ask(id, body, { params: { document_id: "1" } }))).toContain(found);
  });

  it("lets a search be asked for with arguments, and a time to come", () => {
    expect(chat('{"model":"m","messages":[],"search":true,"search_args":{}}').kind).toBe("accepted");
    expect(ask(rest("POST /v1/me/keys"), `{"name":"n","expires":${NOW / 1000 + 1}}`).kind).toBe("accepted");
    expect(ask(rest("POST /v1/me/keys"), `{"name":"n","expires":${NOW / 1000}}`).kind).toBe("errors");
  });
});

describe("FastAPI around it", () => {
  const operation = (version: OglVersion, id: string): RequestToCheck["operation"] => {
    const found = specOf(version).operations.list.find(({ path, method }) => `${method} ${path}` === id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  const bare = { params: {}, query: [], contentType: undefined, body: new Uint8Array() } as const;

  it("looks at the dependency's query, the path, the query and the body, in this order", () => {
    const errors = pydanticErrors(fastApiOf(SPEC), {
      operation: operation("0.4.1", "POST /v1/documents/{document_id}/chunks"),
      params: { document_id: "0" },
      query: queryPairs("required=perhaps"),
      contentType: "application/json",
      body: Buffer.from("{}"),
    });
    expect(errors?.map(({ loc }) => loc.join("."))).toEqual([
      "query.required",
      "path.document_id",
      "body.chunks",
    ]);
  });

  it("looks at the path before the query, whatever the order in which they are declared", () => {
    const chunks = operation("0.4.1", "GET /v1/documents/{document_id}/chunks");
    const query = queryPairs("offset=x&limit=0");
    const errors = pydanticErrors(fastApiOf(SPEC), {
      ...bare,
      operation: chunks,
      params: { document_id: "x" },
      query,
    });
    expect(errors?.map(({ loc }) => loc.join("."))).toEqual([
      "path.document_id",
      "query.limit",
      "query.offset",
    ]);
  });

  it("takes the last of repeated values, and misses a path parameter that is not in the path", () => {
    const keys = operation("0.4.1", "GET /v1/me/keys");
    expect(
      pydanticErrors(fastApiOf(SPEC), { ...bare, operation: keys, query: queryPairs("limit=0&limit=1") }),
    ).toBeUndefined();
    expect(
      pydanticErrors(fastApiOf(SPEC), { ...bare, operation: keys, query: queryPairs("limit=1&limit=") }),
    ).toHaveLength(1);
    const token = operation("0.4.5", "DELETE /v1/admin/tokens/{token}");
    const errors = pydanticErrors(fastApiOf(specOf("0.4.5")), {
      ...bare,
      operation: token,
      params: { token: "1" },
    });
    expect(errors).toEqual([{ type: "missing", loc: ["path", "user"], msg: "Field required", input: null }]);
  });

  it.each([undefined, "", "text/plain", "application/json/x", "application/octet-stream"])(
    "takes a body of content type %j for bytes",
    (contentType) => {
      expect(shown(chat("{}", { contentType }))).toContain('"type":"model_attributes_type","loc":["body"]');
    },
  );

  it.each(["application/json", "Application/JSON; charset=utf-8", "application/problem+json"])(
    "reads %j as JSON",
    (contentType) => {
      expect(shown(chat("{}", { contentType }))).toContain('"type":"missing"');
    },
  );

  const documents = (body: string, contentType = "multipart/form-data; boundary=b"): string =>
    shown(
      checkRequest(
        fastApiOf(SPEC),
        {
          ...bare,
          operation: operation("0.4.1", "POST /v1/documents"),
          contentType,
          body: Buffer.from(body),
        },
        NOW,
      ),
    );
  const part = (name: string, value: string, more = ""): string =>
    `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;

  it.each([
    [
      "without a boundary",
      documents("x", "multipart/form-data"),
      '400 {"detail":"Missing boundary in multipart."}',
    ],
    ["that does not begin with it", documents("x"), '400 {"detail":"There was an error parsing the body"}'],
    [
      "with a wrong field",
      documents(`${part("chunk_size", "x")}--b--`),
      '"type":"int_parsing","loc":["body","chunk_size"]',
    ],
    [
      "with a text for a file",
      documents(`${part("file", "x")}--b--`),
      "Value error, Expected UploadFile, received: <class 'str'>",
    ],
    [
      "without a collection",
      documents(`${part("name", "n")}--b--`),
      '"type":"int_type","loc":["collection_id"]',
    ],
    [
      "with neither file nor name",
      documents(`${part("collection_id", "1")}--b--`),
      '"loc":[],"msg":"Value error, name is required when file is not provided"',
    ],
    [
      "with bad metadata",
      documents(`${part("name", "n")}${part("collection", "1")}${part("metadata", "{")}--b--`),
      '"url":"https://errors.pydantic.dev/2.12/v/value_error"',
    ],
    [
      "that is right",
      documents(`${part("name", "n")}${part("collection", "1")}${part("metadata", '{"a":1}')}--b--`),
      "accepted",
    ],
    [
      "with a file",
      documents(`${part("file", "x", '; filename="f"')}${part("collection", "1")}--b--`),
      "accepted",
    ],
    ["url-encoded", documents("name=a+b&collection_id=%31", "application/x-www-form-urlencoded"), "accepted"],
  ])("reads a form %s", (_, answer, found) => {
    expect(answer).toContain(found);
  });
});
