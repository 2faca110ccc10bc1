import { describe, expect, it } from "vitest";
import { describeOperation, findOperations, listOperations } from "../../src/openapi/describe/describe.ts";
import { Operations } from "../../src/openapi/document/operations.ts";
import { PINNED_VERSIONS, errataOf, pinnedDocument } from "../../src/openapi/document/versions.ts";

describe("listOperations", () => {
  it.each(PINNED_VERSIONS)("has every operation of OGL %s, and chat's streaming half", (version) => {
    const declared = Object.entries(pinnedDocument(version).paths).flatMap(([path, item]) =>
      Object.keys(item).map((verb) => `${verb.toUpperCase()} ${path}`),
    );
    const listed = listOperations(version);
    expect(
      listed.filter(({ id }) => id !== "chat.stream").map(({ method, path }) => `${method} ${path}`),
    ).toEqual(declared);
    expect(listed.filter(({ path }) => path === "/v1/chat/completions").map(({ id }) => id)).toEqual([
      "chat.create",
      "chat.stream",
    ]);
  });

  it("says what the pinned document declares, and whether a key is really needed", () => {
    const list = listOperations("0.4.5");
    const of = (id: string): unknown => list.find((operation) => operation.id === id);
    expect(of("chat.create")).toMatchObject({ statuses: ["200", "404", "422", "503"], secured: true });
    expect(of("get_metrics_metrics_get")).toMatchObject({ secured: false, statuses: ["200"] }); // erratum
    expect(of("login_v1_auth_login_post")).toMatchObject({ secured: false });
  });
});

describe("findOperations", () => {
  it.each([
    ["chat.stream", ["chat.stream"]],
    ["chat_completions_v1_chat_completions_post", ["chat.create"]],
    ["POST /v1/chat/completions", ["chat.create"]],
    ["post   /v1/rerank", ["rerank_v1_rerank_post"]],
    ["/v1/rerank", ["rerank_v1_rerank_post"]],
    ["/v1/me/info", ["get_user_v1_me_info_get", "update_user_v1_me_info_patch"]],
    ["GET /v1/rerank", []],
    ["", []],
  ])("finds %j", (name, ids) => {
    expect(findOperations("0.4.5", name).map(({ id }) => id)).toEqual(ids);
  });
});

describe("describeOperation", () => {
  it("has the parameters, bodies and schemas, corrected by the errata", () => {
    const chat = describeOperation("0.4.5", "chat.stream");
    expect(chat?.request).toMatchObject([
      {
        type: "application/json",
        required: true,
        schema: { $ref: "#/components/schemas/CreateChatCompletion" },
      },
    ]);
    expect(chat?.responses.find(({ status }) => status === "200")).toMatchObject({
      declared: true,
      bodies: [
        { type: "application/json" },
        {
          type: "text/event-stream",
          eachEvent: true,
          schema: { $ref: "#/components/schemas/ChatCompletionChunk" },
        },
      ],
    });
    expect(chat?.responses.find(({ status }) => status === "429")).toMatchObject({ declared: false });
    expect(chat?.parameters).toMatchObject([{ name: "required", in: "query" }]);
    expect(Object.keys(chat?.schemas ?? {})).toEqual(
      expect.arrayContaining(["CreateChatCompletion", "ChatCompletionChunk", "ChoiceDeltaToolCall"]),
    );
    expect(describeOperation("0.4.5", "nothing")).toBeUndefined();
  });

  it("refers to no schema that it does not give", () => {
    for (const version of PINNED_VERSIONS) {
      for (const { id } of new Operations(pinnedDocument(version)).list) {
        const { schemas = {}, request, responses, parameters } = describeOperation(version, id) ?? {};
        const text = JSON.stringify({ schemas, request, responses, parameters });
        const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
          (match) => match[1],
        );
        expect(names.filter((name) => !(name !== undefined && name in schemas))).toEqual([]);
      }
    }
  });

  const touching = (id: string): string[] =>
    (describeOperation("0.4.5", id)?.errata ?? []).map((erratum) => `${erratum.id} by ${erratum.by}`);

  it("has the errata that touch it, its own first", () => {
    expect(touching("chat.create")[0]).toBe("chat-event-stream by operation");
    expect(touching("models.get")[0]).toBe("model-id-spans-slashes by operation");
    expect(touching("models.list").some((erratum) => erratum.startsWith("model-id"))).toBe(false);
    expect(touching("get_metrics_metrics_get")).toContain("metrics-open-text by operation");
    // Nothing of these is patched by a pointer to the operation.
    expect(touching("delete_token_v1_admin_tokens__token__delete")[0]).toBe("delete-token-user by operation");
    expect(touching("create_key_v1_me_keys_post")[0]).toBe("created-key by operation");
    expect(touching("get_keys_v1_me_keys_get").some((erratum) => erratum.startsWith("created-key"))).toBe(
      false,
    );
    expect(touching("embeddings.create")).toContain("lax-requests by everywhere");
    expect(touching("models.list").some((erratum) => erratum.startsWith("lax-requests"))).toBe(false);
    expect(touching("models.list")).toContain("undeclared-statuses by everywhere");
  });

  it.each(PINNED_VERSIONS)("leaves out no erratum of OGL %s", (version) => {
    const all = new Set(
      listOperations(version).flatMap(
        ({ id }) => describeOperation(version, id)?.errata.map((e) => e.id) ?? [],
      ),
    );
    expect(errataOf(version).map(({ id }) => id)).toEqual(
      errataOf(version)
        .map(({ id }) => id)
        .filter((id) => all.has(id)),
    );
  });
});
