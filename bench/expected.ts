import { MessageParser } from "../src/http/http1.ts";
import { type Workload, writesOf } from "./workloads.ts";

/** What each answer of a workload has to be. */
export interface Expected {
  readonly method: string;
  /** The body's writes: its HTTP chunks where it is a stream. */
  readonly writes: readonly Uint8Array[];
  readonly stream: boolean;
}

export function expectedOf(workload: Workload): Expected {
  return { method: workload.interaction.request.method, writes: writesOf(workload), stream: workload.stream };
}

/** A workload's request as it goes over the wire. */
export function requestBytes(workload: Workload): Buffer {
  const { method, target, json } = workload.interaction.request;
  const body = json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(json));
  const head = [
    `${method} ${target} HTTP/1.1`,
    "Host: 127.0.0.1:4010",
    "User-Agent: gatetape-bench/1",
    "Accept: application/json",
    "Authorization: Bearer sk-bench",
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
  if (status !== 200)
    throw new Error(
      `the answer is ${startLine}: ${Buffer.concat(reads.map((read) => read.bytes))
        .toString()
        .slice(0, 500)}`,
    );
  if (framing !== (expected.stream ? "chunked" : "length")) throw new Error(`the framing is ${framing}`);
  const got = reads.map((read) => Buffer.from(read.bytes));
  if (expected.stream && got.length !== expected.writes.length)
    throw new Error(`${got.length} HTTP chunks came, the cassette has ${expected.writes.length} writes`);
  const wanted = expected.stream ? expected.writes : [Buffer.concat(expected.writes)];
  for (const [i, write] of wanted.entries()) {
    if (got[i] === undefined || !got[i].equals(write))
      throw new Error(`piece ${i} of the body is not write ${i} of the cassette`);
  }
  return { length: bytes.length, head: bytes.indexOf("\r\n\r\n") + 4 };
}
