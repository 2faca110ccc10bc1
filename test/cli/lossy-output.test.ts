/** The log of a server whose reader is slow. */
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { LossyOutput } from "../../src/cli/support/lossy-output.ts";

const MIB = 1024 * 1024;

it("drops lines beyond 1 MiB, and says how many when there is a reader again", async () => {
  const pipe = new PassThrough();
  const output = new LossyOutput(pipe, (lines) => `${lines} dropped`);
  const line = "x".repeat(1023);
  const written = 3000;
  for (let i = 0; i < written; i++) output.line(line);
  let text = "";
  pipe.on("data", (bytes: Buffer) => (text += bytes.toString()));
  await expect.poll(() => text.length).toBeGreaterThan(MIB);
  await expect.poll(() => pipe.writableLength).toBe(0);
  output.line("the next one");
  pipe.end();
  await expect.poll(() => text).toContain("the next one\n");
  const lines = text.trimEnd().split("\n");
  const kept = lines.filter((one) => one === line).length;
  expect(lines.slice(kept)).toEqual([`${written - kept} dropped`, "the next one"]);
  // One line may begin below the limit, and what the reader's side holds of the pipe is no waiting.
  expect(Math.abs(kept - MIB / line.length)).toBeLessThan(32);
});
