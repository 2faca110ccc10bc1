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
  /** A folder with the cassette of `models.list` alone. */
  readonly oneCassette: string;
  /** The baseline as JavaScript, and what it answers. */
  readonly baseline: readonly [program: string, answers: string];
}

const OGL = "0.4.5";

export function writeFiles(workloads: readonly Workload[]): BenchFiles {
  const folder = mkdtempSync(join(tmpdir(), "gatetape-bench-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove); // also where a signal ends the run
  const cassettes = join(folder, "cassettes");
  const oneCassette = join(folder, "one");
  for (const path of [cassettes, oneCassette]) mkdirSync(path);
  for (const workload of workloads) {
    const file = `${workload.id}.cassette.json`;
    const about = { title: `bench: ${workload.id}`, origin: "written", ogl: OGL } as const;
    const text = printCassette({ cassette: 1, about, interactions: [workload.interaction] });
    writeFileSync(join(cassettes, file), text);
    if (workload.id === "models.list") writeFileSync(join(oneCassette, file), text);
  }
  const answers = join(folder, "answers.json");
  writeFileSync(answers, JSON.stringify(workloads.map(baselineAnswer)));
  return {
    cassettes,
    oneCassette,
    baseline: [writeBaseline(folder), answers],
    [Symbol.dispose]: remove,
  };
}

/** The same answer for the baseline; Node adds `Date` and, for a stream, `Transfer-Encoding`. */
function baselineAnswer(workload: Workload): BaselineAnswer {
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
    stream: workload.stream,
    headers,
    writes: writes.map((bytes) => Buffer.from(bytes).toString()),
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
