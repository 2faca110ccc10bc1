/** A text that nothing but its look tells is replaced in a recording, and the recording still plays for it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { startRecorder } from "../../src/recorder/recorder.ts";

const CHANCE = "x7Kq2Vw9Tz4Rb8Nm3Lp6Hs1Df5Gj";
const folder = mkdtempSync(join(tmpdir(), "gatetape-doubtful-"));
let upstream: RunningMock;
beforeAll(async () => {
  upstream = await startMock({ speed: Infinity });
});
afterAll(async () => {
  await upstream.close();
  rmSync(folder, { recursive: true });
});

const chat = (content: unknown, more: object = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer sk-anything" },
  body: JSON.stringify({ model: "qwen3-coder", messages: [{ role: "user", content }], ...more }),
});

const REQUESTS: readonly (readonly [name: string, target: string, init: RequestInit])[] = [
  ["a word of a prompt", "/chat/completions", chat(`what is ${CHANCE}?`)],
  ["a prompt that has nothing else", "/chat/completions", chat(CHANCE)],
  ["a path in a prompt", "/chat/completions", chat(`see d/${CHANCE}/edit`)],
  ["a line of a prompt", "/chat/completions", chat(`first\n${CHANCE}\nlast`)],
  ["JSON in a prompt", "/chat/completions", chat(JSON.stringify({ tag: CHANCE, path: `a/${CHANCE}` }))],
  ["a part of a message", "/chat/completions", chat([{ type: "text", text: `é ${CHANCE}` }])],
  ["another member", "/chat/completions", chat("hi", { user: CHANCE })],
  ["a query", `/models?tag=${CHANCE}`, { headers: { authorization: "Bearer sk-anything" } }],
  ["a path", `/models/${CHANCE}`, { headers: { authorization: "Bearer sk-anything" } }],
];

describe("letters by chance in a recording", () => {
  it.each(REQUESTS)("in %s are replaced, and the recording plays for them", async (_, target, init) => {
    const out = join(mkdtempSync(join(folder, "x-")), "a.cassette.json");
    const recorder = await startRecorder({ upstream: upstream.url, out });
    const answer = await fetch(recorder.baseUrl + target, init);
    const body = await answer.text();
    const summary = await recorder.finish();
    expect(summary.withheld).toEqual([]);
    expect(summary.replaced.byRule["entropy"]).toBeGreaterThan(0);
    expect(summary.replaced.first[0]).toMatchObject({ number: 1, rule: "entropy", keep: "[A-Za-z0-9]{28}" });
    expect(readFileSync(out, "utf8")).not.toContain(CHANCE);
    const player = await startRecorder({ out, mode: "none" });
    const again = await fetch(player.baseUrl + target, init);
    expect([again.status, (await again.text()).length > 0]).toEqual([answer.status, body.length > 0]);
    expect((await player.finish()).stats).toMatchObject({ played: 1, missed: 0 });
  });
});
