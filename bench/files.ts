import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { printCassette } from "../src/cassette/format/print.ts";
import type { BaselineAnswer } from "./baseline-server.ts";
import { type Workload, writesOf } from "./workloads.ts";

/** What the servers are started with; lies in a folder of its own that goes with it. */
export interface BenchFiles extends Disposable {
  /** A folder with a cassette for each workload. */
  readonly cassettes: string;
  /** The folder of all files; others may be put there. */
  readonly folder: string;
  /** The baseline as JavaScript, and what it answers. */
  readonly baseline: readonly [program: string, answers: string];
}

const OGL = "0.4.5";

export function writeFiles(workloads: readonly Workload[]): BenchFiles {
  const folder = mkdtempSync(join(tmpdir(), "gatetape-bench-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove); // also where a signal ends the run
  const cassettes = join(folder, "cassettes");
  mkdirSync(cassettes);
  for (const workload of workloads) writeCassette(cassettes, workload, `bench: ${workload.id}`);
  return {
    cassettes,
    folder,
    baseline: [
      writeBaseline(folder),
      writeAnswers(
        folder,
        "recorded",
        workloads.map((one) => answerOf(one)),
      ),
    ],
    [Symbol.dispose]: remove,
  };
}

/** A cassette of one interaction. */
export function writeCassette(folder: string, workload: Workload, title: string): void {
  const about = { title, origin: "written", ogl: OGL } as const;
  const text = printCassette({ cassette: 1, about, interactions: [workload.interaction] });
  writeFileSync(join(folder, `${workload.id}.cassette.json`), text);
}

/** What a baseline answers, as the file that it reads. */
export function writeAnswers(folder: string, name: string, answers: readonly BaselineAnswer[]): string {
  const keys = answers.map(({ method, target, length }) => `${method} ${target} ${length}`);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) throw new Error(`two requests are alike for the baseline: ${twice}`);
  const file = join(folder, `${name}.answers.json`);
  writeFileSync(file, JSON.stringify(answers));
  return file;
}

/** The same answer for the baseline; Node adds `Date` and, for a stream, `Transfer-Encoding`. */
export function answerOf(workload: Workload, everyMs?: number): BaselineAnswer {
  const { request, response } = workload.interaction;
  const writes = writesOf(workload);
  const length = writes.reduce((sum, bytes) => sum + bytes.length, 0);
  const headers = (response.headers ?? []).flatMap(([name, value]) => {
    if (name === "content-length") return [name, String(length)];
    return value === null ? [] : [name, value];
  });
  return {
    method: request.method,
    target: request.target,
    length: request.json === undefined ? 0 : Buffer.byteLength(JSON.stringify(request.json)),
    headers,
    writes: writes.map((bytes) => Buffer.from(bytes).toString()),
    ...(everyMs === undefined ? {} : { everyMs }),
  };
}

/** Run as TypeScript, the baseline would pay for loading Node's type stripper, a third of its start. */
function writeBaseline(folder: string): string {
  const source = readFileSync(new URL("baseline-server.ts", import.meta.url), "utf8");
  const { emitWarning } = process;
  process.emitWarning = () => {}; // that stripTypeScriptTypes is experimental
  const program = join(folder, "baseline-server.mjs");
  writeFileSync(program, stripTypeScriptTypes(source));
  process.emitWarning = emitWarning;
  return program;
}
