/** Where a secret may stand in an exchange: each place makes the raw exchange that plants it there. */
import {
  FIELDS,
  HEADERS,
  JSON_TYPE,
  PARAMETERS,
  PLAIN_REQUEST,
  PLAIN_RESPONSE,
  type Place,
  answer,
  answered,
  asked,
  chat,
  chunked,
  cuts,
  delta,
  made,
  oneLine,
  pieces,
  place,
  toolDelta,
  unicode,
} from "./raw-exchange.ts";

/** Places that say by a name, or by another place of the exchange, that what stands there is a secret. */
export const NAMED_PLACES: readonly Place[] = [
  place(
    "Authorization",
    (s) => made(asked("{}", { headers: `Authorization: Bearer ${s}\r\n${JSON_TYPE}` }), PLAIN_RESPONSE),
    oneLine,
  ),
  place("Authorization: Basic", (s) =>
    made(
      asked("{}", {
        headers: `Authorization: Basic ${Buffer.from(`user:${s}`).toString("base64")}\r\n${JSON_TYPE}`,
      }),
      PLAIN_RESPONSE,
    ),
  ),
  place(
    "a header of keys",
    (s, r) => made(asked("{}", { headers: `${r.pick(HEADERS)}: ${s}\r\n${JSON_TYPE}` }), PLAIN_RESPONSE),
    oneLine,
  ),
  place(
    "Cookie",
    (s) => made(asked("{}", { headers: `Cookie: a=b; session=${s}\r\n${JSON_TYPE}` }), PLAIN_RESPONSE),
    oneLine,
  ),
  place(
    "Set-Cookie",
    (s) => made(PLAIN_REQUEST, answered("{}", `Set-Cookie: sid=${s}; Path=/; HttpOnly\r\n${JSON_TYPE}`)),
    oneLine,
  ),
  place(
    "a header and its echo in the answer",
    (s) =>
      made(
        asked("{}", { headers: `Authorization: Bearer ${s}\r\n${JSON_TYPE}` }),
        answer(`Invalid key ${s}, sorry`),
      ),
    oneLine,
  ),
  place(
    "a header and its echo in base64",
    (s) =>
      made(
        asked("{}", { headers: `X-Api-Key: ${s}\r\n${JSON_TYPE}` }),
        answer(`debug ${Buffer.from(`key is [${s}] here`).toString("base64")}`),
      ),
    oneLine,
  ),
  place(
    "a header and its echo in hex",
    (s) =>
      made(
        asked("{}", { headers: `X-Api-Key: ${s}\r\n${JSON_TYPE}` }),
        answer(`debug ${Buffer.from(s).toString("hex")}`),
      ),
    oneLine,
  ),
  place(
    "a header and its echo over deltas",
    (s, r) =>
      made(
        asked("{}", { headers: `Authorization: Bearer ${s}\r\n${JSON_TYPE}` }),
        chunked(pieces(`you sent ${s}, no?`, r).map((piece) => delta(piece))),
      ),
    oneLine,
  ),
  place(
    "an echo before the header that tells it",
    (s) =>
      made(
        asked(
          JSON.stringify({
            model: "m",
            messages: [{ role: "user", content: `why does ${s} fail` }],
            user: "u",
          }),
        ),
        answered("{}", `Set-Cookie: sid=${s}; Path=/\r\n${JSON_TYPE}`),
      ),
    oneLine,
  ),
  place("a query", (s, r) =>
    made(
      asked("{}", { target: `/v1/models?a=1&${r.pick(PARAMETERS)}=${encodeURIComponent(s)}&b=2` }),
      PLAIN_RESPONSE,
    ),
  ),
  place("a query in Location", (s, r) =>
    made(
      PLAIN_REQUEST,
      answered("", `Location: https://x.example.com/a?${r.pick(PARAMETERS)}=${encodeURIComponent(s)}\r\n`),
    ),
  ),
  place("a query of a URL in a body", (s, r) =>
    made(
      PLAIN_REQUEST,
      answer(`see https://x.example.com/f.png?v=2&${r.pick(PARAMETERS)}=${encodeURIComponent(s)}&z=1 now`),
    ),
  ),
  place("a query within a query", (s, r) =>
    made(
      asked("{}", {
        target: `/v1/x?next=${encodeURIComponent(`https://y.example.com/?${r.pick(PARAMETERS)}=${encodeURIComponent(s)}`)}`,
      }),
      PLAIN_RESPONSE,
    ),
  ),
  place("a JSON field", (s, r) =>
    made(asked(JSON.stringify({ model: "m", n: 1.0, [r.pick(FIELDS)]: s })), PLAIN_RESPONSE),
  ),
  place("a JSON field, deep", (s, r) =>
    made(PLAIN_REQUEST, answered(JSON.stringify({ a: [{ b: { c: [{ [r.pick(FIELDS)]: s, d: null }] } }] }))),
  ),
  place("a JSON field with blanks", (s, r) =>
    made(PLAIN_REQUEST, answered(JSON.stringify({ detail: [{ input: { [r.pick(FIELDS)]: s } }] }, null, 2))),
  ),
  place("a JSON field in \\u escapes", (s, r) =>
    made(PLAIN_REQUEST, answered(`{"a":1,"${r.pick(FIELDS)}":"${unicode(s)}"}`)),
  ),
  place("JSON in JSON", (s, r) =>
    made(
      asked(
        JSON.stringify({
          messages: [
            {
              role: "assistant",
              tool_calls: [
                {
                  id: "call_1",
                  function: { name: "f", arguments: JSON.stringify({ [r.pick(FIELDS)]: s, q: "x" }) },
                },
              ],
            },
          ],
        }),
      ),
      PLAIN_RESPONSE,
    ),
  ),
  place("JSON in JSON in JSON", (s, r) =>
    made(
      PLAIN_REQUEST,
      answer(JSON.stringify({ inner: JSON.stringify({ [r.pick(FIELDS)]: s, list: ["a\\b", '"'] }) })),
    ),
  ),
  place("a form", (s, r) =>
    made(
      asked(`grant=x&${r.pick(FIELDS)}=${encodeURIComponent(s)}&z=1`, {
        headers: "content-type: application/x-www-form-urlencoded\r\n",
      }),
      PLAIN_RESPONSE,
    ),
  ),
  place("a multipart form", (s, r) =>
    made(
      asked(
        `--B\r\ncontent-disposition: form-data; name="${r.pick(FIELDS)}"\r\n\r\n${s}\r\n--B\r\ncontent-disposition: form-data; name="model"\r\n\r\nm\r\n--B--\r\n`,
        { headers: "content-type: multipart/form-data; boundary=B\r\n" },
      ),
      PLAIN_RESPONSE,
    ),
  ),
  place("a field of an event", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked([`data: {"a":1.0,"${r.pick(FIELDS)}":${JSON.stringify(s)}}\n\n`, "data: [DONE]\n\n"]),
    ),
  ),
  place("a field of an event over writes", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked(
        cuts(
          Buffer.from(
            `: hello é\n\ndata: {"é":"é","${r.pick(FIELDS)}":${JSON.stringify(s)}}\n\ndata: [DONE]\n\n`,
          ),
          r,
          9,
        ),
      ),
    ),
  ),
  place("arguments of a tool over deltas", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked([
        ...pieces(JSON.stringify({ [r.pick(FIELDS)]: s, path: "é" }), r).map(toolDelta),
        "data: [DONE]\n\n",
      ]),
    ),
  ),
  place("a line of NDJSON", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked(
        [
          '{"response":"a","done":false}\n',
          `{"response":"b","${r.pick(FIELDS)}":${JSON.stringify(s)}}\n`,
          '{"done":true}\n',
        ],
        "application/x-ndjson",
      ),
    ),
  ),
  place("a field in base64", (s, r) =>
    made(
      PLAIN_REQUEST,
      answer(Buffer.from(JSON.stringify({ [r.pick(FIELDS)]: s, n: 1 })).toString("base64")),
    ),
  ),
  place(
    "settings in a message",
    (s) => made(chat(`my .env:\nHOST=x\nOPENAI_API_KEY=${s}\nDEBUG=1\n`), PLAIN_RESPONSE),
    (s) => oneLine(s) && !/["'\\]/.test(s),
  ),
];
