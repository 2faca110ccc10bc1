/** Traffic of another generation of OGL than the one that was said: import, lint and record propose the right one. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ask, readCaptures } from "../support/captures.ts";
import { gatetape, ready, serve } from "../support/cli.ts";
import { startOrigin } from "../support/replay-origin.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("generation");
const list = readCaptures()
  .filter(({ file, response }) => file === "chat.jsonl" && response.includes(" 200 OK"))
  .slice(0, 3);
const lines = join(folder, "chats.jsonl");
writeFileSync(lines, list.map(({ line }) => line).join("\n"));

it("import says which generation fits, once, and lint too", async () => {
  const out = join(folder, "wrong.cassette.json");
  const imported = await gatetape(["cassette", "import", lines, "--out", out, "--ogl", "0.4.5"]);
  expect(imported.stderr).toMatch(/this looks like OGL 0\.4\.1: \d+ deviations from 0\.4\.5, 0 from 0\.4\.1/);
  expect(imported.stderr).toContain("--ogl 0.4.1");
  const lint = await gatetape(["cassette", "lint", out]);
  expect(lint.stdout).toContain("note: this looks like OGL 0.4.1");
  expect(lint.code).toBe(0);
});

it("nothing is said where the generation is right", async () => {
  const out = join(folder, "right.cassette.json");
  const imported = await gatetape(["cassette", "import", lines, "--out", out, "--ogl", "0.4.1"]);
  expect(imported.stderr).toBe("");
  expect((await gatetape(["cassette", "lint", out])).stdout).not.toContain("looks like");
});

it("record says it at its end", async () => {
  const origin = await startOrigin((n) => {
    const { response, reads } = list[n] ?? { response: Buffer.alloc(0), reads: [] };
    return { response, reads, after: "keep" };
  });
  const out = join(folder, "recorded.cassette.json");
  const recording = serve([
    "record",
    "-p",
    "0",
    "--json",
    "-u",
    origin.url,
    "-o",
    out,
    "--ogl",
    "0.4.5",
    "--no-config",
  ]);
  const { port } = await ready(recording);
  for (const { request, response } of list)
    await ask(port, request, { expect: response.length, closes: false });
  await recording.stop();
  await origin.close();
  expect(recording.lines.join("\n")).toContain("this looks like OGL 0.4.1");
});
