/**
 * Reads the flows of exchanges that a real OGL 0.4.1 had from an empty database on, and compares a mock's answers with them.
 * Uses nothing of gatetape's own.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseResponse } from "./captures.ts";

export interface FlowExchange {
  readonly name: string;
  /** Seconds since 1970 when the request was sent. */
  readonly at: number;
  readonly request: Buffer;
  readonly response: Buffer;
  readonly closes: boolean;
}

type Bytes = string | { base64: string };

const CUT = /\.\.\.<cut, (\d+) bytes in all>$/;

/** A long upload is stored cut: its last character goes on until the end, as it did. */
function requestOf(stored: Bytes): Buffer {
  if (typeof stored !== "string") return Buffer.from(stored.base64, "base64");
  if (!CUT.test(stored)) return Buffer.from(stored);
  const text = stored.replace(CUT, "");
  const head = text.slice(0, text.indexOf("\r\n\r\n") + 4);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
  const boundary = /boundary=(\S+)/.exec(head)?.[1] ?? "";
  const begin = Buffer.from(text.slice(head.length));
  const end = Buffer.from(`\r\n--${boundary}--\r\n`);
  const filling = Buffer.alloc(length - begin.length - end.length, text.at(-1) ?? "a");
  return Buffer.concat([Buffer.from(head), begin, filling, end]);
}

/** Reads one flow. */
export function readFlow(name: string): FlowExchange[] {
  return readFileSync(new URL(`../captures/state/${name}.jsonl`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const {
        name: exchange,
        at,
        request,
        response,
        end,
      } = JSON.parse(line) as {
        name: string;
        at: number;
        request: Bytes;
        response: Bytes;
        end: string;
      };
      return {
        name: exchange,
        at,
        request: requestOf(request),
        response:
          typeof response === "string" ? Buffer.from(response) : Buffer.from(response.base64, "base64"),
        closes: end.includes("EOF"),
      };
    });
}

/** Keys that the mock made, by the placeholders of the captures for those that the real server made. */
export class Keys {
  readonly #made = new Map<string, string>();

  /** Learns the key of an answer. */
  learn(real: Buffer, got: Buffer): void {
    const placeholder = /"(?:key|token)":"(sk-test-[^".]+)"/.exec(real.toString())?.[1];
    const made = /"(?:key|token)":"(sk-[^".]+\.[^".]+\.[^"]+)"/.exec(got.toString())?.[1];
    if (placeholder !== undefined && made !== undefined) this.#made.set(placeholder, made);
  }

  /** The request with the mock's key in its head. */
  put(request: Buffer): Buffer {
    const end = request.indexOf("\r\n\r\n");
    const head = request.subarray(0, end).toString("latin1");
    const changed = head.replace(/sk-test-[a-z0-9-]+/i, (key) => this.#made.get(key) ?? key);
    return Buffer.concat([Buffer.from(changed, "latin1"), request.subarray(end)]);
  }
}

/** Paths whose answers an upstream makes: what OGL adds to them is compared. */
const BY_UPSTREAM =
  /^POST \/v1\/(?:chat\/completions|embeddings|rerank|audio\/transcriptions|ocr|parse-beta)[ ?]/;
/** Path whose answer the store's ranking decides: what is around the hits is compared. */
const BY_RANKING = /^POST \/v1\/search[ ?]/;

export interface Compared {
  /** Differences that OGL alone decides. */
  readonly own: readonly string[];
  /** Differences that an upstream or the store's ranking decides. */
  readonly others: readonly string[];
}

/** Compares an answer with the real one. Secrets, times within a second and the energy of a call may differ. */
export function compareAnswers(request: Buffer, real: Buffer, answered: Buffer): Compared {
  const line = request.subarray(0, request.indexOf("\r\n")).toString("latin1");
  const a = parseResponse(real);
  const b = parseResponse(answered);
  const own: string[] = [];
  const others: string[] = [];
  if (a.statusLine !== b.statusLine) {
    own.push(
      `${a.statusLine} ${a.body.toString().slice(0, 200)} <> ${b.statusLine} ${b.body.toString().slice(0, 200)}`,
    );
    return { own, others };
  }
  const good = / 20[01] /.test(a.statusLine);
  const byOther = good && (BY_UPSTREAM.test(line) || BY_RANKING.test(line));
  const heads = [a.headers, b.headers].map((headers) => headers.map((header) => plainHeader(header, good)));
  if (heads[0]?.join("\n") !== heads[1]?.join("\n"))
    own.push(`${heads[0]?.join(" | ")} <> ${heads[1]?.join(" | ")}`);
  const realText = a.body.toString();
  const gotText = withTimes(realText, b.body.toString());
  const [left, right] = [plainBody(realText, byOther), plainBody(gotText, byOther)];
  if (left !== right) own.push(shortDifference(left, right));
  if (byOther && plainBody(realText, false) !== plainBody(gotText, false))
    others.push(shortDifference(plainBody(realText, false), plainBody(gotText, false)));
  return { own, others };
}

const TIMES = /"(?:created|updated|expires)":(\d+)/g;

/** Takes over each time of the real answer that is at most a second from the mock's: both clocks round. */
function withTimes(real: string, got: string): string {
  const times = [...real.matchAll(TIMES)].map(([, time]) => Number(time));
  let i = 0;
  return got.replaceAll(TIMES, (text, time: string) => {
    const other = times[i++];
    return other !== undefined && Math.abs(other - Number(time)) <= 1
      ? text.replace(time, String(other))
      : text;
  });
}

function shortDifference(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - 60);
  return `…${a.slice(from, at + 200)} <> …${b.slice(from, at + 200)}`;
}

/** The length of a good answer depends on secrets and on the energy of the call. */
function plainHeader(header: string, good: boolean): string {
  if (header.startsWith("date: ")) return "date: *";
  return good && header.startsWith("content-length: ") ? "content-length: *" : header;
}

/** Members that time and chance make. */
const CHANCE: Readonly<Record<string, (value: unknown) => unknown>> = {
  key: secret,
  token: secret,
  kWh: () => 0,
  kgCO2eq: () => 0,
  latency: (value) => typeof value,
  ttft: (value) => typeof value,
};

function secret(value: unknown): unknown {
  return typeof value === "string"
    ? value.replace(/^sk-\S+?(\.\.\..*)?$/, (_, masked) => (masked ? "masked" : "sk"))
    : value;
}

/** Members that OGL adds to an upstream's answer, or sends around the hits of a search. */
const OGLS_OWN = new Set(["model", "object", "usage"]);

function plainBody(text: string, ownOnly: boolean): string {
  if (!text.startsWith("{")) {
    if (!ownOnly) return text;
    return text.startsWith("data: ") ? lastUsage(text) : "";
  }
  const value = JSON.parse(text) as Record<string, unknown>;
  const chosen = ownOnly
    ? Object.fromEntries(Object.entries(value).filter(([name]) => OGLS_OWN.has(name)))
    : value;
  return JSON.stringify(plain(chosen));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name === "metadata" && typeof member === "object" && member !== null)
        return [name, Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))];
      return [name, name in CHANCE ? CHANCE[name]?.(member) : plain(member)];
    }),
  );
}

/** OGL's own usage at the end of a stream. */
function lastUsage(text: string): string {
  const events = text.split("\n").filter((line) => line.startsWith("data: {") && line.includes('"usage"'));
  const { usage } = JSON.parse(events.at(-1)?.slice(6) ?? "{}") as { usage?: unknown };
  return JSON.stringify(plain(usage ?? null));
}

/** The chunks that an answer names as found, in their order; `undefined` for an answer without hits. */
export function hitsIn(response: Buffer): string[] | undefined {
  const found = [
    ...parseResponse(response)
      .body.toString()
      .matchAll(/"object": ?"chunk", ?"id": ?(\d+), ?"collection_id": ?\d+, ?"document_id": ?(\d+)/g),
  ];
  return found.length === 0 ? undefined : found.map(([, chunk, document]) => `${document}/${chunk}`);
}

/** The vector that the upstream behind the real server made of a text: a count of its words by their hash. */
export function upstreamVector(text: string): number[] {
  const counts = Array.from({ length: 8 }, () => 0);
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}_]+/gu)) {
    const at = Number.parseInt(createHash("md5").update(word).digest("hex").slice(-1), 16) % 8;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const length = Math.hypot(...counts);
  return length === 0 ? [1, 0, 0, 0, 0, 0, 0, 0] : counts.map((count) => Number((count / length).toFixed(6)));
}

/** What the upstream behind the real server said in an answer of a chat; `undefined` for any other answer. */
export function upstreamText(response: Buffer): string | undefined {
  const { body } = parseResponse(response);
  const text = body.toString();
  if (text.startsWith("data: "))
    return text
      .split("\n")
      .filter((line) => line.startsWith("data: {"))
      .map((line) => {
        const { choices } = JSON.parse(line.slice(6)) as { choices?: { delta?: { content?: string } }[] };
        return choices?.[0]?.delta?.content ?? "";
      })
      .join("");
  if (!text.startsWith("{")) return undefined;
  const { choices } = JSON.parse(text) as { choices?: { message?: { content?: string | null } }[] };
  return choices?.[0]?.message?.content ?? undefined;
}
