/** The end of `gatetape mock`: within a second, whatever it is doing and whoever reads its log. */
import { once } from "node:events";
import { Agent, request } from "node:http";
import { expect, it } from "vitest";
import { ready, serveProcess } from "../support/cli.ts";
import { AGAIN } from "../support/repeated.ts";

const MAX_MS = 1000;

it("SIGTERM ends a mock whose log nobody reads", AGAIN, async () => {
  const mock = serveProcess(["mock", "--port", "0", "--json", "--speed", "instant"]);
  const { base } = await ready(mock);
  mock.child.stdout?.pause();
  const options = { headers: { authorization: "Bearer x" } };
  for (let i = 0; i < 600; i++)
    await fetch(`${base}/models?${"x".repeat(300)}`, options).then((answer) => answer.text());
  expect(await endOf(mock.child)).toBeLessThan(MAX_MS);
});

it("SIGTERM ends a mock that works on a large request", AGAIN, async () => {
  const mock = serveProcess(["mock", "--port", "0", "--json", "--quiet"]);
  const { port } = await ready(mock);
  const messages = Array.from({ length: 300_000 }, () => ({ role: "user", content: "" }));
  const agent = new Agent();
  const asked = request({
    port,
    agent,
    method: "POST",
    path: "/v1/chat/completions",
    headers: { authorization: "Bearer x", "content-type": "application/json" },
  });
  asked.on("error", () => {}); // the end of the mock
  await new Promise<void>((sent) => asked.end(JSON.stringify({ model: "qwen3-coder", messages }), sent));
  expect(await endOf(mock.child)).toBeLessThan(MAX_MS);
});

it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s ends a mock at once, with exit code 0",
  AGAIN,
  async (signal) => {
    const mock = serveProcess(["mock", "--port", "0", "--json"]);
    const { base } = await ready(mock);
    // A stream under way and an idle connection hold nothing up.
    const headers = { authorization: "Bearer x", "content-type": "application/json" };
    const body = '{"model":"t-slow","messages":[{"role":"user","content":"hi"}],"stream":true}';
    const stream = await fetch(`${base}/chat/completions`, { method: "POST", headers, body });
    expect(stream.status).toBe(200);
    expect(await endOf(mock.child, signal)).toBeLessThan(MAX_MS);
  },
);

async function endOf(
  child: ReturnType<typeof serveProcess>["child"],
  signal: NodeJS.Signals = "SIGTERM",
): Promise<number> {
  const start = performance.now();
  child.kill(signal);
  expect(await once(child, "exit")).toEqual([0, null]);
  return performance.now() - start;
}
