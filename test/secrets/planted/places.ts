/** Places of an exchange that hold a secret: members, headers, queries and forms that name it, and texts. */
import { gzipSync } from "node:zlib";
import { JSON_TYPE, answered, asked, chat, multipart, parts, unicode } from "./bodies.ts";
import { CARRIERS } from "./carriers.ts";
import { BARE, type Form, NAMED } from "./forms/forms.ts";
import { LEARNT } from "./learnt.ts";
import { OGL_PLACES } from "./ogl-places.ts";
import { type Place, type Planting, STRICT, place } from "./place.ts";

const HEADER_SAFE = /^[\x21-\x7e]+$/;
const COOKIE_SAFE = /^[^\s";,\\]+$/;

const HEADERS: readonly Place[] = [
  place(
    "header",
    "request",
    "header",
    ({ name, value }) => chat({ requestHeaders: [...JSON_TYPE, [name, value]] }),
    { takes: HEADER_SAFE },
  ),
  place(
    "header",
    "answer",
    "header",
    ({ name, value }) =>
      chat({
        responseHeaders: [
          ["content-type", "application/json"],
          [name, value],
        ],
      }),
    { takes: HEADER_SAFE },
  ),
  place(
    "header with a scheme",
    "request",
    "header",
    ({ name, value }) => chat({ requestHeaders: [...JSON_TYPE, [name, `Bearer ${value}`]] }),
    { takes: HEADER_SAFE },
  ),
  place(
    "Authorization",
    "request",
    "none",
    ({ value, random }) =>
      chat({
        requestHeaders: [
          ...JSON_TYPE,
          ["Authorization", `${random.pick(["Bearer", "Token", "ApiKey", "bearer"])} ${value}`],
        ],
      }),
    { takes: HEADER_SAFE },
  ),
  place(
    "Authorization without a scheme",
    "request",
    "none",
    ({ value }) => chat({ requestHeaders: [...JSON_TYPE, ["Authorization", value]] }),
    { takes: HEADER_SAFE },
  ),
  place("Authorization: Basic", "request", "none", ({ value }) =>
    chat({
      requestHeaders: [
        ...JSON_TYPE,
        ["Authorization", `Basic ${Buffer.from(`bob:${value}`).toString("base64")}`],
      ],
    }),
  ),
  place(
    "Cookie",
    "request",
    "none",
    ({ value }) => chat({ requestHeaders: [...JSON_TYPE, ["Cookie", `theme=dark; sid=${value}`]] }),
    { takes: COOKIE_SAFE },
  ),
  place(
    "Set-Cookie",
    "answer",
    "none",
    ({ value }) =>
      chat({
        responseHeaders: [
          ["content-type", "application/json"],
          ["set-cookie", `sid=${value}; Path=/; HttpOnly`],
        ],
      }),
    { takes: COOKIE_SAFE },
  ),
  place("Location", "answer", "parameter", ({ name, value }) =>
    chat({
      status: 307,
      responseHeaders: [
        [
          "location",
          `https://login.example.com/cb?state=1&${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
        ],
      ],
      writes: [],
    }),
  ),
  place(
    "WWW-Authenticate",
    "answer",
    "parameter",
    ({ name, value }) =>
      answered(
        { detail: "no" },
        {
          status: 401,
          responseHeaders: [
            ["content-type", "application/json"],
            ["www-authenticate", `Digest realm="x", ${encodeURIComponent(name)}="${value}"`],
          ],
        },
      ),
    { takes: /^[\x21\x23-\x5b\x5d-\x7e]+$/ },
  ),
];

const QUERIES: readonly Place[] = [
  place("query", "target", "parameter", ({ name, value }) =>
    chat({
      method: "GET",
      target: `/v1/models?page=2&${encodeURIComponent(name)}=${encodeURIComponent(value)}&z=1`,
      requestBody: Buffer.alloc(0),
      requestHeaders: [],
    }),
  ),
  place("query, in lower-case escapes", "target", "parameter", ({ name, value }) =>
    chat({
      method: "GET",
      target: `/v1/models?${encodeURIComponent(name)}=${encodeURIComponent(value).replaceAll(/%../g, (hex) => hex.toLowerCase())}`,
      requestBody: Buffer.alloc(0),
      requestHeaders: [],
    }),
  ),
  place("form", "request", "parameter", ({ name, value }) =>
    chat({
      target: "/v1/auth/login",
      requestHeaders: [["Content-Type", "application/x-www-form-urlencoded"]],
      requestBody: Buffer.from(new URLSearchParams({ user: "bob", [name]: value, remember: "1" }).toString()),
    }),
  ),
  place("multipart field", "request", "parameter", ({ name, value }) =>
    multipart(`name="${name}"`, undefined, Buffer.from(value)),
  ),
];

const nested = (name: string, value: unknown, level: number): Readonly<Record<string, unknown>> =>
  level === 1
    ? { n: 1, [name]: value }
    : {
        [["auth", "config", "data"][level - 2] ?? "x"]:
          level % 2 ? [nested(name, value, level - 1)] : nested(name, value, level - 1),
      };

const MEMBERS: readonly Place[] = [
  ...[1, 2, 3, 4].flatMap((level): Place[] => [
    place(`JSON member, level ${level}`, "request", "member", ({ name, value }) =>
      asked({ model: "m", messages: [], ...nested(name, value, level) }),
    ),
    place(`JSON member, level ${level}`, "answer", "member", ({ name, value }) =>
      answered(nested(name, value, level)),
    ),
  ]),
  place("JSON member, indented", "answer", "member", ({ name, value }) =>
    chat({ writes: [Buffer.from(JSON.stringify(nested(name, value, 2), null, 2))] }),
  ),
  place("JSON member, escaped", "request", "member", ({ name, value }) =>
    chat({ requestBody: Buffer.from(`{"model":"m","messages":[],"${name}":"${unicode(value)}"}`) }),
  ),
  place("JSON in a string", "request", "member", ({ name, value }) =>
    asked({ model: "m", messages: [{ role: "user", content: JSON.stringify(nested(name, value, 2)) }] }),
  ),
  place("JSON in a string in a string", "request", "member", ({ name, value }) =>
    asked({
      model: "m",
      messages: [{ role: "user", content: JSON.stringify({ body: JSON.stringify(nested(name, value, 1)) }) }],
    }),
  ),
  place("arguments of a tool", "answer", "member", ({ name, value }) =>
    answered({
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: null,
            tool_calls: [
              {
                id: "c",
                type: "function",
                function: { name: "login", arguments: JSON.stringify({ user: "bob", [name]: value }) },
              },
            ],
          },
        },
      ],
    }),
  ),
  place("arguments of a tool", "stream", "member", ({ name, value, random }) =>
    chat({
      requestBody: Buffer.from('{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true}'),
      responseHeaders: [["content-type", "text/event-stream; charset=utf-8"]],
      writes: [
        ...parts(JSON.stringify({ user: "bob", [name]: value }), random).map((part) =>
          Buffer.from(
            `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: part } }] } }] })}\n\n`,
          ),
        ),
        Buffer.from("data: [DONE]\n\n"),
      ],
    }),
  ),
  place("value in an object", "request", "member", ({ name, value }) =>
    asked({ model: "m", messages: [], [name]: { value } }),
  ),
  place(
    "list pair",
    "request",
    "header",
    ({ name, value }) =>
      asked({
        model: "m",
        messages: [],
        headers: [
          ["Accept", "*/*"],
          [name, value],
        ],
      }),
    { takes: /^[^\r\n]+$/ },
  ),
  place(
    "name and value",
    "request",
    "header",
    ({ name, value }) => asked({ model: "m", messages: [], headers: [{ name, value }] }),
    { takes: /^[^\r\n]+$/ },
  ),
  place(
    "mcp headers",
    "request",
    "header",
    ({ name, value }) =>
      asked({
        model: "m",
        messages: [],
        tools: [{ type: "mcp", server_url: "https://mcp.example.com", headers: { [name]: value } }],
      }),
    { takes: /^[^\r\n]+$/ },
  ),
  place("422 input", "answer", "member", ({ name, value }) =>
    answered(
      {
        detail: [
          { type: "missing", loc: ["body", "model"], msg: "Field required", input: { [name]: value } },
        ],
      },
      { status: 422 },
    ),
  ),
  place("gzip member", "answer", "member", ({ name, value }) =>
    chat({
      responseHeaders: [
        ["content-type", "application/json"],
        ["content-encoding", "gzip"],
      ],
      writes: [gzipSync(JSON.stringify({ [name]: value }))],
    }),
  ),
];

const textPlaces = (forms: readonly Form[]): readonly Place[] =>
  forms.flatMap((form) =>
    CARRIERS.map((carrier) => ({
      form: form.id,
      carrier: carrier.id,
      spelling: form.spelling,
      takes: form.takes ?? /^/,
      strict: STRICT.has(form.spelling) && (form.spelling !== "parameter" || form.id === "query of a URL"),
      by:
        form.spelling !== "none"
          ? ("name" as const)
          : form.names === "itself"
            ? ("form" as const)
            : ("value" as const),
      ...(form.languages ? { languages: form.languages } : {}),
      plant: ({ name, value, random }: Planting) =>
        carrier.plant(form.write({ name, value, random }), random),
    })),
  );

const TEXTS = textPlaces(NAMED);

/** All places, in groups from which samples are drawn alike; texts are of most kinds, so that they count more. */
export const GROUPS: readonly (readonly Place[])[] = [
  HEADERS,
  QUERIES,
  MEMBERS,
  OGL_PLACES,
  LEARNT,
  TEXTS,
  TEXTS,
  TEXTS,
  textPlaces(BARE),
];
