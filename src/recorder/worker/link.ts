import { spawn } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { type FrameKind, FrameReader, frameHeader } from "./frames.ts";
import type { FromWorker } from "./messages.ts";

/** A recording's end of the link. */
export interface LinkUser {
  heard(message: FromWorker): void;
  /** The worker process has ended; a new one is started with the next link. */
  lost(why: string): void;
}

/** A frame, or a call, that comes when the socket has room again. */
interface Waiting {
  readonly kind?: FrameKind;
  readonly recording: number;
  readonly id: number;
  readonly parts: readonly Uint8Array[];
  /** Called when the system has it. */
  readonly taken?: () => void;
}

/** The link to the worker process. A process has one for all its recordings, and the worker ends with it. */
export class WorkerLink {
  /** To the worker. */
  readonly #socket: Socket;
  /** From the worker. */
  readonly #answers: Socket;
  readonly #folder = process.cwd();
  readonly #users = new Map<number, LinkUser>();
  /** Frames that the socket has no room for yet. Those of an exchange that is dropped can be taken back from here. */
  readonly #waiting = new Set<Waiting>();
  #why: string | undefined;

  /** The link of this process; a new one if the worker has ended or works in another folder. */
  static current(): WorkerLink {
    if (current === undefined || current.#why !== undefined || current.#folder !== process.cwd())
      current = new WorkerLink();
    return current;
  }

  private constructor() {
    const program = fileURLToPath(PROCESS);
    const child = spawn(process.execPath, [...TIGHT, program], {
      // Of its own session: it gets no signal of the terminal.
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
      env: workerEnvironment(),
      windowsHide: true,
    });
    this.#socket = child.stdio[3] as Socket;
    const reader = new FrameReader();
    this.#answers = child.stdio[4] as Socket;
    this.#answers.on("data", (bytes: Buffer) => {
      for (const { recording, payload } of reader.push(bytes))
        this.#users.get(recording)?.heard(JSON.parse(payload.toString()) as FromWorker);
    });
    this.#answers.on("error", (error) => this.#lose(error.message));
    this.#answers.on("close", () => this.#lose("it ended"));
    this.#socket.on("drain", () => this.#writeWaiting());
    this.#socket.on("error", (error) => this.#lose(error.message));
    this.#socket.on("close", () => this.#lose("it ended"));
    child.on("error", (error) => this.#lose(error.message));
    child.on("exit", (code, signal) =>
      this.#lose(signal === null ? `exit code ${code}` : `signal ${signal}`),
    );
    child.unref();
    this.#socket.unref();
    this.#answers.unref();
  }

  join(recording: number, user: LinkUser): void {
    this.#users.set(recording, user);
    this.#answers.ref();
  }

  leave(recording: number): void {
    this.#users.delete(recording);
    if (this.#users.size === 0) this.#answers.unref();
  }

  send(kind: FrameKind, recording: number, id: number, parts: readonly Uint8Array[] = []): void {
    this.#write({ kind, recording, id, parts });
  }

  /** Takes back what was not sent yet of an exchange that is dropped. */
  forget(recording: number, id: number): void {
    for (const one of this.#waiting)
      if (one.recording === recording && one.id === id && one.kind !== undefined) this.#waiting.delete(one);
  }

  /** Calls back when the system has all that was sent: from then on it reaches the worker whatever happens here. */
  flushed(taken: () => void): void {
    this.#write({ recording: 0, id: 0, parts: [], taken });
  }

  #write(one: Waiting): void {
    if (this.#why !== undefined) return;
    if (this.#waiting.size > 0 || this.#socket.writableNeedDrain) this.#waiting.add(one);
    else this.#writeNow(one);
  }

  #writeNow({ kind, recording, id, parts, taken }: Waiting): void {
    if (taken !== undefined) {
      this.#socket.write(NOTHING, (error) => {
        if (!error) taken();
      });
      return;
    }
    if (kind === undefined) return;
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    this.#socket.cork();
    this.#socket.write(frameHeader(kind, recording, id, length));
    for (const part of parts) this.#socket.write(part);
    this.#socket.uncork();
  }

  #writeWaiting(): void {
    for (const one of this.#waiting) {
      if (this.#socket.writableNeedDrain) return;
      this.#waiting.delete(one);
      this.#writeNow(one);
    }
  }

  #lose(why: string): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#socket.destroy();
    this.#answers.destroy();
    this.#waiting.clear();
    const users = [...this.#users.values()];
    this.#users.clear();
    for (const user of users) user.lost(why);
  }
}

/** Variables that a process may need to start at all. The others are not handed on: there are keys in them. */
const NEEDED = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot", "TEMP", "TMPDIR"];

function workerEnvironment(): Record<string, string | undefined> {
  return {
    ...Object.fromEntries(NEEDED.map((name) => [name, process.env[name]])),
    // Without the cache it compiles all its modules again, which is most of its time to start.
    NODE_COMPILE_CACHE: getCompileCacheDir(),
    // glibc: memory of buffers goes back to the system when they are freed, be it in whichever thread. A read has 64 KiB.
    MALLOC_ARENA_MAX: "2",
    MALLOC_MMAP_THRESHOLD_: "32768",
    MALLOC_TRIM_THRESHOLD_: "131072",
  };
}

let current: WorkerLink | undefined;

const NOTHING = new Uint8Array(0);

/** A small space for new objects: most of what the worker's process has is in buffers. */
const TIGHT = ["--max-semi-space-size=1"];

/** The worker's program. */
const PROCESS = new URL("./process.ts", import.meta.url);
