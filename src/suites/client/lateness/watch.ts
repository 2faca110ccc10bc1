import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { within } from "../../../util/index.ts";
import type { Lateness } from "../../model/index.ts";
import { CONTROL_EVERY_MS } from "./schedule.ts";

/** Watch over the machine's lateness. */
export interface LatenessWatch extends Disposable {
  /** Delays since that time of `performance.now()`. */
  since(start: number): Pick<Lateness, "longest" | "total">;
}

/** Time (ms) between two looks at the own event loop. */
const LOOP_EVERY_MS = 20;
/** Delays (ms) below this are those of any timer. */
const NOTED_MS = 5;
/** Time (ms) for which delays are remembered: longer than any scenario's. */
const KEPT_MS = 600_000;
/** Time (ms) that the control process has for its first exchange; without it the own event loop is watched alone. */
const START_MS = 20_000;
/** Time (ms) for which the control process is kept after its last user. */
const IDLE_MS = 3000;

interface Delay {
  readonly at: number;
  readonly ms: number;
  /** Whether the control process was delayed; its delays follow one another, those of the event loop may overlap them. */
  readonly control: boolean;
}

/** Watch for all runs of this process: a control process costs more than many a scenario. */
let shared: Promise<Watch> | undefined;
let users = 0;

/** Starts watching, or joins the watch that is under way. Resolves when the control process has made an exchange. */
export async function watchLateness(): Promise<LatenessWatch> {
  users++;
  shared ??= Watch.start();
  const watch = await shared;
  let open = true;
  return {
    since: (start) => watch.since(start),
    [Symbol.dispose]: () => {
      if (!open) return;
      open = false;
      users--;
      setTimeout(endIfUnused, IDLE_MS).unref();
    },
  };
}

function endIfUnused(): void {
  if (users > 0 || shared === undefined) return;
  void shared.then((watch) => watch.end());
  shared = undefined;
}

/** Delays of this process and of a control process. Neither keeps this process alive. */
class Watch {
  #delays: Delay[] = [];
  #lastLoop = performance.now();
  /** Time of the last line of the control process; absent without one. */
  #lastExchange: number | undefined;
  readonly #timer: NodeJS.Timeout;
  #child: ChildProcess | undefined;
  #server: Server | undefined;

  private constructor() {
    this.#timer = setInterval(() => this.#look(), LOOP_EVERY_MS);
    this.#timer.unref();
  }

  static async start(): Promise<Watch> {
    const watch = new Watch();
    const server = createServer();
    watch.#server = server;
    const first = new Promise<void>((resolve) => {
      server.on("connection", (socket) => watch.#serve(socket, resolve));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const child = spawn(process.execPath, [fileURLToPath(CONTROL), String(port)], {
      stdio: "ignore",
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    watch.#child = child;
    child.on("error", () => {}); // the first exchange stays away
    await within(first, START_MS);
    child.unref();
    server.unref();
    return watch;
  }

  since(start: number): Pick<Lateness, "longest" | "total"> {
    const now = performance.now();
    const pending: Delay[] = [
      { at: now, ms: now - this.#lastLoop - LOOP_EVERY_MS, control: false },
      ...(this.#lastExchange === undefined
        ? []
        : [{ at: now, ms: now - this.#lastExchange - CONTROL_EVERY_MS, control: true }]),
    ];
    const delays = [...this.#delays, ...pending].filter(({ at, ms }) => at >= start && ms >= NOTED_MS);
    return {
      longest: Math.max(0, ...delays.map(({ ms }) => ms)),
      total: delays.reduce((sum, { ms, control }) => sum + (control ? ms : 0), 0),
    };
  }

  end(): void {
    clearInterval(this.#timer);
    this.#server?.close();
    this.#child?.kill();
  }

  #look(): void {
    const now = performance.now();
    this.#note(now, now - this.#lastLoop - LOOP_EVERY_MS, false);
    this.#lastLoop = now;
  }

  #serve(socket: Socket, begun: () => void): void {
    socket.unref();
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => {
      const now = performance.now();
      socket.write("\n");
      this.#note(now, Number.parseFloat(bytes.toString("latin1")), true);
      this.#lastExchange = now;
      begun();
    });
    socket.on("error", () => {});
    socket.on("close", () => (this.#lastExchange = undefined));
  }

  #note(at: number, ms: number, control: boolean): void {
    if (!(ms >= NOTED_MS)) return;
    if ((this.#delays[0]?.at ?? at) < at - 2 * KEPT_MS)
      this.#delays = this.#delays.filter((delay) => delay.at >= at - KEPT_MS);
    this.#delays.push({ at, ms, control });
  }
}

/** The script of the control process. */
const CONTROL = new URL("./control.ts", import.meta.url);
