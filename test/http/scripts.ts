/** Scripts for the tests of sinks, and what these tests have in common. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Head, Header, Op, Script } from "../../src/http/script.ts";
import { HANG_MS } from "../support/limits.ts";

export const RECORDED = { speed: 1 };
export const INSTANT: { readonly speed: number } = { speed: Infinity };

export const write = (text: string, flush = false): Op => ({
  op: "write",
  bytes: Buffer.from(text),
  ...(flush ? { flush } : {}),
});
export const wait = (ms: number): Op => ({ op: "wait", ms });
export const COMPLETE: Op = { op: "complete" };

export function headOf(framing: Head["framing"], headers: readonly Header[], more: Partial<Head> = {}): Head {
  return { http: "1.1", status: 200, reason: "OK", framing, headers, ...more };
}
export const CHUNKED: Head = headOf("chunked", [["Transfer-Encoding", null]]);
export const scriptOf = (head: Head | null, ...ops: Op[]): Script => ({ wait: 0, head, ops });

export const WIRE: string = JSON.stringify(new URL("../../src/http/index.ts", import.meta.url).href);

/** Runs a module in a process of its own, which has to end by itself; gives what it printed, its code and its signal. */
export async function inProcess(source: string): Promise<[string, number | null, string | null]> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: HANG_MS,
  });
  let summary = "";
  child.stdout.on("data", (part: Buffer) => (summary += part.toString()));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  return [summary, code, signal];
}

/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise(setImmediate);
