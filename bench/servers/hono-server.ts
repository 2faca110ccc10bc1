/**
 * The same prepared answers as those of the baseline, given by Hono: `c.body` of bytes, or of a stream of them. It imports
 * nothing of gatetape.
 */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { type Context, Hono } from "hono";
import type { BaselineAnswer } from "../baseline-server.ts";

interface Prepared {
  readonly headers: Record<string, string>;
  readonly writes: readonly Uint8Array<ArrayBuffer>[];
}

const answers = JSON.parse(readFileSync(process.argv[2] as string, "utf8")) as BaselineAnswer[];
const prepared = new Map(
  answers.map(({ method, target, length, headers, writes }): [string, Prepared] => [
    `${method} ${target} ${length}`,
    { headers: headersOf(headers), writes: writes.map((text) => new TextEncoder().encode(text)) },
  ]),
);

function headersOf(flat: readonly string[]): Record<string, string> {
  const names = flat.filter((_, i) => i % 2 === 0);
  return Object.fromEntries(names.map((name, i) => [name, flat[i * 2 + 1] as string]));
}

function answer(c: Context, length: number): Response {
  const found = prepared.get(`${c.req.method} ${c.req.path} ${length}`);
  const [first, second] = found?.writes ?? [];
  if (found === undefined || first === undefined) return c.body(null, 404);
  if (second === undefined) return c.body(first, 200, found.headers);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const bytes of found.writes) controller.enqueue(bytes);
      controller.close();
    },
  });
  return c.body(stream, 200, found.headers);
}

const app = new Hono();
for (const { method, target } of answers) {
  app.on(method, target, async (c) => {
    if (method === "GET") return answer(c, 0);
    const text = await c.req.text();
    JSON.parse(text); // as the baseline does
    return answer(c, Buffer.byteLength(text));
  });
}

const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, (info: AddressInfo) => {
  process.stdout.write(`${JSON.stringify({ ready: { port: info.port } })}\n`);
});
if ("keepAliveTimeout" in server) server.keepAliveTimeout = 60_000; // as the baseline's
process.once("SIGTERM", () => server.close(() => process.exit()));
