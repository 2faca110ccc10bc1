/** Planted exchanges through a real recorder, between a client and an upstream on sockets. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as http from "node:http";
import type * as net from "node:net";
import { type Exchange, responseBytes } from "./exchange.ts";
import { MAIN } from "../../support/main.ts";

/** An exchange to send; for planted ones, what was planted and where. */
interface Sent {
  readonly id: string;
  readonly exchange: Exchange;
  readonly form?: string;
  readonly carrier?: string;
  readonly value?: string;
}

/** Exchanges under way at once. */
const CLIENTS = 4;

/** One exchange in this many with its secret in the target is left by its client, one with it in an answer's header is no HTTP. */
const DISTURBED = 4;

/** How an exchange goes wrong, if it does: what is said of it holds no secret either. */
function disturbance({ id, form, carrier }: Sent): "client leaves" | "broken head" | undefined {
  if (Number(id.slice(1)) % DISTURBED !== 0) return undefined;
  if (carrier === "target") return "client leaves";
  return form === "header" && carrier === "answer" ? "broken head" : undefined;
}

/**
 * Sends each exchange through one recorder.
 * @param file the cassette to record into
 * @returns what the recorder printed
 */
export async function recordAll(file: string, planted: readonly Sent[]): Promise<string> {
  const upstream = await startUpstream(planted);
  const recorder = await startRecorder(upstream.port, file, printsJson(planted[0]));
  try {
    const waiting = [...planted];
    const client = async (): Promise<void> => {
      for (let plant = waiting.shift(); plant !== undefined; plant = waiting.shift())
        await send(recorder.port, plant, upstream.arrived);
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
  } finally {
    recorder.child.kill("SIGINT");
    if (recorder.child.exitCode === null) await once(recorder.child, "close");
    upstream.close();
  }
  return recorder.printed();
}

/** Whether a run prints JSON: every other one of those whose plants begin at a multiple of fifty. */
const printsJson = (first: Sent | undefined): boolean =>
  Number(/\d+/.exec(first?.id ?? "")?.[0]) % 100 === 50;

interface Recorder {
  readonly child: ChildProcess;
  readonly port: number;
  printed(): string;
}

async function startRecorder(upstream: number, file: string, json: boolean): Promise<Recorder> {
  const url = `http://127.0.0.1:${upstream}/v1`;
  const flags = ["--no-config", "--upstream", url, "--out", file, "--port", "0", ...(json ? ["--json"] : [])];
  const child = spawn(process.execPath, [MAIN, "record", ...flags], { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  child.stderr.on("data", (text: Buffer) => (printed += text.toString()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once("close", () => reject(new Error(`the recorder ended: ${printed}`)));
    child.stdout.on("data", (text: Buffer) => {
      printed += text.toString();
      const ready = /"port":(\d+)|at http:\/\/127\.0\.0\.1:(\d+)\s/.exec(printed);
      if (ready) resolve(Number(ready[1] ?? ready[2]));
    });
  });
  return { child, port, printed: () => printed };
}

interface UpstreamServer {
  readonly port: number;
  /** Resolves when the request of a plant is there. */
  arrived(id: string): Promise<unknown>;
  close(): void;
}

/** A server that answers each request by the exchange that its target names. */
async function startUpstream(planted: readonly Sent[]): Promise<UpstreamServer> {
  const byId = new Map(planted.map((plant) => [plant.id, plant]));
  const there = new Map(planted.map(({ id }) => [id, Promise.withResolvers<string>()]));
  const server = http.createServer((request) => {
    request.resume().once("end", () => {
      const id = new URL(request.url ?? "", "http://x").searchParams.get("case") ?? "";
      const plant = byId.get(id);
      there.get(id)?.resolve(id);
      if (plant) answer(request.socket, plant);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as net.AddressInfo).port,
    arrived: (id) => there.get(id)?.promise ?? Promise.resolve(),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(socket: net.Socket, plant: Sent): void {
  const how = disturbance(plant);
  if (how === "client leaves") return;
  if (how === "broken head") socket.end(`HTTP/1.1 200 OK\r\nno header ${plant.value ?? ""}\r\n\r\n`);
  else socket.end(responseBytes(plant.exchange));
}

/** Sends a request, and resolves when its answer has ended in any way. */
async function send(port: number, plant: Sent, arrived: UpstreamServer["arrived"]): Promise<void> {
  const { method, target, requestHeaders, requestBody }: Exchange = plant.exchange;
  const request = http.request({
    host: "127.0.0.1",
    port,
    method,
    path: target,
    agent: false,
    headers: [
      "Host",
      "gateway.example",
      ...requestHeaders.flat(),
      "Content-Length",
      String(requestBody.length),
    ],
  });
  const closed = new Promise<void>((resolve) => request.once("close", () => resolve()));
  request.on("error", () => {});
  request.on("response", (response) => response.on("error", () => {}).resume());
  request.end(requestBody);
  if (disturbance(plant) === "client leaves") {
    await arrived(plant.id);
    request.destroy();
  }
  await closed;
}
