/** Captures that go through a recorder, from an origin that sends them as the real server did. */
import { readFileSync } from "node:fs";
import { scriptOf } from "../../src/cassette/format/script.ts";
import type { Cassette } from "../../src/cassette/format/types.ts";
import type { RecordingSummary } from "../../src/recorder/model/types.ts";
import { type RunningRecorder, startRecorder } from "../../src/recorder/recorder.ts";
import { type Capture, ask, parseResponse } from "../support/captures.ts";
import { HANG_MS } from "../support/limits.ts";
import { type ReplayOrigin, type Sent, startOrigin } from "../support/replay-origin.ts";

const sentOf = ({ response, reads, end }: Capture): Sent => ({
  response,
  reads,
  after: end.includes("EOF") ? "close" : "keep",
});

export interface Recorded {
  readonly origin: ReplayOrigin;
  readonly through: readonly Buffer[];
  readonly closed: readonly boolean[];
  readonly summary: RecordingSummary;
  readonly file: string;
  /** Keys by the labels that they have in the cassette. */
  readonly keys: Readonly<Record<string, string>>;
  /** Requests that were sent beside the captures, to learn the labels. */
  readonly probes: number;
}

/** A request with a key alone, which shows in the cassette under which label the key stands. */
function probeOf(key: string, i: number): Capture {
  const text = `GET /probe/${i} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`;
  const response = Buffer.from("HTTP/1.1 204 No Content\r\n\r\n");
  const reads = [[0, response.length]] as const;
  return { file: "", name: `probe-${i}`, request: Buffer.from(text), response, reads, end: "", line: "" };
}

/** The keys that captures send, each once. */
export function keysIn(list: readonly Capture[]): string[] {
  const sent = list.flatMap(({ request }) => {
    const [, key] = /^authorization: *bearer +(\S.*?) *$/im.exec(headText(request)) ?? [];
    return key === undefined ? [] : [key];
  });
  return [...new Set(sent)];
}

function headText(request: Buffer): string {
  return request.subarray(0, request.indexOf("\r\n\r\n")).toString("latin1");
}

function labelsIn(file: string, keys: readonly string[]): Record<string, string> {
  const { interactions } = JSON.parse(readFileSync(file, "utf8")) as Cassette;
  return Object.fromEntries(
    keys.map((key, i) => {
      const probe = interactions.find(({ request }) => request.target === `/probe/${i}`);
      const header = probe?.request.headers?.find(([name]) => name === "Authorization");
      return [header?.[1].replace("Bearer ", "") ?? "", key];
    }),
  );
}

/** Sends each request on a connection of its own, the next one as soon as the origin has the one before. */
export async function record(
  file: string,
  list: readonly Capture[],
  ogl: "0.4.1" | "0.4.5",
): Promise<Recorded> {
  const keys = keysIn(list);
  const all = [...list, ...keys.map(probeOf)];
  const origin = await startOrigin((n) => sentOf(all[n] as Capture));
  const recorder: RunningRecorder = await startRecorder({ upstream: `${origin.url}/v1/`, out: file, ogl });
  const answers: ReturnType<typeof ask>[] = [];
  for (const [i, { request, response, end }] of all.entries()) {
    answers.push(
      ask(recorder.port, request, {
        expect: response.length,
        closes: end.includes("EOF"),
        timeoutMs: HANG_MS,
      }),
    );
    await origin.requests(i + 1);
  }
  const answered = await Promise.all(answers);
  const summary = await recorder.finish();
  await origin.close();
  return {
    origin,
    through: answered.map(({ bytes }) => bytes),
    closed: answered.map(({ closed }) => closed),
    summary,
    file,
    keys: labelsIn(file, keys),
    probes: keys.length,
  };
}

/** How far, in ms, each chunk of a recorded stream is from where it was in the capture. */
export function offsOf(
  { response, reads }: Capture,
  interaction: Cassette["interactions"][number] | undefined,
): number[] {
  if (interaction === undefined || interaction.response.framing !== "chunked") return [];
  const chunks = parseResponse(response).chunks ?? [];
  const head = response.indexOf("\r\n\r\n") + 4;
  const script = scriptOf(interaction.response);
  let at = script.wait;
  const times = script.ops.flatMap((op) => {
    if (op.op === "wait") at += op.ms;
    return op.op === "write" ? [at] : [];
  });
  let end = head;
  return chunks.map((chunk, i) => {
    end += `${chunk.length.toString(16)}\r\n`.length + chunk.length + 2;
    let sum = 0;
    const read = reads.find(([, size]) => (sum += size) >= end) ?? [0, 0];
    return Math.abs((times[i] ?? Infinity) - read[0]);
  });
}
