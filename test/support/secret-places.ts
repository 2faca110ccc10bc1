/** Where a secret may stand in an exchange: each place makes the raw exchange that plants it there. */
import {
  FIELDS,
  HEADERS,
  JSON_TYPE,
  PARAMETERS,
  PLAIN_REQUEST,
  PLAIN_RESPONSE,
  type Location,
  answer,
  answered,
  requested,
  chat,
  chunked,
  cuts,
  delta,
  made,
  oneLine,
  reads,
  locate,
  toolDelta,
  unicode,
} from "./raw-exchange.ts";

/** Places that say by a name, or by another place of the exchange, that what stands there is a secret. */
export const NAMED_PLACES: readonly Location[] = [
  locate(
    "Authorization",
    (s) => made(requested("{}", { headers: `Authorization: Bearer ${s}\r\n${JSON_TYPE}` }), PLAIN_RESPONSE),
    oneLine,
  ),
  locate("Authorization: Basic", (s) =>
    made(
      requested("{}", {
        headers: `Authorization: Basic ${Buffer.from(`user:${s}`).toString("base64")}\r\n${JSON_TYPE}`,
      }),
      PLAIN_RESPONSE,
    ),
  ),
  locate(
    "a header of keys",
    (s, r) => made(requested("{}", { headers: `${r.pick(HEADERS)}: ${s}\r\n${JSON_TYPE}` }), PLAIN_RESPONSE),
    oneLine,
  ),
  locate(
    "Cookie",
    (s) => made(requested("{}", { headers: `Cookie: a=b; session=${s}\r\n${JSON_TYPE}` }), PLAIN_RESPONSE),
    oneLine,
  ),
  locate(
    "Set-Cookie",
    (s) => made(PLAIN_REQUEST, answered("{}", `Set-Cookie: sid=${s}; Path=/; HttpOnly\r\n${JSON_TYPE}`)),
    oneLine,
  ),
  locate(
    "a header and its echo in the answer",
    (s) =>
      made(
        requested("{}", { headers: `Authorization: Bearer ${s}\r\n${JSON_TYPE}` }),
        answer(`Invalid key ${s}, sorry`),
      ),
    oneLine,
  ),
  locate(
    "a header and its echo in base64",
    (s) =>
      made(
        requested("{}", { headers: `X-Api-Key: ${s}\r\n${JSON_TYPE}` }),
        answer(`debug ${Buffer.from(`key is [${s}] here`).toString("base64")}`),
      ),
    oneLine,
  ),
  locate(
    "a header and its echo in hex",
    (s) =>
      made(
        requested("{}", { headers: `X-Api-Key: ${s}\r\n${JSON_TYPE}` }),
        answer(`debug ${Buffer.from(s).toString("hex")}`),
      ),
    oneLine,
  ),
  locate(
    "a header and its echo over deltas",
    (s, r) =>
      made(
        requested("{}", { headers: `Authorization: Bearer ${s}\r\n${JSON_TYPE}` }),
        chunked(reads(`you sent ${s}, no?`, r).map((read) => delta(read))),
      ),
    oneLine,
  ),
  locate(
    "an echo before the header that tells it",
    (s) =>
      made(
        requested(
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
  locate("a query", (s, r) =>
    made(
      requested("{}", { target: `/v1/models?a=1&${r.pick(PARAMETERS)}=${encodeURIComponent(s)}&b=2` }),
      PLAIN_RESPONSE,
    ),
  ),
  locate("a query in Location", (s, r) =>
    made(
      PLAIN_REQUEST,
      answered("", `Location: https://x.example.com/a?${r.pick(PARAMETERS)}=${encodeURIComponent(s)}\r\n`),
    ),
  ),
  locate("a query of a URL in a body", (s, r) =>
    made(
      PLAIN_REQUEST,
      answer(`see https://x.example.com/f.png?v=2&${r.pick(PARAMETERS)}=${encodeURIComponent(s)}&z=1 now`),
    ),
  ),
  locate("a query within a query", (s, r) =>
    made(
      requested("{}", {
        target: `/v1/x?next=${encodeURIComponent(`https://y.example.com/?${r.pick(PARAMETERS)}=${encodeURIComponent(s)}`)}`,
      }),
      PLAIN_RESPONSE,
    ),
  ),
  locate("a JSON field", (s, r) =>
    made(requested(JSON.stringify({ model: "m", n: 1.0, [r.pick(FIELDS)]: s })), PLAIN_RESPONSE),
  ),
  locate("a JSON field, deep", (s, r) =>
    made(PLAIN_REQUEST, answered(JSON.stringify({ a: [{ b: { c: [{ [r.pick(FIELDS)]: s, d: null }] } }] }))),
  ),
  locate("a JSON field with blanks", (s, r) =>
    made(PLAIN_REQUEST, answered(JSON.stringify({ detail: [{ input: { [r.pick(FIELDS)]: s } }] }, null, 2))),
  ),
  locate("a JSON field in \\u escapes", (s, r) =>
    made(PLAIN_REQUEST, answered(`{"a":1,"${r.pick(FIELDS)}":"${unicode(s)}"}`)),
  ),
  locate("JSON in JSON", (s, r) =>
    made(
      requested(
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
  locate("JSON in JSON in JSON", (s, r) =>
    made(
      PLAIN_REQUEST,
      answer(JSON.stringify({ inner: JSON.stringify({ [r.pick(FIELDS)]: s, list: ["a\\b", '"'] }) })),
    ),
  ),
  locate("a form", (s, r) =>
    made(
      requested(`grant=x&${r.pick(FIELDS)}=${encodeURIComponent(s)}&z=1`, {
        headers: "content-type: application/x-www-form-urlencoded\r\n",
      }),
      PLAIN_RESPONSE,
    ),
  ),
  locate("a multipart form", (s, r) =>
    made(
      requested(
        `--B\r\ncontent-disposition: form-data; name="${r.pick(FIELDS)}"\r\n\r\n${s}\r\n--B\r\ncontent-disposition: form-data; name="model"\r\n\r\nm\r\n--B--\r\n`,
        { headers: "content-type: multipart/form-data; boundary=B\r\n" },
      ),
      PLAIN_RESPONSE,
    ),
  ),
  locate("a field of an event", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked([`data: {"a":1.0,"${r.pick(FIELDS)}":${JSON.stringify(s)}}\n\n`, "data: [DONE]\n\n"]),
    ),
  ),
  locate("a field of an event over writes", (s, r) =>
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
  locate("arguments of a tool over deltas", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked([
        ...reads(JSON.stringify({ [r.pick(FIELDS)]: s, path: "é" }), r).map(toolDelta),
        "data: [DONE]\n\n",
      ]),
    ),
  ),
  locate("a line of NDJSON", (s, r) =>
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
  locate("a field in base64", (s, r) =>
    made(
      PLAIN_REQUEST,
      answer(Buffer.from(JSON.stringify({ [r.pick(FIELDS)]: s, n: 1 })).toString("base64")),
    ),
  ),
  locate(
    "settings in a message",
    (s) => made(chat(`my .env:\nHOST=x\nOPENAI_API_KEY=${s}\nDEBUG=1\n`), PLAIN_RESPONSE),
    (s) => oneLine(s) && !/["'\\]/.test(s),
  ),
];
