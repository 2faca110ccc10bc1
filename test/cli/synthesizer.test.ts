import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatetape, ready, serve } from "../support/cli.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatetape-synthesizer-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const BODY = JSON.stringify({
  model: "qwen3-coder",
  messages: [{ role: "user", content: "Tell me about bees." }],
});

/** What a mock that was started with these arguments answers. */
async function answerOf(...args: string[]): Promise<{ status: number; text: string; ms: number }> {
  const mock = serve(["mock", "--port", "0", "--json", "--cassettes", "none", ...args]);
  try {
    const { base } = await ready(mock);
    const started = performance.now();
    const answer = await fetch(`${base}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer any", "content-type": "application/json" },
      body: BODY,
    });
    return { status: answer.status, text: await answer.text(), ms: performance.now() - started };
  } finally {
    await mock.stop();
  }
}

describe("gatetape mock", () => {
  it("synthesizes what no cassette has, and with --strict does not", async () => {
    expect(await answerOf()).toMatchObject({ status: 200, text: expect.stringMatching(/bees/i) });
    expect((await answerOf("--strict")).status).toBe(400);
  });

  it("keeps to --ttft, --tps and --jitter", async () => {
    const { ms, text } = await answerOf("--ttft", "150", "--tps", "400", "--jitter", "0.5");
    const tokens = (JSON.parse(text) as { usage: { completion_tokens: number } }).usage.completion_tokens;
    // Never earlier; a busy machine may be later.
    expect(ms).toBeGreaterThanOrEqual(150 + ((tokens - 1) * 2.5) / 2 - 5);
  });

  it.each([
    ["--tps", "0"],
    ["--tps", "fast"],
    ["--ttft", "-1"],
    ["--jitter", "1.5"],
  ])("does not take %s %s", async (flag, value) => {
    const { code, stderr } = await gatetape(["mock", flag, value]);
    expect(code).toBe(2);
    expect(stderr).toContain(flag);
  });

  it("asks the config's respond first", async () => {
    const file = join(folder, "own.mts");
    writeFileSync(file, "export default { mock: { respond: ({ model }) => `I am ${model}.`, tps: 1e6 } };");
    expect((await answerOf("--config", file)).text).toContain('"content":"I am qwen3-coder."');
  });

  it("says what is wrong with a respond that is no function", async () => {
    const file = join(folder, "wrong.json");
    writeFileSync(file, '{ "mock": { "respond": "hello" } }');
    const { code, stderr } = await gatetape(["mock", "--config", file]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/wrong\.json at \/mock\/respond: must be a function, but is "hello"\n {2}fix: /);
  });
});
