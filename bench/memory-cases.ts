import { gzipSync } from "node:zlib";

const MIB = 1024 * 1024;

/** Memory (MB) that recorder and worker together take at most, as docs/record.md promises. */
export const MAX_MB = 400;

/** An answer of the server, and what its client sends and does. */
export interface LargeAnswer {
  readonly headers: Readonly<Record<string, string>>;
  /** Body of the request; a request without one is a GET. */
  readonly asked?: string;
  body(): Iterable<Buffer>;
  /** Number of bytes after which the client leaves. */
  readonly leavesAfter?: number;
}

/** Answers that one recorder records. */
export interface MemoryCase {
  readonly clients: number;
  /** Number of answers. */
  readonly count: number;
  answer(n: number): LargeAnswer;
  /** Number of those that have to be recorded. The others are larger than what can be. */
  readonly recorded: number;
  /** Memory (MB) that is allowed, where it is not `MAX_MB`. */
  readonly most?: number;
}

const JSON_TYPE = { "content-type": "application/json" };
const SSE_TYPE = { "content-type": "text/event-stream" };
const GZIP = { "content-encoding": "gzip" };

function whole(headers: Readonly<Record<string, string>>, body: Buffer): LargeAnswer {
  return { headers: { ...headers, "content-length": String(body.length) }, body: () => [body] };
}

function sentences(bytes: number, n: number): string {
  return `la Loire à Tours, ${n} `.repeat(Math.ceil(bytes / (19 + String(n).length))).slice(0, bytes);
}

function completion(bytes: number, n: number, end = ""): Buffer {
  const content = sentences(bytes, n) + end;
  return Buffer.from(
    `{"id":"c${n}","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":${JSON.stringify(content)}},"finish_reason":"stop"}]}`,
  );
}

function embeddings(bytes: number, n: number): Buffer {
  const rows: string[] = [];
  for (let size = 0, row = 0; size < bytes; row++) {
    const numbers = Array.from({ length: 1024 }, (_, i) => Math.sin(n + row * 1024 + i).toFixed(9));
    const text = `{"object":"embedding","index":${row},"embedding":[${numbers.join(",")}]}`;
    size += text.length + 1;
    rows.push(text);
  }
  return Buffer.from(`{"object":"list","model":"m","data":[${rows.join(",")}]}`);
}

function event(content: string): string {
  return `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}},"finish_reason":null}]}\n\n`;
}

function stream(events: number, bytes: number, n: number): LargeAnswer {
  return {
    headers: SSE_TYPE,
    *body() {
      for (let i = 0; i < events; i++) yield Buffer.from(event(`${i} ${sentences(bytes, n)}`));
      yield Buffer.from("data: [DONE]\n\n");
    },
  };
}

function binary(bytes: number, n: number): Buffer {
  const body = Buffer.alloc(bytes);
  let seed = n + 1;
  for (let i = 0; i < bytes; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    body[i] = seed >>> 16;
  }
  return body;
}

function endless(bytes: number, leavesAfter?: number): LargeAnswer {
  const part = Buffer.from(event(sentences(64 * 1024, 1)));
  return {
    headers: SSE_TYPE,
    *body() {
      for (let sent = 0; sent < bytes; sent += part.length) yield part;
    },
    ...(leavesAfter === undefined ? {} : { leavesAfter }),
  };
}

function one(answer: () => LargeAnswer, recorded: number): MemoryCase {
  return { clients: 1, count: 1, answer, recorded };
}

/** The mixed session: mostly small answers, some large ones of each kind, half of them compressed. */
function mixed(n: number): LargeAnswer {
  const bytes = n % 75 === 70 ? 4 * MIB : n % 25 === 20 ? MIB : 2000;
  const asked = JSON.stringify({ model: "m", messages: [{ role: "user", content: `question ${n}` }] });
  const kinds = [
    () => whole(JSON_TYPE, completion(bytes, n)),
    () => whole({ ...JSON_TYPE, ...GZIP }, gzipSync(completion(bytes, n))),
    () => stream(Math.ceil(bytes / 2000), 1900, n),
    () => whole(JSON_TYPE, embeddings(bytes, n)),
    () => whole({ ...JSON_TYPE, ...GZIP }, gzipSync(embeddings(bytes, n))),
    () => whole({ "content-type": "audio/mpeg" }, binary(bytes, n)),
  ];
  return { ...((kinds[Math.floor(n / 25 + n) % kinds.length] ?? kinds[0])?.() as LargeAnswer), asked };
}

/** By their names. */
export const MEMORY_CASES: Readonly<Record<string, MemoryCase>> = {
  idle: one(() => whole(JSON_TYPE, completion(2000, 1)), 1),
  "event of 8 MB": one(() => stream(1, 8 * MIB, 1), 1),
  "JSON text of 15 MB": one(() => whole(JSON_TYPE, completion(15 * MIB, 1)), 1),
  // One letter beyond Latin-1: V8 keeps the whole text in twice the memory.
  "JSON text of 15 MB with an emoji": {
    ...one(() => whole(JSON_TYPE, completion(15 * MIB, 1, "😀")), 1),
    most: 440,
  },
  "JSON numbers of 15 MB": one(() => whole(JSON_TYPE, embeddings(15 * MIB, 1)), 1),
  "JSON numbers of 10 MB, four at once": {
    clients: 4,
    count: 4,
    answer: (n) => whole(JSON_TYPE, embeddings(10 * MIB, n)),
    recorded: 4,
  },
  "gzip of 15 MB text": one(() => whole({ ...JSON_TYPE, ...GZIP }, gzipSync(completion(15 * MIB, 1))), 1),
  "gzip of 15 MB numbers": one(() => whole({ ...JSON_TYPE, ...GZIP }, gzipSync(embeddings(15 * MIB, 1))), 1),
  "gzip of 200 MB text": one(() => whole({ ...JSON_TYPE, ...GZIP }, gzipSync(completion(200 * MIB, 1))), 0),
  "stream of 15 MB": one(() => stream(7000, 2000, 1), 1),
  // As objects its events take several times their size.
  "stream of 70000 small events": { ...one(() => stream(70_000, 20, 1), 1), most: 440 },
  // Bytes by chance are looked at as texts in several encodings, each in twice their size.
  "binary of 15 MB": {
    ...one(() => whole({ "content-type": "audio/mpeg" }, binary(15 * MIB, 1)), 1),
    most: 950,
  },
  "body of 1 GB": one(() => {
    const part = Buffer.alloc(MIB, "x");
    return {
      headers: { "content-type": "text/plain", "content-length": String(1024 * MIB) },
      body: () => Array.from({ length: 1024 }, () => part),
    };
  }, 0),
  "stream without end": one(() => endless(Number.POSITIVE_INFINITY, 500 * MIB), 0),
  "eight streams of 40 MB at once": { clients: 8, count: 8, answer: () => endless(40 * MIB), recorded: 0 },
  mixed: { clients: 8, count: 300, answer: mixed, recorded: 300 },
};
