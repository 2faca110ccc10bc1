import { describe, expect, it } from "vitest";
import { CassetteError } from "../../src/cassette/format/cassette-error.ts";
import { encodeBody } from "../../src/cassette/format/codec.ts";
import { hashOf } from "../../src/cassette/format/file.ts";
import type { LoadedCassette } from "../../src/cassette/format/load.ts";
import { printCassette } from "../../src/cassette/format/print.ts";
import { matchRequestOf } from "../../src/cassette/format/request.ts";
import type { Cassette, Interaction } from "../../src/cassette/format/types.ts";
import { importExchanges } from "../../src/cassette/import/import.ts";
import { type LibraryEntry, libraryOf, plainCassette } from "../../src/cassette/library/library.ts";
import { bind, newBindings } from "../../src/cassette/match/redaction.ts";
import { type SanitizeConfig, sanitizeRulesOf } from "../../src/cassette/scrub/config.ts";
import { sanitizeAll, sanitizeInteraction } from "../../src/cassette/scrub/interaction.ts";
import { redactPrompts } from "../../src/cassette/scrub/prompts.ts";
import { blobsToSideFiles } from "../../src/cassette/scrub/side-blobs.ts";
import { Sanitizer } from "../../src/secrets/sanitizer.ts";

/** Put together here: no secret of this form stands in the repository. */
const GITHUB = `ghp_${"a1B2c3D4e5F6".repeat(3)}`;
const KEY = `sk-${"Zz9Yy8Xx7".repeat(4)}`;

function interaction(more: Partial<Interaction> = {}): Interaction {
  return {
    name: "n",
    request: { method: "POST", target: "/v1/x", json: {} },
    response: { status: 200, framing: "length", headers: [["content-length", null]] },
    ...more,
  };
}

const text = (value: string, options: ConstructorParameters<typeof Sanitizer>[1] = {}): string =>
  new Sanitizer("", options).replaceText(value);

function body(parts: readonly string[], kind: "sse" | "json" | "other" = "other"): string[] {
  return new Sanitizer()
    .replaceWrites(
      parts.map((part) => Buffer.from(part)),
      kind,
    )
    .map((bytes) => Buffer.from(bytes).toString());
}

describe("the sanitizer", () => {
  it.each([
    [
      "a field",
      '{"api_key": "hunter2",\t"n": 1.0, "e": 9e-06}',
      '{"api_key": "secret-1",\t"n": 1.0, "e": 9e-06}',
    ],
    ["a field in camel case", '{"dbPassword":"x y"}', '{"dbPassword":"secret-1"}'],
    ["a field's number", '{"password":123456,"n":1}', '{"password":"secret-1","n":1}'],
    [
      "a field's list",
      '{"api_keys":["aaa1","bbb2"],"n":["c"]}',
      '{"api_keys":["secret-1","secret-2"],"n":["c"]}',
    ],
    ["a field with its scheme", '{"Authorization":"Bearer abc"}', '{"Authorization":"Bearer secret-1"}'],
    [
      "JSON in JSON",
      String.raw`{"a":"{\"password\":\"p\\\"q\\\\\",\"b\":1}"}`,
      String.raw`{"a":"{\"password\":\"secret-1\",\"b\":1}"}`,
    ],
    ["a cut field", '{"a":1,"password":"hunt', '{"a":1,"password":"secret-1'],
    ["a key with escapes", String.raw`{"pass\u0077ord":"x1"}`, String.raw`{"pass\u0077ord":"secret-1"}`],
    ["a query", "/v1/x?a=1&sig=aB3dE5fG7&b=2", "/v1/x?a=1&sig=secret-1&b=2"],
    ["a form", "user=a&password=p%26q+r&b=2", "user=a&password=secret-1&b=2"],
    ["settings", "A=b\nAPI_TOKEN=abc123def456\n", "A=b\nAPI_TOKEN=secret-1\n"],
    ["a flag", "tool --api-key k3yk3yk3y run", "tool --api-key secret-1 run"],
    ["a provider's token", `x ${GITHUB}.`, "x secret-1."],
    ["a key", `x ${KEY}.`, "x sk-1."],
    [
      "a key after a line break of JSON that stands four times in JSON",
      `x ${"\\".repeat(8)}n${KEY}.`,
      `x ${"\\".repeat(8)}nsk-1.`,
    ],
    [
      "a password in a URL",
      "postgres://app:s3cr3t@db.example.com/x",
      "postgres://app:secret-1@db.example.com/x",
    ],
    ["addresses", "10.1.2.3, 9.8.7.6; [fd00:1::5]", "192.0.2.1, 192.0.2.2; [2001:db8::1]"],
    [
      "hosts",
      "http://gpu-1.lan:80/ or db.prod.svc.cluster.local",
      "http://host-1.example.org:80/ or host-2.example.org",
    ],
    ["base64 of a secret", Buffer.from(KEY).toString("base64"), "sk-1"],
    ["base64 of more", `<${Buffer.from(`mail ann@corp.fr!`).toString("base64")}>`, "<secret-1>"],
  ])("replaces %s, and nothing beside it", (_, before, after) => {
    expect(text(before)).toBe(after);
    expect(text(after)).toBe(after);
  });

  it.each([
    '{"prompt_tokens":1,"completion_tokens":22222222,"max_tokens":4,"tokens":["a1b2c3d4e"]}',
    '{"token":" Hello12345","logprob":-0.1,"bytes":[32]}',
    '{"token":"sk-eyJhb...d1hDvuLI","key":"k-plain","name":"token"}',
    '{"password":null,"api_key":"","secret":"${SECRET}","token":"<token>","x":"password"}',
    '{"properties":{"password":{"type":"string","description":"the password"}}}',
    "const token = await getToken(apiKey); password: string; secretKey: Uint8Array",
    "v1.2.3.4, version 10.20.30.40, pkg==1.2.3.4, Chrome/120.0.6099.109 and 127.0.0.1, 0.0.0.0, ::1, 192.0.2.7",
    "this.local = a.internal(); std::dec 12:34:56 a::b fe:ed",
    "logo@2x.png git@github.com:a/b.git @types/node@24.1.0",
    "chatcmpl-5f0c1d2e3a4b request-0123456789abcdef0123456789abcdef 01234567-89ab-cdef-0123-456789abcdef",
  ])("leaves %s", (ordinary) => {
    expect(text(ordinary)).toBe(ordinary);
  });

  it("numbers on from the highest in the file, by family", () => {
    const sanitizer = new Sanitizer("sk-3 secret-9 192.0.2.254 host-2.example.org 2001:db8::a");
    expect(sanitizer.replaceText(`${KEY} ${GITHUB} 10.0.0.1 a-1.corp fd00::1`)).toBe(
      "sk-4 secret-10 198.51.100.1 host-3.example.org 2001:db8::b",
    );
  });

  it("gives one value one pseudonym, in whatever way it is spelled", () => {
    const sanitizer = new Sanitizer();
    expect(sanitizer.replaceHeader("Authorization", "Bearer hunter2hunter2")).toBe("Bearer sk-1");
    const hex = Buffer.from("hunter2hunter2").toString("hex");
    const within = Buffer.from("x: hunter2hunter2 y").toString("base64");
    expect(
      sanitizer.replaceText(String.raw`hunter2hunter2 \u0068unter2hunter2 %68unter2hunter2 ${hex} ${within}`),
    ).toBe("sk-1 sk-1 sk-1 sk-1 sk-1");
    for (const before of ["", "\0", "\0\xff"]) {
      // Bytes around it that are no text: only what all such base64 has in common tells it.
      const encoded = Buffer.from(`${before}hunter2hunter2\0\xff\0`, "latin1").toString("base64");
      expect(sanitizer.replaceText(`<${encoded}>`)).toBe("<sk-1>");
    }
    expect(sanitizer.used).toEqual(["authorization"]);
  });

  it("has no hash of a secret, and one of large content that the same content has again", () => {
    const picture = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * i * 31 + i) % 256));
    const url = `{"url":"data:image/png;base64,${picture.toString("base64")}"}`;
    const reference = `data:image/png;sha256=${hashOf(picture)};bytes=3000,`;
    expect(text(url)).toBe(`{"url":"${reference}"}`);
    expect(text(`{"b64_json":"${picture.toString("base64")}"}`)).toContain(hashOf(picture));
    expect(text(url, { rules: { blobs: "keep" } })).toBe(url);
    const withKey = Buffer.from(`${"a b c d e ".repeat(100)} ${KEY}`).toString("base64");
    expect(text(`data:text/plain;base64,${withKey}`)).not.toMatch(/sha256/);
    const vector = `{"embedding":"${picture.toString("base64")}"}`;
    expect(text(vector)).toBe(vector);
  });
});

describe("a body in writes", () => {
  it("keeps boundaries outside of what is replaced; one within moves to its end", () => {
    expect(body(['{"a":"', "x", '","pass', 'word":"hun', "ter", '2","b":', "1}"])).toEqual([
      '{"a":"',
      "x",
      '","pass',
      'word":"secret-1',
      "",
      '","b":',
      "1}",
    ]);
  });

  it("puts the pseudonym of what is spread over events into the first of them", () => {
    const event = (content: string): string =>
      `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`;
    const cut = [KEY.slice(0, 4), KEY.slice(4, 20), `${KEY.slice(20)} end`];
    expect(body(["it is ", ...cut].map(event), "sse")).toEqual(["it is ", "sk-1", "", " end"].map(event));
  });

  it("keeps choices and tools of one stream apart", () => {
    const events = [0, 1].flatMap((index) =>
      ['{"password":"', "hun", "ter2", '"}'].map(
        (segment) =>
          `data: ${JSON.stringify({ choices: [{ index, delta: { tool_calls: [{ index: 0, function: { arguments: segment } }] } }] })}\n\n`,
      ),
    );
    const mixed = [0, 4, 1, 5, 2, 6, 3, 7].map((i) => events[i] as string);
    const clean = body(mixed, "sse").join("");
    expect(clean.match(/secret-1/g)).toHaveLength(2);
    expect(clean).not.toMatch(/hun|ter2/);
  });
});

describe("an interaction", () => {
  it("loses what its last part gives away from its first", () => {
    const clean = sanitizeInteraction(
      interaction({
        name: "of s3cr3tvalue",
        response: {
          status: 200,
          framing: "length",
          headers: [
            ["set-cookie", "sid=s3cr3tvalue; Path=/"],
            ["content-length", "12"],
          ],
          body: [{ wait: 0, text: "s3cr3tvalue!" }],
        },
      }),
      new Sanitizer(),
    );
    expect(JSON.stringify(clean)).not.toContain("s3cr3tvalue");
    expect(clean.response.headers).toEqual([
      ["set-cookie", "cookie-1"],
      ["content-length", null],
    ]);
  });

  it("is sanitized again where a later one gives away its secret; the revision tells", () => {
    const sanitizer = new Sanitizer();
    const first = sanitizeInteraction(
      interaction({ request: { method: "GET", target: "/v1/opaque99value" } }),
      sanitizer,
    );
    expect(first.request.target).toBe("/v1/opaque99value");
    const { revision } = sanitizer;
    sanitizer.learn("opaque99value");
    expect(sanitizer.revision).toBeGreaterThan(revision);
    expect(sanitizeInteraction(first, sanitizer).request.target).toBe("/v1/secret-1");
    expect(sanitizer.secrets).toEqual(["opaque99value"]);
    const both = sanitizeAll(
      [
        interaction({ request: { method: "GET", target: "/v1/other88value" } }),
        interaction({ request: { method: "GET", target: "/v1/x?token=other88value" } }),
      ],
      new Sanitizer(),
    );
    expect(both.map(({ request }) => request.target)).toEqual(["/v1/secret-1", "/v1/x?token=secret-1"]);
  });

  it("names the upstream's host by a pseudonym; loopback is nobody's", () => {
    const sanitizer = new Sanitizer();
    for (const host of ["127.0.0.1", "localhost", "[::1]", "llm.example.com"]) sanitizer.learnHost(host);
    expect(sanitizer.replaceText("http://llm.example.com/v1 localhost 127.0.0.1")).toBe(
      "http://host-1.example.org/v1 localhost 127.0.0.1",
    );
  });

  it("keeps large content of its answer as side files where that is wanted", () => {
    const picture = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * i * 31 + i) % 256)).toString(
      "base64",
    );
    const files = new Map<string, Uint8Array>();
    const before = interaction({
      response: {
        status: 200,
        framing: "length",
        headers: [["content-length", null]],
        body: [{ wait: 5, json: { data: [{ b64_json: picture, n: "é" }] } }],
      },
    });
    const moved = blobsToSideFiles(before, (bytes) => {
      files.set(hashOf(bytes), bytes);
      return hashOf(bytes);
    });
    expect(moved.response.body).toEqual([
      { wait: 5, text: '{"data":[{"b64_json":"' },
      { file: hashOf(Buffer.from(picture)) },
      { text: '","n":"é"}]}' },
    ]);
    const readSideFile = (hash: string): Uint8Array => files.get(hash) ?? new Uint8Array();
    expect(encodeBody(moved.response.body ?? [], readSideFile)).toEqual(
      encodeBody(before.response.body ?? []),
    );
    expect(sanitizeInteraction(moved, new Sanitizer(), { readSideFile })).toBe(moved);
  });
});

describe("rules of one's own", () => {
  const rules = (config: SanitizeConfig): ReturnType<typeof sanitizeRulesOf> =>
    sanitizeRulesOf("c.json", config);

  it("name headers, parameters, fields and patterns, and what stays", () => {
    const sanitizer = new Sanitizer("", {
      rules: rules({
        headers: ["X-Tenant"],
        query: ["cust"],
        fields: ["iban"],
        patterns: [{ id: "ticket", pattern: "TCK-\\d+", prefix: "ticket" }],
        keep: [".*@example\\.com", "sk-test-.*"],
      }),
    });
    expect(sanitizer.replaceHeader("x-tenant", "acme")).toBe("sk-1");
    expect(sanitizer.replaceText("/x?cust=acme-inc")).toBe("/x?cust=secret-1");
    expect(sanitizer.replaceText('{"IBAN":"FR7612","a":"TCK-42 of bob@example.com, ann@corp.fr"}')).toBe(
      '{"IBAN":"secret-2","a":"ticket-1 of bob@example.com, user-1@example.org"}',
    );
    expect(sanitizer.replaceHeader("authorization", "Bearer sk-test-1234567890")).toBe(
      "Bearer sk-test-1234567890",
    );
  });

  it.each<[SanitizeConfig, string]>([
    [{ patterns: [{ id: "a", pattern: "(", prefix: "a" }] }, "/sanitize/patterns/0/pattern"],
    [{ patterns: [{ id: "email", pattern: "x", prefix: "a" }] }, "/sanitize/patterns/0/id"],
    [{ keep: ["("] }, "/sanitize/keep/0"],
  ])("that can't be used are refused with their place: %j", (config, pointer) => {
    expect(() => rules(config)).toThrow(CassetteError);
    expect(() => rules(config)).toThrow(expect.objectContaining({ location: { file: "c.json", pointer } }));
  });
});

describe("prompts as filler", () => {
  const event = (delta: object): object => ({
    id: "chatcmpl-9Z",
    choices: [{ index: 0, delta, logprobs: null }],
  });

  it("keep their shape, code point by code point; all else stays", () => {
    const before = interaction({
      request: {
        method: "POST",
        target: "/v1/chat/completions",
        json: {
          model: "Qwen-3",
          messages: [
            { role: "user", content: "Écris à Zoé,\n42 mots 😀!" },
            {
              role: "assistant",
              tool_calls: [
                { id: "call_1", function: { name: "find", arguments: '{"who":"Zoé \\"Z\\"","n":5}' } },
              ],
            },
          ],
          user: "u1",
        },
      },
      response: {
        status: 200,
        framing: "chunked",
        headers: [["content-type", "text/event-stream"]],
        body: [
          { wait: 1, sse: event({ role: "assistant", content: "Bon" }) },
          { wait: 2, text: 'data: {"choices":[{"index":0,"delta":{"content":"jour ' },
          { wait: 3, hex: "c3" },
          { wait: 4, hex: "a9" },
          { text: '."}}]}\n\n' },
          { wait: 5, sse: { choices: [], usage: { prompt_tokens: 12, cost: 9e-6 } } },
          { wait: 6, sse: "[DONE]" },
        ],
      },
    });
    const filled = redactPrompts(before);
    expect(filled.request.json).toEqual({
      model: "Qwen-3",
      messages: [
        { role: "user", content: "Xxxxx x Xxx,\n00 xxxx x!" },
        {
          role: "assistant",
          tool_calls: [
            { id: "call_1", function: { name: "find", arguments: '{"who":"Xxx \\"X\\"","n":5}' } },
          ],
        },
      ],
      user: "u1",
    });
    expect(filled.response.body).toEqual([
      { wait: 1, sse: event({ role: "assistant", content: "Xxx" }) },
      { wait: 2, text: 'data: {"choices":[{"index":0,"delta":{"content":"xxxx ' },
      { wait: 3, text: "x" },
      { wait: 4, text: '."}}]}\n\n' },
      before.response.body?.[5],
      { wait: 6, sse: "[DONE]" },
    ]);
    const sent = Buffer.concat(encodeBody(filled.response.body ?? []).map(({ bytes }) => bytes)).toString();
    expect(sent).toContain('"content":"xxxx x."');
    expect(sent).not.toMatch(/Bon|jour|é/);
    expect(sent).toContain('"usage":{"prompt_tokens":12,"cost":0.000009}');
    const waits = (list: Interaction): number =>
      encodeBody(list.response.body ?? []).reduce(
        (sum, { wait }) => sum + wait,
        list.response.end?.wait ?? 0,
      );
    expect(waits(filled)).toBe(waits(before));
  });

  it("leave the arguments of a tool valid JSON, though they come in pieces", () => {
    const segments = ['{"pa', 'th":"/ho', "me/Zo\\", 'u00e9","n', '":[1,"ab"]}'];
    const before = interaction({
      response: {
        status: 200,
        framing: "chunked",
        headers: [["content-type", "text/event-stream"]],
        body: segments.map((segment) => ({
          wait: 1,
          sse: event({ tool_calls: [{ index: 0, function: { arguments: segment } }] }),
        })),
      },
    });
    const filled = redactPrompts(before);
    const joined = (filled.response.body ?? [])
      .map(
        ({ sse }) =>
          (sse as { choices: { delta: { tool_calls: { function: { arguments: string } }[] } }[] }).choices[0]
            ?.delta.tool_calls[0]?.function.arguments,
      )
      .join("");
    expect(JSON.parse(joined)).toEqual({ path: "/xxxx/Xxx", n: [1, "xx"] });
    expect(filled.response.body).toHaveLength(5);
  });

  it("fill inputs of embeddings, also as token ids, and what an answer echoes", () => {
    const filled = redactPrompts(
      interaction({
        request: {
          method: "POST",
          target: "/v1/embeddings",
          json: { model: "e", input: ["Ab c", [12, 907]], dimensions: 64 },
        },
        response: {
          status: 422,
          framing: "length",
          headers: [
            ["content-type", "application/json"],
            ["content-length", "72"],
          ],
          body: [
            {
              wait: 0,
              json: { detail: [{ type: "missing", loc: ["body", "model"], input: { input: "Ab" } }] },
            },
          ],
        },
      }),
    );
    expect(filled.request.json).toEqual({ model: "e", input: ["Xx x", [11, 111]], dimensions: 64 });
    expect(filled.response.body).toEqual([
      { wait: 0, json: { detail: [{ type: "missing", loc: ["body", "model"], input: { input: "Xx" } }] } },
    ]);
  });

  it("are matched by their shape, and told apart by all else", () => {
    const recorded = (content: string, model: string): Interaction =>
      sanitizeInteraction(
        redactPrompts(
          interaction({
            name: model,
            request: {
              method: "POST",
              target: "/v1/chat/completions",
              json: { model, messages: [{ role: "user", content }] },
            },
            response: { status: 204, framing: "none" },
          }),
        ),
        new Sanitizer(),
      );
    const cassette: Cassette = {
      cassette: 1,
      about: { title: "t", origin: "recorded", ogl: "0.4.5", sanitized: ["prompts"] },
      interactions: [recorded("write to ann@corp.fr now", "a"), recorded("write to ann@corp.fr now", "b")],
    };
    const loaded: LoadedCassette = {
      file: "x",
      text: "",
      cassette,
      waived: [],
      staleWaivers: [],
      readSideFile: () => new Uint8Array(),
    };
    const library = libraryOf("0.4.5", [plainCassette(loaded)]);
    const ask = (content: string, model: string): LibraryEntry | undefined =>
      library.find(
        matchRequestOf({
          method: "POST",
          target: "/v1/chat/completions",
          headers: [["content-type", "application/json"]],
          json: { model, messages: [{ role: "user", content }] },
        }),
        ({ members: [entry] }) => entry,
      );
    expect(ask("write to bob@corp.fr now", "b")?.interaction.name).toBe("b");
    expect(ask("Write to bob@corp.fr now", "b")).toBeUndefined();
    expect(ask("write to bob@corp.fr now", "c")).toBeUndefined();
    const entry = ask("write to bob@corp.fr now", "a");
    expect(bind(newBindings(), (entry as LibraryEntry).request, (entry as LibraryEntry).request)).toBe(true);
  });
});

describe("a redacted request", () => {
  it("is matched by what stands under a telling name, whatever it looks like", async () => {
    const raw = (target: string, sent: string): { name: string; request: string; response: string } => ({
      name: "n",
      request: `POST ${target} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${sent.length}\r\n\r\n${sent}`,
      response: "HTTP/1.1 204 No Content\r\n\r\n",
    });
    const cassette = await importExchanges(
      "x",
      [raw("/v1/x?key=abc123def", '{"password":"hunter2","host":"10.0.0.7","n":1}')],
      { about: { title: "t", origin: "recorded", ogl: "0.4.5" } },
    );
    expect(printCassette(cassette)).not.toMatch(/hunter2|abc123def|10\.0\.0\.7/);
    const library = libraryOf("0.4.5", [
      plainCassette({
        file: "x",
        text: "",
        cassette,
        waived: [],
        staleWaivers: [],
        readSideFile: () => new Uint8Array(),
      }),
    ]);
    const hit = (target: string, json: object): boolean =>
      library.find(
        matchRequestOf({ method: "POST", target, headers: [["content-type", "application/json"]], json }),
        () => true,
      ) ?? false;
    expect(hit("/v1/x?key=abc123def", { password: "hunter2", host: "10.0.0.7", n: 1 })).toBe(true);
    expect(hit("/v1/x?key=zzz999yyy", { password: "correct horse", host: "172.16.3.4", n: 1 })).toBe(true);
    expect(hit("/v1/x?key=zzz999yyy", { password: "correct horse", host: "172.16.3.4", n: 2 })).toBe(false);
    expect(hit("/v1/x?key=zzz999yyy", { password: "correct horse", host: "elsewhere", n: 1 })).toBe(false);
  });
});
