import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { GatetapeError, defined, note } from "../../util/index.ts";

/** A process of this machine. */
export interface ProcessId {
  readonly pid: number;
  /** Start time of the process, as the system counts it, since process ids are reused. */
  readonly began: string;
}

/** The process that writes a recording log: a recording worker. */
export interface LockOwner extends ProcessId {
  readonly host: string;
  /** The recorder that it writes for. If that one is gone, the worker finishes what it has. */
  readonly recorder?: ProcessId;
}

/** The identity of this process. */
export function ownProcess(): ProcessId {
  return { pid: process.pid, began: beginOf(process.pid) ?? "" };
}

/** A living process has the lock. */
export class LogLockedError extends GatetapeError<"locked"> {
  override readonly name = "LogLockedError";
  readonly owner: LockOwner;
  constructor(file: string, lock: string, owner: LockOwner) {
    const here = owner.host === hostname();
    super(
      "locked",
      { file },
      `is being recorded by process ${(owner.recorder ?? owner).pid}${here ? "" : ` on ${owner.host}`}`,
      `stop that recorder, or choose another --out${here ? "" : `; if it is gone, delete ${lock}`}`,
    );
    this.owner = owner;
  }
}

export interface LogLock {
  /** Takes the lock again if its file was removed. @throws LogLockedError if another process has taken it */
  renew(): void;
  release(): void;
}

const TRIES = 5;

/**
 * Takes the lock of a recording log. A lock whose process is gone is taken over.
 *
 * @param recorder the recorder for which the log is written, if that is another process
 * @throws LogLockedError if a living process has it, or the system's error
 */
export function lockLog(log: string, recorder?: ProcessId): LogLock {
  const lock = `${log}.lock`;
  const own = JSON.stringify({ ...ownProcess(), host: hostname(), ...defined({ recorder }) });
  awaitWorker(log);
  for (let tries = 0; ; tries++) {
    if (create(lock, own))
      return {
        renew: () => {
          if (readLock(lock) !== own) lockLog(log, recorder);
        },
        release: () => rmSync(lock, { force: true }),
      };
    const text = readLock(lock);
    if (text === undefined) continue; // released in the meantime
    const owner = ownerOf(text);
    if ((owner !== undefined && isHeld(owner, recorder)) || tries >= TRIES)
      throw new LogLockedError(log, lock, owner ?? { pid: 0, host: "?", began: "" });
    removeLock(lock, text);
  }
}

/** True if a living process writes the log, or a process on another machine may. Writes nothing. */
export function isLogLocked(log: string): boolean {
  const text = readLock(`${log}.lock`);
  const owner = text === undefined ? undefined : ownerOf(text);
  return owner !== undefined && isHeld(owner);
}

/** Time (ms) for which a command waits for the recording worker of a recorder that was killed. */
const WAIT_MS = 30_000;
const POLL_MS = 20;

/**
 * Waits for the recording worker of a recorder that was killed, which finishes what it has. The wait is bounded, and
 * a note says so.
 */
export function awaitWorker(log: string): void {
  const end = performance.now() + WAIT_MS;
  for (let noted = false; performance.now() < end; noted = true) {
    const text = readLock(`${log}.lock`);
    const owner = text === undefined ? undefined : ownerOf(text);
    if (owner === undefined || !isFinishing(owner)) return;
    if (!noted) note(`${log}: waiting for process ${owner.pid}, which writes what a killed recorder left`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
}

function isFinishing(owner: LockOwner): boolean {
  return (
    owner.host === hostname() &&
    owner.recorder !== undefined &&
    owner.recorder.pid !== owner.pid &&
    runs(owner) &&
    !runs(owner.recorder)
  );
}

/** Removes a stale lock file without a recording log. */
export function dropStaleLock(log: string): void {
  const lock = `${log}.lock`;
  const text = existsSync(lock) ? readLock(lock) : undefined;
  if (text === undefined) return;
  const owner = ownerOf(text);
  if (owner === undefined || !isHeld(owner)) removeLock(lock, text);
}

/** Creates the lock file with its whole content, or not at all. @returns false if it exists */
function create(lock: string, content: string): boolean {
  const temporary = `${lock}.${process.pid}.${(counter += 1)}`;
  writeFileSync(temporary, content);
  try {
    linkSync(temporary, lock);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS" && code !== "EMLINK") throw error;
    return createAlone(lock, content); // a file system without links
  } finally {
    rmSync(temporary, { force: true });
  }
}

let counter = 0;

function createAlone(lock: string, content: string): boolean {
  try {
    writeFileSync(lock, content, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes a stale lock. Of several processes that try, one succeeds; a new lock that it took by mistake is put back. */
function removeLock(lock: string, stale: string): void {
  const aside = `${lock}.${process.pid}.stale`;
  try {
    renameSync(lock, aside);
    if (readLock(aside) !== stale) linkSync(aside, lock);
  } catch {
    // somebody else was faster
  }
  rmSync(aside, { force: true });
}

function readLock(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function ownerOf(text: string): LockOwner | undefined {
  try {
    const { pid, host, began, recorder } = JSON.parse(text) as Partial<LockOwner>;
    return typeof pid === "number" && typeof host === "string"
      ? { pid, host, began: began ?? "", ...defined({ recorder }) }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * True if the owner lives, or the recorder that it wrote for: that one starts another worker, to which the lock is open. A
 * process on another machine can't be checked and counts as living.
 */
function isHeld(owner: LockOwner, own?: ProcessId): boolean {
  if (owner.host !== hostname() || runs(owner)) return true;
  const { recorder } = owner;
  const isOwn = recorder !== undefined && recorder.pid === own?.pid && recorder.began === own.began;
  return recorder !== undefined && !isOwn && runs(recorder);
}

function runs({ pid, began }: ProcessId): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const now = beginOf(pid);
  return now === undefined ? process.platform !== "linux" : now === began || began === "";
}

/** Start time of a process in clock ticks since boot (`/proc/PID/stat`, field 22); `undefined` if unknown or ended. */
function beginOf(pid: number): string | undefined {
  const stat = readLock(`/proc/${pid}/stat`);
  // The name of the program is in parentheses and may contain blanks.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields === undefined || fields[0] === "Z" ? undefined : fields[19];
}
