import { describe, expect, it } from "vitest";
import type { Delivery } from "../../src/http/playback.ts";
import { ResponseSinkError, toResponse } from "../../src/http/response-sink.ts";
import type { Op } from "../../src/http/script.ts";
import { AGAIN } from "../support/repeated.ts";
import {
  RECORDED,
  INSTANT,
  write,
  wait,
  COMPLETE,
  headOf,
  CHUNKED,
  scriptOf,
  WIRE,
  inProcess,
  turn,
} from "./scripts.ts";

async function chunksOf(response: Response): Promise<string[]> {
  const chunks: string[] = [];
  for await (const chunk of response.body ?? []) chunks.push(Buffer.from(chunk as Uint8Array).toString());
  return chunks;
}

describe("toResponse", () => {
  it("gives status, reason, headers and one chunk a write", async () => {
    const head = headOf(
      "chunked",
      [
        ["date", null],
        ["X-A", "1"],
        ["x-a", "2"],
        ["Transfer-Encoding", null],
      ],
      { status: 201, reason: "Made" },
    );
    const response = await toResponse(scriptOf(head, write("ab"), wait(5), write("cd"), COMPLETE), RECORDED);
    expect([
      response.status,
      response.statusText,
      response.headers.get("x-a"),
      response.headers.has("transfer-encoding"),
    ]).toEqual([201, "Made", "1, 2", false]);
    expect(Math.abs(Date.parse(response.headers.get("date") ?? "") - Date.now())).toBeLessThan(5000);
    expect(await chunksOf(response)).toEqual(["ab", "cd"]);
  });

  it("keeps the script's bytes when the reader takes them over", async () => {
    const script = scriptOf(CHUNKED, write("ab"), COMPLETE);
    const { value } = (await (await toResponse(script, INSTANT)).body?.getReader().read()) ?? {};
    structuredClone(value?.buffer, { transfer: [value?.buffer as ArrayBuffer] });
    expect(await (await toResponse(script, INSTANT)).text()).toBe("ab");
  });

  it.each([204, 205, 304])("gives a %d no body", async (status) => {
    const response = await toResponse(
      scriptOf(headOf("length", [["content-length", null]], { status, reason: "" }), COMPLETE),
      INSTANT,
    );
    expect([response.status, response.body]).toEqual([status, null]);
  });

  it("completes without a write", async () => {
    expect(await (await toResponse(scriptOf(CHUNKED, COMPLETE), INSTANT)).text()).toBe("");
  });

  it.each(["reset", "truncate"] as const)(
    "makes a %s an error of the stream, after what was written",
    async (op) => {
      const response = await toResponse(scriptOf(CHUNKED, write("ab"), { op }), INSTANT);
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("ab");
      await expect(reader.read()).rejects.toThrow(TypeError);
    },
  );

  it("can't play a script without a head", async () => {
    await expect(toResponse(scriptOf(null, { op: "reset" }), INSTANT)).rejects.toThrow(ResponseSinkError);
  });

  it.each<[string, string]>([
    ["an endless repeat", '{ op: "repeat", ops: [{ op: "write", bytes: Buffer.from("t") }], every: 1 }'],
    ["a stall", '{ op: "stall" }'],
    ["a wait", '{ op: "wait", ms: 600000 }'],
  ])("stops %s when the reader cancels, and leaves no timer behind", async (_, op) => {
    const ended = await inProcess(`
      import { toResponse } from ${WIRE};
      const head = { http: "1.1", status: 200, reason: "OK", framing: "chunked", headers: [["Transfer-Encoding", null]] };
      const ops = [{ op: "write", bytes: Buffer.from("a") }, ${op}, { op: "complete" }];
      const reader = (await toResponse({ wait: 0, head, ops }, { speed: 1 })).body.getReader();
      await reader.read();
      const pending = reader.read();
      await new Promise(setImmediate); // the op is under way
      await reader.cancel();
      process.stdout.write(String((await pending).value?.length));`);
    expect(ended).toEqual([expect.stringMatching(/^(?:1|undefined)$/), 0, null]);
  });

  it("keeps the rounds of a repeat apart from those of one within it", AGAIN, async () => {
    const inner: Op = { op: "repeat", ops: [write("i")], every: 40, times: 3 };
    const started = performance.now();
    const script = scriptOf(CHUNKED, { op: "repeat", ops: [inner], every: 100, times: 2 }, COMPLETE);
    expect(await (await toResponse(script, RECORDED)).text()).toBe("iiiiii");
    // Writes at 0, 40, 80 and at 100, 140, 180.
    expect(performance.now() - started).toBeGreaterThan(176);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it.each<[string, Op[], Delivery["ended"]]>([
    ["a cancelled stall", [{ op: "stall" }], "aborted"],
    ["a cancelled wait", [wait(600_000), COMPLETE], "aborted"],
    ["a reset", [{ op: "reset" }], "reset"],
    ["the end", [COMPLETE], "complete"],
  ])("tells once how it ended: %s", async (_, ops, ended) => {
    const endings: Delivery["ended"][] = [];
    const response = await toResponse(
      scriptOf(CHUNKED, write("a"), ...ops),
      RECORDED,
      (delivery) => void endings.push(delivery.ended),
    );
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const pending = reader.read().catch(() => undefined);
    await turn();
    await reader.cancel().catch(() => {});
    await pending;
    for (let i = 0; i < 5; i++) await turn();
    expect(endings).toEqual([ended]);
  });

  it("plays no further than it is read", async () => {
    let played = 0;
    const counted = (text: string): Op => ({
      op: "write",
      get bytes() {
        played++;
        return Buffer.from(text);
      },
    });
    const response = await toResponse(
      scriptOf(CHUNKED, counted("a"), counted("b"), counted("c"), COMPLETE),
      INSTANT,
    );
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      for (let turns = 0; turns < 5; turns++) await turn();
      seen.push(played);
      await reader.read();
    }
    expect(seen).toEqual([0, 1, 2]);
  });

  it("plays a repeat by the same clock as the socket does", AGAIN, async () => {
    const ops: Op[] = [write("a"), wait(40), write("b")];
    const started = performance.now();
    const response = await toResponse(
      scriptOf(CHUNKED, { op: "repeat", ops, every: 50, times: 4 }, COMPLETE),
      RECORDED,
    );
    expect((await chunksOf(response)).join("")).toBe("abababab");
    // Rounds start at 0, 50, 100 and 150; the last one takes 40.
    expect(performance.now() - started).toBeGreaterThan(186);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("waits on one schedule", AGAIN, async () => {
    const ops = Array.from({ length: 10 }, (_, i): Op[] => [wait(40), write(String(i))]).flat();
    const started = performance.now();
    const response = await toResponse(scriptOf(CHUNKED, ...ops, COMPLETE), RECORDED);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const pending = reader.read();
    const until = performance.now() + 200;
    while (performance.now() < until);
    await pending;
    while (!(await reader.read()).done);
    expect(performance.now() - started).toBeGreaterThan(397);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
