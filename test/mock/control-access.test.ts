/** Who reaches the control API: this machine by any of its addresses, others by the token, everybody's probes. */
import { request as httpRequest } from "node:http";
import { networkInterfaces } from "node:os";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isOwnAddress } from "../../src/mock/control/own-address.ts";
import { type RunningMock, createMock, startMock } from "../../src/mock/mock.ts";
import { gatetapeProcess, ready, serveProcess } from "../support/cli.ts";
import { type OtherMachine, canMakeOtherMachine, makeOtherMachine } from "../support/other-machine.ts";

const TOKEN = "a-token-for-these-tests";

/** Asks over a socket. `fetch` would not send a Host of one's own. */
function statusOf(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers, method, agent: false }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    request.on("error", reject).end();
  });
}

let mock: RunningMock;
beforeAll(async () => {
  mock = await startMock({ host: "0.0.0.0", cassettes: [], controlToken: TOKEN });
});
afterAll(() => mock.close());

/** This machine's own addresses beyond loopback. */
const OWN = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal, family }) => !internal && family === "IPv4")
  .map(({ address }) => address);

describe("from this machine", () => {
  it.each(["127.0.0.1", "127.0.0.2", ...OWN])("by %s it needs no token", async (address) => {
    const url = `http://${address}:${mock.port}/__gatetape`;
    expect(await statusOf(url)).toBe(200);
    expect(await statusOf(`${url}/journal`, { host: "localhost" })).toBe(200);
    expect(await statusOf(url, { authorization: "Bearer sk-of-another-server" })).toBe(200);
  });

  it.each([true, false])(
    "a name that leads here stays out without the token (direct: %s)",
    async (direct) => {
      const one = await startMock({ cassettes: [], controlToken: TOKEN, direct });
      const url = `${one.url}/__gatetape`;
      const evil = { host: "evil.example" };
      expect(await statusOf(url, evil)).toBe(403);
      expect(await statusOf(url, { ...evil, authorization: "Bearer another-token" })).toBe(403);
      expect(await statusOf(url, { ...evil, authorization: `Bearer ${TOKEN}` })).toBe(200);
      expect(await statusOf(url, { ...evil, "x-gatetape-token": TOKEN })).toBe(200);
      // A page that was given the token is still another site's page.
      const page = { origin: "https://evil.example", authorization: `Bearer ${TOKEN}` };
      expect(await statusOf(url, page)).toBe(403);
      await one.close();
    },
  );

  it("probes are answered by any name, and only probes", async () => {
    for (const name of ["health", "ready"]) {
      const url = `${mock.url}/__gatetape/${name}`;
      expect(await statusOf(url, { host: "10.1.2.3:4010" })).toBe(200);
      expect(await statusOf(url, { host: "evil.example", origin: "https://evil.example" })).toBe(200);
      expect(await statusOf(url, { host: "pod" }, "HEAD")).toBe(200);
      expect(await statusOf(url, { host: "evil.example" }, "POST")).toBe(403);
    }
    expect(await (await fetch(`${mock.url}/__gatetape/health`)).json()).toEqual({ status: "ok" });
    expect(await (await fetch(`${mock.url}/__gatetape/ready`)).json()).toEqual({ status: "ready" });
  });
});

const canTest = canMakeOtherMachine();
if (!canTest) console.log("left out: calls from another machine (no root, or no iproute2)");

describe.runIf(canTest)("from another machine", () => {
  let other: OtherMachine;
  let url: string;
  beforeAll(() => {
    other = makeOtherMachine();
    url = `http://${other.reachesUsAt}:${mock.port}`;
  });
  afterAll(() => other.remove());

  it.each<[string, Record<string, string>]>([
    ["no token", {}],
    ["the Host of this machine", { host: "localhost" }],
    ["headers that say it is this machine", { host: "localhost", "x-forwarded-for": "127.0.0.1" }],
    ["more of them", { host: "127.0.0.1", forwarded: "for=127.0.0.1", "x-real-ip": "127.0.0.1" }],
    ["another token", { authorization: "Bearer another-token" }],
    ["a part of the token", { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ["the token as another scheme", { authorization: `Basic ${TOKEN}` }],
    ["the token with more behind it", { "x-gatetape-token": `${TOKEN}x` }],
  ])("with %s it is refused", async (_, headers) => {
    for (const path of ["", "/journal", "/health/x"]) {
      const { status, body } = await other.get(`${url}/__gatetape${path}`, headers);
      expect([path, status]).toEqual([path, 401]);
      expect(body).toContain("from others it needs the token");
      expect(body).not.toContain(TOKEN);
    }
  });

  it("with the token it is let in", async () => {
    expect((await other.get(`${url}/__gatetape/journal`, { authorization: `Bearer ${TOKEN}` })).status).toBe(
      200,
    );
    expect((await other.get(`${url}/__gatetape`, { "x-gatetape-token": TOKEN })).status).toBe(200);
    expect(
      (await other.get(`${url}/__gatetape`, { host: "ogl", authorization: `Bearer ${TOKEN}` })).status,
    ).toBe(200);
  });

  it("probes and the gateway itself are open", async () => {
    expect((await other.get(`${url}/__gatetape/health`, { host: "10.1.2.3" })).status).toBe(200);
    expect((await other.get(`${url}/__gatetape/ready`)).status).toBe(200);
    expect((await other.get(`${url}/v1/models`, { authorization: "Bearer sk-a" })).status).toBe(200);
  });

  it("its address is not our own, ours are", () => {
    expect(isOwnAddress(other.address)).toBe(false);
    expect(isOwnAddress(other.reachesUsAt)).toBe(true);
    expect(isOwnAddress(`::ffff:${other.reachesUsAt}`)).toBe(true);
    expect(isOwnAddress(`::ffff:${other.address}`)).toBe(false);
  });

  it("over a listener of both families it is refused too", async () => {
    const both = await startMock({ host: "::", cassettes: [], controlToken: TOKEN });
    const there = `http://${other.reachesUsAt}:${both.port}/__gatetape`;
    expect((await other.get(there, { host: "localhost" })).status).toBe(401);
    expect(await statusOf(`http://127.0.0.1:${both.port}/__gatetape`)).toBe(200);
    expect(await statusOf(`http://[::1]:${both.port}/__gatetape`)).toBe(200);
    await both.close();
  });

  it("the token that the command prints opens it, and is printed once", async () => {
    const served = serveProcess(["mock", "--host", "0.0.0.0", "--port", "0", "--json", "-c", "none"]);
    const { port, controlToken = "" } = (await ready(served)) as { port: number; controlToken?: string };
    expect(controlToken).toMatch(/^[\w-]{24}$/);
    const root = `http://${other.reachesUsAt}:${port}`;
    const authorization = `Bearer ${controlToken}`;
    expect((await other.get(`${root}/__gatetape/journal`)).status).toBe(401);
    expect((await other.get(`${root}/v1/models?token=${controlToken}`, { authorization })).status).toBe(200);
    const journal = await other.get(`${root}/__gatetape/journal`, { authorization });
    expect([journal.status, journal.body]).toEqual([200, expect.not.stringContaining(controlToken)]);
    await served.line((line) => line.includes('"/v1/models'));
    await served.stop();
    expect(served.lines.filter((line) => line.includes(controlToken))).toHaveLength(1);
  });
});

describe("the token", () => {
  it("is printed for people who listen beyond loopback, unless they chose it", async () => {
    const lines = async (...flags: string[]): Promise<string> => {
      const served = serveProcess(["mock", "--port", "0", "-c", "none", ...flags], {
        env: { MY_CONTROL_TOKEN: TOKEN },
      });
      await served.line((line) => line.includes("Ctrl-C stops it"));
      await served.stop();
      return served.lines.join("\n");
    };
    expect(await lines("--host", "0.0.0.0")).toMatch(
      /Other machines can connect to 0\.0\.0\.0\..* this token:\n {2}Authorization: Bearer [\w-]{24}\n/,
    );
    expect(await lines()).not.toContain("this token");
    const chosen = await lines("--host", "0.0.0.0", "--control-token", "env:MY_CONTROL_TOKEN");
    expect(chosen).not.toContain(TOKEN);
    expect(chosen).not.toContain("this token");
  });

  it.each([
    ["", "the token is empty"],
    ["short", "8 or more visible ASCII characters"],
    ["with a blank in it", "8 or more visible ASCII characters"],
    ["env:NO_SUCH_TOKEN", "there is no variable NO_SUCH_TOKEN in the environment"],
  ])("%j is refused with a remedy", async (token, reason) => {
    const { code, stderr } = await gatetapeProcess(["mock", "--port", "0", "--control-token", token]);
    expect(code).toBe(2);
    expect(stderr).toContain("--control-token");
    expect(stderr).toContain(reason);
    expect(stderr).toMatch(/\n {2}fix: \w/);
  });

  it("is another one in each mock, and is the mock's to tell", () => {
    const [a, b] = [createMock({ cassettes: [] }), createMock({ cassettes: [] })];
    expect(a.controlToken).not.toBe(b.controlToken);
    expect(createMock({ cassettes: [], controlToken: TOKEN }).controlToken).toBe(TOKEN);
  });
});

describe("in process", () => {
  const { app } = createMock({ cassettes: [], controlToken: TOKEN });

  it("no token is needed, whatever app is around it", async () => {
    expect((await app.request("/__gatetape")).status).toBe(200);
    const outer = new Hono().route("/ogl", app);
    expect((await outer.request("/ogl/__gatetape")).status).toBe(200);
    expect((await outer.request("/ogl/__gatetape/health")).status).toBe(200);
  });

  it("a server other than Node's, whose peers are not to be seen, needs it", async () => {
    const request = (headers: Record<string, string>): Request =>
      new Request("http://localhost/__gatetape", { headers: { host: "localhost", ...headers } });
    const env = { remoteAddr: { hostname: "127.0.0.1" } };
    expect((await app.fetch(request({}), env)).status).toBe(401);
    expect((await app.fetch(request({ authorization: `Bearer ${TOKEN}` }), env)).status).toBe(200);
  });
});

it("addresses are this machine's own or not, however they are spelled", () => {
  for (const own of ["127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", ...OWN])
    expect([own, isOwnAddress(own)]).toEqual([own, true]);
  for (const foreign of [
    "203.0.113.7",
    "::ffff:203.0.113.7",
    "2001:db8::1",
    "",
    "localhost",
    "127.0.0.1.x",
    "1",
  ])
    expect([foreign, isOwnAddress(foreign)]).toEqual([foreign, false]);
});
