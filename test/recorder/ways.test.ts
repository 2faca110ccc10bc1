/** Ways to the upstream: TLS, proxies, and what a base URL may look like. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RecorderEvent } from "../../src/recorder/model/types.ts";
import { startRecorder } from "../../src/recorder/recorder.ts";
import { type UpstreamTarget, parseUpstream, proxyFor } from "../../src/server/upstream/target.ts";
import { selfSigned } from "../support/certificate.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("ways");

describe("a base URL", () => {
  it.each<[string, Partial<UpstreamTarget>]>([
    ["https://gateway.example", { secure: true, host: "gateway.example", port: 443, prefix: "" }],
    ["https://gateway.example/v1", { authority: "gateway.example", prefix: "" }],
    ["http://gateway.example:8000/v1/", { secure: false, authority: "gateway.example:8000", prefix: "" }],
    ["http://gateway.example/llm/v1", { port: 80, prefix: "/llm" }],
    ["http://gateway.example/llm/", { prefix: "/llm" }],
    ["http://[::1]:8000", { host: "::1", authority: "[::1]:8000" }],
  ])("%s", (text, expected) => {
    expect(parseUpstream(text)).toMatchObject(expected);
  });
});

describe("a proxy of the environment", () => {
  const proxy = "http://proxy.example:3128";
  it.each<[string, string, Record<string, string>, boolean]>([
    ["is used for https", "https://gateway.example", { HTTPS_PROXY: proxy }, true],
    ["in lower case too", "https://gateway.example", { https_proxy: proxy }, true],
    ["without a scheme too", "https://gateway.example", { HTTPS_PROXY: "proxy.example:3128" }, true],
    ["not for http", "http://gateway.example", { HTTPS_PROXY: proxy }, false],
    [
      "not for a host",
      "https://gateway.example",
      { HTTPS_PROXY: proxy, NO_PROXY: "x, gateway.example" },
      false,
    ],
    [
      "not for a domain",
      "https://a.gateway.example",
      { HTTPS_PROXY: proxy, NO_PROXY: ".gateway.example" },
      false,
    ],
    ["not for any", "https://gateway.example", { HTTPS_PROXY: proxy, NO_PROXY: "*" }, false],
    [
      "for another port",
      "https://gateway.example",
      { HTTPS_PROXY: proxy, NO_PROXY: "gateway.example:1" },
      true,
    ],
    ["not for an address", "https://127.0.0.1", { HTTPS_PROXY: proxy, NO_PROXY: "127.0.0.1" }, false],
    [
      "for a name that only ends so",
      "https://agateway.example",
      { HTTPS_PROXY: proxy, NO_PROXY: "gateway.example" },
      true,
    ],
  ])("%s", (_, url, env, used) => {
    expect(proxyFor(parseUpstream(url), env)?.host).toBe(used ? "proxy.example:3128" : undefined);
  });
});

describe("an upstream behind TLS", () => {
  const { key, cert } = selfSigned();
  const ca = join(folder, "ca.pem");
  const seen: string[] = [];
  const upstream = https.createServer({ key, cert }, (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.host}`);
    response.end("safe");
  });
  const tunnels: string[] = [];
  const proxy = http.createServer();
  let url: string;
  const closers: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    writeFileSync(ca, cert);
    proxy.on("connect", (request, socket: net.Socket) => {
      tunnels.push(`${request.url} ${request.headers["proxy-authorization"]}`);
      const [, port] = (request.url ?? "").split(":");
      if (request.headers["proxy-authorization"] === undefined) {
        socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
        return;
      }
      const up = net.connect(Number(port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        up.pipe(socket).pipe(up);
      });
      up.on("error", () => socket.destroy());
      socket.on("error", () => up.destroy());
    });
    for (const server of [upstream, proxy]) {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    }
    url = `https://localhost:${(upstream.address() as net.AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  afterAll(() => {
    upstream.closeAllConnections();
    upstream.close();
    proxy.closeAllConnections();
    proxy.close();
  });

  let count = 0;
  async function ask(options: {
    ca?: string[];
    env: Record<string, string>;
  }): Promise<{ answer: string; events: RecorderEvent[] }> {
    const events: RecorderEvent[] = [];
    const recorder = await startRecorder({
      upstream: url,
      out: join(folder, `${count++}.cassette.json`),
      onEvent: (event) => events.push(event),
      ...options,
    });
    closers.push(() => recorder.finish());
    const answer = await fetch(`${recorder.url}/v1/x`).then(
      (response) => response.text(),
      () => "no answer",
    );
    return { answer, events };
  }
  const proxyUrl = (user: string): string =>
    `http://${user}127.0.0.1:${(proxy.address() as net.AddressInfo).port}`;

  it("is reached if its certificate is trusted", async () => {
    expect((await ask({ ca: [ca], env: {} })).answer).toBe("safe");
    expect(seen.at(-1)).toBe(`GET /v1/x ${new URL(url).host}`);
  });

  it("is not reached if it is not, and that is told", async () => {
    const before = seen.length;
    const { answer, events } = await ask({ env: {} });
    expect([answer, seen.length]).toEqual(["no answer", before]);
    expect(events[0]).toMatchObject({
      event: "trouble",
      message: expect.stringContaining("self-signed") as string,
      fix: expect.stringContaining("--ca") as string,
    });
  });

  it("is reached through a proxy", async () => {
    const { answer } = await ask({ ca: [ca], env: { HTTPS_PROXY: proxyUrl("me:secret@") } });
    expect(answer).toBe("safe");
    expect(tunnels.at(-1)).toBe(
      `localhost:${new URL(url).port} Basic ${Buffer.from("me:secret").toString("base64")}`,
    );
  });

  it("is not reached through a proxy that refuses, and that is told", async () => {
    const { answer, events } = await ask({ ca: [ca], env: { HTTPS_PROXY: proxyUrl("") } });
    expect(answer).toBe("no answer");
    expect(events[0]).toMatchObject({ message: expect.stringContaining("407") as string });
  });
});
