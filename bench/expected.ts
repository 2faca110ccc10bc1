import { MessageParser } from "../src/http/http1.ts";
import { type Workload, writesOf } from "./workloads.ts";

/** What each answer of a workload has to be. */
export interface Expected {
  readonly method: string;
  /** The body's writes: its HTTP chunks where it is a stream. `undefined` where the server makes its answers up. */
  readonly writes: readonly Uint8Array[] | undefined;
  readonly stream: boolean;
  /**
   * Set where answers differ in length; else each has the length of the first one.
   * An answer with another of these statuses than 200 is none that `writes` tells of.
   */
  readonly statuses?: readonly number[];
  /** True if a stream's bytes count, and not how they are cut into HTTP chunks. */
  readonly anyChunks?: boolean;
}

/** Requests to repeat, and what answers them. */
export interface Task {
  readonly id: string;
  readonly title: string;
  readonly requests: readonly Buffer[];
  readonly expected: Expected;
}

export function taskOf(workload: Workload, key?: string): Task {
  return {
    id: workload.id,
    title: workload.title,
    requests: [requestBytes(workload, key)],
    expected: expectedOf(workload),
  };
}

export function expectedOf(workload: Workload): Expected {
  return { method: workload.interaction.request.method, writes: writesOf(workload), stream: workload.stream };
}

/** A workload's request as it goes over the wire. */
export function requestBytes(workload: Workload, key?: string): Buffer {
  const { method, target, json } = workload.interaction.request;
  return wireBytes(method, target, json, key);
}

/** A request as it goes over the wire. */
export function wireBytes(method: string, target: string, json?: unknown, key = "sk-bench"): Buffer {
  const body = json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(json));
  const head = [
    `${method} ${target} HTTP/1.1`,
    "Host: 127.0.0.1:4010",
    "User-Agent: gatetape-bench/1",
    "Accept: application/json",
    `Authorization: Bearer ${key}`,
    ...(body.length > 0 ? ["Content-Type: application/json", `Content-Length: ${body.length}`] : []),
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

/**
 * The lengths of the first answer and of its head; `undefined` while it is not complete.
 * @throws Error if it is not what is expected, HTTP chunk by HTTP chunk
 */
export function firstAnswer(bytes: Buffer, expected: Expected): { length: number; head: number } | undefined {
  const parser = new MessageParser("response", expected.method);
  parser.push(bytes, 0);
  if (!parser.done) return undefined;
  const { startLine, status, framing, reads } = parser.message();
  if (parser.rest.length > 0) throw new Error(`${parser.rest.length} bytes follow the first answer`);
  const lengths = { length: bytes.length, head: bytes.indexOf("\r\n\r\n") + 4 };
  const got = reads.map((read) => Buffer.from(read.bytes));
  if (status !== 200) {
    if (expected.statuses?.includes(status ?? 0)) return lengths;
    throw new Error(`the answer is ${startLine}: ${Buffer.concat(got).toString().slice(0, 500)}`);
  }
  if (expected.writes === undefined) return lengths;
  if (framing !== (expected.stream ? "chunked" : "length")) throw new Error(`the framing is ${framing}`);
  compare(got, expected.writes, expected.stream && !expected.anyChunks);
  return lengths;
}

function compare(got: readonly Buffer[], writes: readonly Uint8Array[], byChunks: boolean): void {
  if (byChunks && got.length !== writes.length)
    throw new Error(`${got.length} HTTP chunks came, the cassette has ${writes.length} writes`);
  const [pieces, wanted] = byChunks ? [got, writes] : [[Buffer.concat(got)], [Buffer.concat(writes)]];
  for (const [i, write] of wanted.entries()) {
    if (pieces[i] === undefined || !pieces[i].equals(write))
      throw new Error(`piece ${i} of the body is not write ${i} of the cassette`);
  }
}
