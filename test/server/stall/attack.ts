import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Nasty } from "./nasty.ts";

/** What one request did to the others. */
export interface Effect {
  readonly name: string;
  /** 0 if no answer came. */
  readonly status: number;
  /** Bytes of the answer. */
  readonly bytes: number;
  /** Begin of the answer's body. */
  readonly text: string;
  readonly ms: number;
  /** Longest wait (ms) of another client. */
  readonly waited: number;
  /** Longest processor time (ms) of the server's main thread within one wait: the wait on a machine with nothing else to do. */
  readonly stall: number;
  readonly rssMb: number;
}

export interface Server {
  readonly port: number;
  readonly pid: number;
}

/** Interval (ms) between the requests of the other client. */
const EVERY_MS = 10;

/** True for an answer that a request of this kind may get. */
export function isRight({ statuses }: Nasty, { status }: Effect): boolean {
  return statuses?.includes(status) ?? (status >= 200 && status < 500 && status !== 413);
}

/** Loads what a mock loads for its first chat. */
export async function warmUp(server: Server): Promise<void> {
  const body = JSON.stringify({ model: "qwen3-coder", messages: [{ role: "user", content: "hello there" }] });
  await send(server.port, { name: "", path: "/v1/chat/completions", body: () => "" }, body, 60_000);
}

/** Sends a request while another client asks for the models again and again. */
export async function attack(server: Server, nasty: Nasty, timeoutMs: number): Promise<Effect> {
  const body = nasty.body();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let waited = 0;
  let stall = 0;
  const over = new AbortController();
  const probe = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const [start, cpu] = [performance.now(), mainThreadMs(server.pid)];
      await askModels(server.port, agent);
      waited = Math.max(waited, performance.now() - start);
      stall = Math.max(stall, mainThreadMs(server.pid) - cpu);
      await sleep(EVERY_MS);
    }
  };
  await askModels(server.port, agent);
  const probing = probe();
  const start = performance.now();
  const answer = await send(server.port, nasty, body, timeoutMs);
  const ms = performance.now() - start;
  await sleep(5 * EVERY_MS);
  over.abort();
  await probing;
  agent.destroy();
  return { name: nasty.name, ...answer, ms, waited, stall, rssMb: rssMb(server.pid) };
}

function askModels(port: number, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request({
      port,
      host: "127.0.0.1",
      path: "/v1/models",
      agent,
      headers: { authorization: "Bearer probe" },
    });
    asked.on("response", (response) => response.resume().on("end", resolve));
    asked.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" ? resolve() : reject(error),
    );
    asked.end();
  });
}

/** Sends a request over a socket of its own and reads the answer to its end. */
async function send(
  port: number,
  { method = "POST", path, headers = [] }: Nasty,
  body: string | Uint8Array,
  timeoutMs: number,
): Promise<Pick<Effect, "status" | "bytes" | "text">> {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const own = headers.some(([name]) => name === "content-type")
    ? []
    : [["content-type", "application/json"] as const];
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    "authorization: Bearer attack",
    "connection: close",
    ...[...own, ...headers].map(([name, value]) => `${name}: ${value}`),
    ...(bytes.length === 0 ? [] : [`content-length: ${bytes.length}`]),
  ];
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {}); // the server may answer and close before it has read all
  socket.setTimeout(timeoutMs, () => socket.destroy());
  let begin = "";
  let size = 0;
  socket.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (begin.length < 2000) begin += chunk.toString("latin1");
  });
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  socket.write(bytes);
  await new Promise((resolve) => socket.once("close", resolve));
  const text = begin.slice(begin.indexOf("\r\n\r\n") + 4);
  return { status: Number(/^HTTP\/1.1 (\d+)/.exec(begin)?.[1] ?? 0), bytes: size, text: text.slice(0, 1500) };
}

/** Processor time of a process's main thread (ms). Linux alone tells it; elsewhere 0. */
function mainThreadMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  } catch {
    return 0;
  }
}

function rssMb(pid: number): number {
  try {
    return Math.round(
      Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024,
    );
  } catch {
    return 0;
  }
}
