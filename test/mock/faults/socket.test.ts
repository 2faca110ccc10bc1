/** Faulted scripts over real sockets: what clients that know nothing of gatetape make of them. */
import { once } from "node:events";
import * as http from "node:http";
import * as net from "node:net";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Delivery } from "../../../src/http/playback.ts";
import type { Script } from "../../../src/http/script.ts";
import { applyFaults } from "../../support/apply-faults.ts";
import { type FaultCall, printFaults } from "../../../src/mock/faults/grammar.ts";
import { calls } from "../../support/fault-calls.ts";
import { bodyOf, chunk, jsonScript, streamScript, textsOf } from "../../support/fault-scripts.ts";
import { type RawResponse, rawRequest } from "../../support/raw-request.ts";
import { scaled } from "../../support/scaled.ts";
import { WAYS, type Way, serveBy } from "../../http/ways.ts";

const stream = streamScript("Hé", "b");
const json = jsonScript('{"content":"0123456789"}');
const A = chunk("Hé");

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

interface Served {
  readonly port: number;
  readonly url: string;
  readonly deliveries: Promise<Delivery>[];
}

/** The way that is tested. */
let way: Way = WAYS[0];

/** Answers each request with a script, at once. */
async function serve(script: Script, speed = Infinity): Promise<Served> {
  const deliveries: Promise<Delivery>[] = [];
  const { port, close } = await serveBy(way, (send) => {
    deliveries.push(new Promise((resolve) => send(script, { speed }, resolve)));
  });
  closers.push(close);
  return { port, url: `http://127.0.0.1:${port}/`, deliveries };
}

const REQUEST = Buffer.from("GET / HTTP/1.1\r\nhost: x\r\n\r\n");

/** What comes until the connection's end or, once all of the body has come, for a tenth of a second more. */
async function raw(fault: string, script = stream): Promise<RawResponse> {
  const faulted = applyFaults(script, fault);
  const { port } = await serve(faulted);
  const enough = new AbortController();
  const expected = bodyOf(faulted).length;
  let timer: NodeJS.Timeout | undefined;
  const onProgress = ({ reads }: { reads: RawResponse["reads"] }): void => {
    const got = reads.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (got >= expected) timer ??= setTimeout(() => enough.abort(), 100);
  };
  closers.push(() => clearTimeout(timer));
  const { signal } = enough;
  if (expected === 0) timer = setTimeout(() => enough.abort(), 200);
  return rawRequest({ host: "127.0.0.1", port, bytes: REQUEST, method: "GET", signal, onProgress });
}
const textOf = (response: RawResponse): string =>
  Buffer.concat(response.reads.map(({ bytes }) => bytes)).toString();

/** Sizes that a test has the time for. */
function isSmall({ params }: FaultCall): boolean {
  return ["bytes", "size", "times"].every((name) => !(Number(params[name]) > 5000));
}

describe.each(WAYS)("%s", (current) => {
  beforeEach(() => {
    way = current;
  });

  describe("how a connection ends", () => {
    it.each<[fault: string, script: Script, connection: string, complete: boolean, body: string]>([
      ["end@1", stream, "keep-alive", true, A],
      ["reset@1", stream, "reset", false, A],
      ["truncate@1", stream, "eof", false, A],
      ["truncate@end", stream, "eof", false, bodyOf(stream).toString()],
      ["stall@1", stream, "timeout", false, A],
      ["stall@end", stream, "timeout", false, bodyOf(stream).toString()],
      ["end@b5", json, "keep-alive", true, '{"con'],
      ["truncate@b5", json, "eof", false, '{"con'],
      ["stall@b5", json, "timeout", false, '{"con'],
      ["reset@b5", json, "reset", false, '{"con'],
      ["truncated-frame@1:how=truncate", json, "eof", false, '{"content":"'],
      ["content-length:by=3", json, "eof", false, '{"content":"0123456789"}'],
      ["content-length:by=-3", json, "keep-alive", true, '{"content":"012345678'],
      ["framing:how=eof", stream, "eof", true, bodyOf(stream).toString()],
      ["framing:how=length", stream, "keep-alive", true, bodyOf(stream).toString()],
      ["framing", json, "keep-alive", true, '{"content":"0123456789"}'],
      ["bad-chunk", stream, "eof", false, ""],
    ])("%s", async (fault, script, connection, complete, body) => {
      const response = await raw(fault, script);
      expect([response.connection, response.complete, textOf(response)]).toEqual([
        connection,
        complete,
        body,
      ]);
    });

    it.each([
      ["reset", "reset"],
      ["truncate", "eof"],
      ["stall", "timeout"],
    ])("%s at the start sends nothing at all", async (fault, connection) => {
      const response = await raw(fault);
      expect([response.connection, response.startLine, response.reads.length]).toEqual([connection, "", 0]);
    });

    it("what is told of the delivery is the fault", async () => {
      for (const [fault, ended] of [
        ["reset@1", "reset"],
        ["truncate@1", "truncate"],
        ["not-http", "close"],
        ["end@1", "complete"],
      ] as const) {
        const { port, deliveries } = await serve(applyFaults(stream, fault));
        await rawRequest({ host: "127.0.0.1", port, bytes: REQUEST, method: "GET" });
        expect([fault, (await deliveries[0])?.ended]).toEqual([fault, ended]);
      }
    });

    it("not-http sends its text and closes", async () => {
      const { port } = await serve(applyFaults(stream, 'not-http:text="what?\\n"'));
      const socket = net.connect(port, "127.0.0.1");
      closers.push(() => socket.destroy());
      let got = "";
      socket.on("data", (bytes: Buffer) => (got += bytes.toString()));
      socket.write(REQUEST);
      await once(socket, "close");
      expect(got).toBe("what?\n");
    });

    it.each([
      "end@1",
      "framing:how=length",
      "chunk-extension",
      "gzip",
      "split",
      "garbage",
      "comment",
      "trailer",
    ])("%s leaves the connection to the next request", async (fault) => {
      const { port, deliveries } = await serve(applyFaults(stream, fault));
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const statuses: unknown[] = [];
      const ports = new Set<number | undefined>();
      for (let i = 0; i < 2; i++) {
        const [response] = (await once(http.get({ port, host: "127.0.0.1", agent }), "response")) as [
          http.IncomingMessage,
        ];
        ports.add(response.socket.localPort);
        response.resume();
        await once(response, "end");
        statuses.push(response.statusCode, (await deliveries[i])?.ended);
      }
      agent.destroy();
      expect([statuses, ports.size]).toEqual([[200, "complete", 200, "complete"], 1]);
    });
  });

  describe("what a client reads", () => {
    it.each([
      "split",
      "split-random",
      "split:bytes=20,flush",
      "join",
      "gzip",
      "gzip:flush=no",
      "deflate",
      "deflate:flush=no",
      "br",
      "br:flush=no",
      "chunk-extension",
      "trailer",
      "informational",
      "informational:code=102,times=3",
      "framing:how=length",
      "framing:how=eof",
      "framing:how=eof + gzip",
      "chunk-extension + trailer",
      "trailer + chunk-extension",
      "close",
      "burst + jitter:ms=3",
      "gzip + split:bytes=11",
    ])("%s: fetch gives the same bytes", async (fault) => {
      const { url } = await serve(applyFaults(stream, fault, { seed: 4 }));
      const response = await fetch(url);
      expect(Buffer.from(await response.arrayBuffer()).toString()).toBe(bodyOf(stream).toString());
    });

    it("the HTTP chunks are the writes", async () => {
      const faulted = applyFaults(stream, "split:bytes=40");
      const response = await raw("split:bytes=40");
      expect(response.reads.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(textsOf(faulted));
      expect(response.reads.length).toBeGreaterThan(4);
    });

    it("flushed pieces of a body that is no chunked one come as reads of their own", async () => {
      const response = await raw("split:bytes=8,flush", json);
      expect(response.reads.map(({ bytes }) => bytes.length)).toEqual([8, 8, 8]);
    });

    it("interim responses come before the answer", async () => {
      const { port } = await serve(applyFaults(stream, "informational:times=2"));
      const request = http.get({ port, host: "127.0.0.1" });
      const seen: number[] = [];
      request.on("information", ({ statusCode }) => seen.push(statusCode));
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      response.resume();
      await once(response, "end");
      expect([seen, response.statusCode]).toEqual([[103, 103], 200]);
    });

    it("a trailer comes after the last chunk", async () => {
      const response = await raw("trailer:name=x-sum,value=7");
      expect(response.trailers).toEqual([["x-sum", "7"]]);
      const byHand = await raw("trailer:name=x-sum,value=7 + chunk-extension");
      expect(byHand.trailers).toEqual([["x-sum", "7"]]);
    });

    it("a redirect is followed with the same method", async () => {
      const target = await serve(json);
      const { url } = await serve(applyFaults(stream, `redirect:code=307,location=${target.url}`));
      const response = await fetch(url, { method: "POST", body: "x" });
      expect([response.url, response.status, response.redirected]).toEqual([target.url, 200, true]);
    });

    it("a gzipped stream that breaks off gives what was flushed, then fails", async () => {
      // A reset drops what a client has not read yet: it gets the time for that.
      const { url } = await serve(applyFaults(stream, "reset@1 + pause@end:ms=1000 + gzip"), 1);
      const response = await fetch(url);
      let got = "";
      const read = async (): Promise<void> => {
        const decoder = new TextDecoder();
        for await (const part of response.body as ReadableStream<Uint8Array>)
          got += decoder.decode(part, { stream: true });
      };
      await expect(read()).rejects.toThrow("terminated");
      expect(got).toBe(A);
    });

    it("keepalive goes on until the client has enough", async () => {
      const { port, deliveries } = await serve(applyFaults(stream, "keepalive@1:ms=1"), 1);
      const socket = net.connect(port, "127.0.0.1");
      closers.push(() => socket.destroy());
      let got = "";
      socket.write(REQUEST);
      while (got.split(": keepalive\n\n").length < 4) got += String(await once(socket, "data"));
      socket.destroy();
      expect((await deliveries[0])?.ended).toBe("aborted");
    });
  });

  describe("any faults", () => {
    it("are delivered, or cut off, without an error, and the server goes on", async () => {
      const script = { current: stream };
      const failures: unknown[] = [];
      const { port, close } = await serveBy(way, (send, out) => {
        try {
          send(script.current, { speed: Infinity }, () => {});
        } catch (error) {
          failures.push(error);
          out.destroy();
        }
      });
      closers.push(close);
      const chains = fc.array(calls.filter(isSmall), { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(chains, fc.constantFrom(stream, json), fc.nat(), async (chain, from, seed) => {
          script.current = applyFaults(from, chain, { seed });
          const signal = AbortSignal.timeout(60);
          await rawRequest({ host: "127.0.0.1", port, bytes: REQUEST, method: "GET", signal });
          expect([printFaults(chain), failures]).toEqual([printFaults(chain), []]);
        }),
        { numRuns: scaled(200) },
      );
      script.current = stream;
      const last = await fetch(`http://127.0.0.1:${port}/`);
      expect(await last.text()).toBe(bodyOf(stream).toString());
    });
  });
});
