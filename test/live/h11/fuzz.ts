/**
 * Sends the same bytes, malformed in many ways, to uvicorn with h11 and to the mock's own socket, both before an
 * application that answers what it was asked, and compares all that comes back and whether the connection is closed.
 *
 *   python3 -m venv VENV && VENV/bin/pip install -r test/live/h11/requirements.txt
 *   node test/live/h11/fuzz.ts VENV/bin/python [sequences] [seed] [split | every]
 *
 * With `split` the bytes are sent in two parts, the second when the first has surely been read; with `every` they are so at
 * every position.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as net from "node:net";
import { fileURLToPath } from "node:url";
import { listen } from "../../../src/server/listen.ts";
import { mulberry32 } from "../../../src/util/random.ts";
import { echo, readsBody } from "./echo.ts";
import { sequenceOf } from "./requests.ts";

const AT_ONCE = 64;
/** A server that has said nothing for so long waits for more; differences are looked at again, with more time. */
const QUIET_MS = 300;
const SPLIT_MS = 40;
const LONG_QUIET_MS = 2000;
/** How many differences are shown. */
const SHOWN = 20;

interface Answered {
  readonly text: string;
  readonly closed: boolean;
}

/** @param cut where to split the bytes, 0 for nowhere */
function ask(port: number, bytes: Buffer, cut: number, quietMs: number): Promise<Answered> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    let text = "";
    const finish = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: text.replaceAll(/^date: .*\r$/gm, "date: *\r"), closed });
    };
    const timer = setTimeout(() => finish(false), quietMs);
    socket.on("data", (part: Buffer) => {
      text += part.toString("latin1");
      timer.refresh();
    });
    socket.on("close", () => finish(true));
    socket.on("error", () => {});
    const half = cut === 0 ? bytes : bytes.subarray(0, cut);
    socket.write(half);
    if (cut > 0) setTimeout(() => socket.write(bytes.subarray(cut)), SPLIT_MS);
  });
}

async function startOracle(python: string): Promise<{ child: ChildProcess; port: number }> {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const args = ["-m", "uvicorn", "app:app", "--http", "h11", "--ws", "none", "--port", "0"];
  const child = spawn(python, [...args, "--timeout-keep-alive", "60", "--no-access-log"], {
    cwd: folder,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  for await (const part of child.stderr ?? []) {
    log += String(part);
    const port = /running on http:\/\/127\.0\.0\.1:(\d+)/.exec(log)?.[1];
    if (port !== undefined) {
      child.stderr?.resume();
      return { child, port: Number(port) };
    }
  }
  throw new Error(`uvicorn did not start: ${log}`);
}

const same = (a: Answered, b: Answered): boolean => a.text === b.text && a.closed === b.closed;

/** Where the bytes of each sequence are split. */
type Split = "nowhere" | "split" | "every";

/** Sequences with the place where each is to be split, 0 for nowhere. */
function* casesOf(sequences: number, seed: number, split: Split): Generator<[text: string, cut: number]> {
  const random = mulberry32(seed);
  for (let i = 0; i < sequences; i++) {
    const text = sequenceOf(random);
    if (split === "every") for (let cut = 1; cut < text.length; cut++) yield [text, cut];
    else yield [text, split === "split" ? 1 + Math.floor(random() * (text.length - 1)) : 0];
  }
}

async function compare(python: string, sequences: number, seed: number, split: Split): Promise<number> {
  const { child, port: oracle } = await startOracle(python);
  const h11 = await listen(echo, { host: "127.0.0.1", port: 0, keepAliveMs: 60_000, wantsBody: readsBody });
  const cases = casesOf(sequences, seed, split);
  let different = 0;
  const work = async (): Promise<void> => {
    for (const [text, cut] of cases) {
      const pair = await difference([oracle, h11.port], Buffer.from(text, "latin1"), cut);
      if (pair === undefined || ++different > SHOWN) continue;
      process.stdout.write(`${short(text)}\n${shown("h11", pair[0])}${shown("us ", pair[1])}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await h11.close();
  child.kill();
  await once(child, "exit");
  return different;
}

async function difference(
  ports: [number, number],
  bytes: Buffer,
  cut: number,
): Promise<[Answered, Answered] | undefined> {
  const both = (quiet: number): Promise<[Answered, Answered]> =>
    Promise.all([ask(ports[0], bytes, cut, quiet), ask(ports[1], bytes, cut, quiet)]);
  if (same(...(await both(QUIET_MS)))) return undefined;
  const pair = await both(LONG_QUIET_MS);
  return same(...pair) ? undefined : pair;
}

const short = (text: string): string =>
  JSON.stringify(text.replaceAll(/([xyz])\1{9,}/g, (run, letter: string) => `<${run.length} ${letter}>`));
const shown = (name: string, { text, closed }: Answered): string =>
  `  ${name}: ${short(text)} ${closed ? "closed" : "open"}\n`;

const [python, sequences = "5000", seed = "1", split] = process.argv.slice(2);
if (python === undefined) {
  process.stderr.write("usage: node test/live/h11/fuzz.ts PYTHON [sequences] [seed] [split]\n");
  process.exitCode = 2;
} else {
  const how = split === "split" || split === "every" ? split : "nowhere";
  const different = await compare(python, Number(sequences), Number(seed), how);
  process.stdout.write(`${sequences} sequences, ${different} different\n`);
  process.exitCode = different === 0 ? 0 : 1;
}
