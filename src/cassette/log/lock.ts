import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { GatetapeError } from "../../util/index.ts";

/** Who writes a tape. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** When that process began, as the system counts it: a number of a process is used again. */
  readonly began: string;
}

/** Another process writes that tape. */
export class TapeLockedError extends GatetapeError<"locked"> {
  override readonly name = "TapeLockedError";
  readonly holder: LockHolder;
  constructor(file: string, lock: string, holder: LockHolder) {
    const here = holder.host === hostname();
    super(
      "locked",
      { file },
      `is being recorded by process ${holder.pid}${here ? "" : ` on ${holder.host}`}`,
      `stop that recorder, or choose another --out${here ? "" : `; if it is gone, delete ${lock}`}`,
    );
    this.holder = holder;
  }
}

export interface TapeLock {
  release(): void;
}

const TRIES = 5;

/**
 * Takes the right to write a tape. A lock whose process is gone is taken over.
 * @throws TapeLockedError if a living process has it, or the system's error
 */
export function lockTape(tape: string): TapeLock {
  const lock = `${tape}.lock`;
  const own = JSON.stringify({ pid: process.pid, host: hostname(), began: beginOf(process.pid) ?? "" });
  for (let tries = 0; ; tries++) {
    if (create(lock, own)) return { release: () => rmSync(lock, { force: true }) };
    const text = read(lock);
    if (text === undefined) continue; // released in the meantime
    const holder = holderOf(text);
    if ((holder !== undefined && lives(holder)) || tries >= TRIES)
      throw new TapeLockedError(tape, lock, holder ?? { pid: 0, host: "?", began: "" });
    takeAway(lock, text);
  }
}

/** True if a living process writes the tape, or a process on another machine may. Nothing is written. */
export function isTapeLocked(tape: string): boolean {
  const text = read(`${tape}.lock`);
  const holder = text === undefined ? undefined : holderOf(text);
  return holder !== undefined && lives(holder);
}

/** Removes what a recorder that was killed has left where there is no tape. */
export function dropStaleLock(tape: string): void {
  const lock = `${tape}.lock`;
  const text = existsSync(lock) ? read(lock) : undefined;
  if (text === undefined) return;
  const holder = holderOf(text);
  if (holder === undefined || !lives(holder)) takeAway(lock, text);
}

/** The file is there with all that is in it, or not at all. */
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

/** Of several that find a lock stale one takes it away; a new one that was taken by mistake is put back. */
function takeAway(lock: string, stale: string): void {
  const aside = `${lock}.${process.pid}.stale`;
  try {
    renameSync(lock, aside);
    if (read(aside) !== stale) linkSync(aside, lock);
  } catch {
    // somebody else was faster
  }
  rmSync(aside, { force: true });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function holderOf(text: string): LockHolder | undefined {
  try {
    const { pid, host, began } = JSON.parse(text) as Partial<LockHolder>;
    return typeof pid === "number" && typeof host === "string"
      ? { pid, host, began: began ?? "" }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Of another machine it can't be known: it is taken to live. */
function lives({ pid, host, began }: LockHolder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const now = beginOf(pid);
  return now === undefined ? process.platform !== "linux" : now === began || began === "";
}

/** When a process began, in ticks since the system did; `undefined` where that can't be known, or it has ended. */
function beginOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The name of the program stands in parentheses and may hold blanks.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields === undefined || fields[0] === "Z" ? undefined : fields[19];
}
