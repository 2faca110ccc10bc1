/**
 * openai for Python through the recorder: what it sees, and what the upstream sees of it, must be as without one.
 *
 * Usage: node test/live/recorder.ts PYTHON   (a Python with the package openai)
 */

import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { startRecorder } from "../../src/recorder/recorder.ts";

const python = process.argv[2] ?? "python3";
const script = new URL("openai_client.py", import.meta.url).pathname;
const run = promisify(execFile);

/** What the upstream saw since the journal was cleared, but for what a recorder changes. */
function seen({ journal }: RunningMock): string[] {
  return [...journal.lines()].map((line) => {
    const { request, delivered } = JSON.parse(line) as {
      request: { method: string; target: string; headers: [string, string][]; body?: string };
      delivered: { ended: string };
    };
    const headers = request.headers.filter(([name]) => !/^(?:host|accept-encoding)$/i.test(name));
    return JSON.stringify([request.method, request.target, headers, request.body, delivered.ended]);
  });
}

async function clientOn(
  base: string,
  mock: RunningMock,
): Promise<{ outcomes: string[]; upstream: string[] }> {
  mock.journal.clear();
  const { stdout } = await run(python, [script, base]);
  return { outcomes: stdout.trim().split("\n"), upstream: seen(mock) };
}

const folder = mkdtempSync(join(tmpdir(), "gatetape-live-"));
const file = join(folder, "python.cassette.json");
const mock = await startMock({ ogl: "0.4.1" });
const direct = await clientOn(mock.baseUrl(), mock);
const recorder = await startRecorder({
  upstream: mock.baseUrl(),
  out: file,
  ogl: "0.4.1",
  keepAborted: true,
});
const through = await clientOn(recorder.baseUrl, mock);
const { stats } = await recorder.finish();
await mock.close();
const replay = await startMock({ ogl: "0.4.1", cassettes: [file], world: "off", policy: "observe" });
const played = await clientOn(replay.baseUrl(), replay);
await replay.close();
rmSync(folder, { recursive: true });

let different = 0;
for (const [what, list] of [
  ["through the recorder", through.outcomes],
  ["played", played.outcomes],
  ["upstream's view", through.upstream],
] as const) {
  const wanted = what === "upstream's view" ? direct.upstream : direct.outcomes;
  for (const [i, line] of wanted.entries()) {
    if (line === list[i]) continue;
    different++;
    process.stdout.write(`${what}, differs:\n  ${line.slice(0, 300)}\n  ${list[i]?.slice(0, 300)}\n`);
  }
}
const version = execFileSync(python, ["-c", "import openai; print(openai.__version__)"]).toString().trim();
process.stdout.write(
  `openai ${version} for Python: ${direct.outcomes.length} uses, ${different} differ; ${JSON.stringify(stats)}\n`,
);
process.exitCode = different === 0 ? 0 : 1;
