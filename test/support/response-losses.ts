/**
 * What a `Response` that `@hono/node-server` sends can't express of the mock's own bytes, by name and with the reason.
 * Nothing else may differ between the mock's two outlets. docs/in-process.md has the same list for users.
 */
import type { Parsed } from "./captures.ts";

/** Seen in the answers to the captured requests. */
export const LOST_IN_CAPTURES = {
  "reason phrase": "node-server sends the status alone, and Node adds the phrase that it knows for it",
  "header order": "`Headers` sorts by name",
  "connection headers": "Node adds its own `Connection` and `Keep-Alive`, which OGL's server does not send",
  "message framing":
    "a `Response` has no framing: node-server sends a length where the body ends at once, else chunks; to a HEAD it sends none",
  "missing content type": "node-server adds `text/plain` where an answer names no type",
  "target without a path": "node-server makes a URL of the target and refuses `*` before the app is asked",
} as const;

/** Seen in no capture: test/mock/app.test.ts shows them. */
export const LOST_BESIDES = {
  "chunk boundaries": "from Node 26 on, chunks that are written at once may become one",
  "header case": "`Headers` lowers the case of names",
  "transport end":
    "a `Response` knows no reset: where its body fails the connection is closed, and the last bytes before that may be lost",
  "answer without a head": "there is nothing to make a `Response` of: it is a 500 that says so",
  "interim responses": "a `Response` is final: no 100, 102 or 103",
  trailers: "a `Response` has none",
  "status line of HTTP/1.0": "a `Response` has no version",
} as const;

/** Node's own writer of chunks merges those of one turn: seen with 26.10, not with 24.21 and 22.23. */
const MERGES_CHUNKS = Number(process.versions.node.split(".")[0]) >= 26;

export type Loss = keyof typeof LOST_IN_CAPTURES;

/** Where the answer by a `Response` differs from the direct one: names of losses, and all else in words. */
export function lossesOf(request: Buffer, direct: Parsed, hono: Parsed): (Loss | `other: ${string}`)[] {
  const [, target = ""] = request.toString("latin1", 0, request.indexOf("\r")).split(" ");
  const [status, was] = [hono, direct].map(({ statusLine }) => statusLine.split(" ")[1]);
  if (status === "400" && !target.startsWith("/")) return ["target without a path"];
  const found: (Loss | `other: ${string}`)[] = [];
  if (status !== was) found.push(`other: status ${was}, then ${status}`);
  else if (hono.statusLine !== direct.statusLine) found.push("reason phrase");
  found.push(...headerLosses(direct, hono));
  if (withoutTime(bodyOf(direct)) !== withoutTime(bodyOf(hono)))
    found.push(`other: body ${bodyOf(direct)}, then ${bodyOf(hono)}`);
  if (
    !(MERGES_CHUNKS || sizes(direct) === sizes(hono)) &&
    direct.chunks !== undefined &&
    hono.chunks !== undefined
  )
    found.push(`other: chunks of ${sizes(direct)}, then of ${sizes(hono)}`);
  return found;
}

const FRAMING = new Set(["content-length", "transfer-encoding"]);

function headerLosses(direct: Parsed, hono: Parsed): (Loss | `other: ${string}`)[] {
  const found = new Set<Loss | `other: ${string}`>();
  const [before, after] = [fieldsOf(direct), fieldsOf(hono)];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === is) continue;
    const added = was === undefined;
    if (added && (name === "connection" || name === "keep-alive")) found.add("connection headers");
    else if (FRAMING.has(name) && (added || is === undefined)) found.add("message framing");
    else if (added && is === "text/plain; charset=UTF-8") found.add("missing content type");
    else found.add(`other: ${name} ${was}, then ${is}`);
  }
  const kept = namesOf(hono).filter((name) => before.has(name.toLowerCase()));
  const same = namesOf(direct).filter((name) => after.has(name.toLowerCase()));
  const lower = (names: string[]): string => names.map((name) => name.toLowerCase()).join();
  if (lower(kept) !== lower(same)) found.add("header order");
  if (kept.toSorted().join() !== same.toSorted().join()) found.add(`other: case of ${same.join()}`);
  return [...found];
}

const namesOf = ({ headers }: Parsed): string[] => headers.map((line) => line.slice(0, line.indexOf(":")));

/** Values by name in lower case, several of one name in one; without the time. */
function fieldsOf({ headers }: Parsed): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of headers) {
    const name = line.slice(0, line.indexOf(":")).toLowerCase();
    const value = name === "date" ? "*" : line.slice(line.indexOf(":") + 2);
    fields.set(name, fields.has(name) ? `${fields.get(name)}, ${value}` : value);
  }
  return fields;
}

/** The body of the first answer: by its length, if it has one. */
function bodyOf({ headers, body }: Parsed): string {
  const length = /^content-length: (\d+)$/im.exec(headers.join("\n"))?.[1];
  return body.toString("latin1", 0, length === undefined ? body.length : Number(length));
}

/** The same text a second later. */
const withoutTime = (text: string): string => text.replaceAll(/"(created|updated)":\d+/g, '"$1":0');

const sizes = ({ chunks }: Parsed): string => (chunks ?? []).map(({ length }) => length).join();
