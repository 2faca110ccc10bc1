/** Captures that go through a recorder, from an origin that sends them as the real server did. */
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
}

/** Sends each request on a connection of its own, the next one as soon as the origin has the one before. */
export async function record(
  file: string,
  list: readonly Capture[],
  ogl: "0.4.1" | "0.4.5",
): Promise<Recorded> {
  const origin = await startOrigin((n) => sentOf(list[n] as Capture));
  const recorder: RunningRecorder = await startRecorder({ upstream: `${origin.url}/v1/`, out: file, ogl });
  const answers: ReturnType<typeof ask>[] = [];
  for (const [i, { request, response, end }] of list.entries()) {
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
