import { execFileSync } from "node:child_process";
import * as net from "node:net";
import { describe, expect, it } from "vitest";
import { gatetape, ready, serve, serveProcess } from "../support/cli.ts";

const hasCurl = ((): boolean => {
  try {
    execFileSync("curl", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
if (!hasCurl) console.log("left out: pasting the printed curl lines into a shell (no curl on this machine)");

describe("gatetape mock", () => {
  it("prints one line of JSON when it is ready, and one for each request", async () => {
    const mock = serve(["mock", "--port", "0", "--json", "--speed", "instant"]);
    try {
      const { url, base, port, ogl, interactions, operations, origins } = await ready(mock);
      expect(mock.lines).toHaveLength(1);
      expect(base).toBe(`${url}/v1`);
      expect(url).toBe(`http://127.0.0.1:${port}`);
      expect(ogl).toBe("0.4.5");
      expect(Object.values(operations).reduce((a, b) => a + b)).toBe(interactions);
      expect(Object.values(origins).reduce((a, b) => a + b)).toBe(interactions);
      const answer = await fetch(`${base}/models`, {
        headers: { authorization: "Bearer any", "x-gatetape-session": "s1" },
      });
      expect(answer.status).toBe(200);
      const line = await mock.line((text) => text.startsWith('{"request"'));
      expect(JSON.parse(line)).toMatchObject({
        request: {
          method: "GET",
          target: "/v1/models",
          session: "s1",
          operation: "models.list",
          status: 200,
          ended: "complete",
          findings: [],
        },
      });
    } finally {
      expect(await mock.stop()).toBe(0);
    }
  });

  it("says where it listens, what it serves, and what to try", async () => {
    const mock = serveProcess(["mock", "--port", "0"]);
    try {
      await mock.line((line) => line.includes("Ctrl-C"));
      const text = mock.lines.join("\n");
      expect(text).toMatch(/^gatetape mock of OGL 0\.4\.5 at http:\/\/127\.0\.0\.1:\d+$/m);
      expect(text).toMatch(/^\d+ interactions \(\d+ derived, \d+ written\):$/m);
      expect(text).toMatch(/^ {2}chat\.stream +\d+$/m);
      expect(text.match(/^ {2}curl /gm)).toHaveLength(3);
      expect(text).toMatch(/^ {2}export OPENAI_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/v1 OPENAI_API_KEY=\S+$/m);
    } finally {
      expect(await mock.stop("SIGINT")).toBe(0);
    }
  });

  it.runIf(hasCurl)("prints curl lines that work when they are pasted", async () => {
    // A process of its own: this one waits for curl and could not answer.
    const mock = serveProcess(["mock", "--port", "0"]);
    try {
      await mock.line((line) => line.includes("Ctrl-C"));
      const curls = mock.lines.filter((line) => line.startsWith("  curl "));
      const [models, json, stream] = curls.map((line) =>
        execFileSync("sh", ["-c", `${line.trim()} -s --fail --noproxy '*'`], { encoding: "utf8" }),
      );
      expect(JSON.parse(models ?? "")).toMatchObject({ object: "list" });
      expect(JSON.parse(json ?? "")).toMatchObject({
        choices: [{ message: { content: expect.stringContaining("Paris") as string } }],
      });
      expect(stream).toMatch(/^data: \{.*\n\n/);
      expect(stream?.endsWith("data: [DONE]\n\n")).toBe(true);
    } finally {
      await mock.stop();
    }
  });

  it("--no-direct answers by Hono and Node's own headers, the journal all the same", async () => {
    const mock = serve(["mock", "--port", "0", "--json", "--no-direct"]);
    try {
      const { base } = await ready(mock);
      const answer = await fetch(`${base}/models`, { headers: { authorization: "Bearer any" } });
      expect([answer.status, answer.headers.get("keep-alive")]).toEqual([200, "timeout=2"]);
      await answer.text();
      const line = await mock.line((text) => text.startsWith('{"request"'));
      expect(JSON.parse(line)).toMatchObject({ request: { operation: "models.list", ended: "complete" } });
    } finally {
      expect(await mock.stop()).toBe(0);
    }
  });

  it.each([
    [[], /^HTTP\/1\.1 405 Method Not Allowed\r\n/],
    [["--no-h11"], /^HTTP\/1\.1 400 Bad Request\r\n/],
  ])("with %j an unknown method is read by h11's rules, or by Node's", async (flags, status) => {
    const mock = serve(["mock", "--port", "0", "--json", ...flags]);
    try {
      const { host, port } = await ready(mock);
      const socket = net.connect(port, host);
      socket.end("BREW /v1/models HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
      let text = "";
      for await (const bytes of socket) text += String(bytes);
      expect(text).toMatch(status);
    } finally {
      expect(await mock.stop()).toBe(0);
    }
  });

  it("prints help that a newcomer can go by", async () => {
    const { code, stdout } = await gatetape(["mock", "--help"]);
    expect(code).toBe(0);
    for (const flag of ["--port", "--cassettes", "--ogl", "--speed", "--world", "--policy", "--json"])
      expect(stdout).toContain(flag);
    expect(stdout).toContain("Examples:");
    expect(stdout.split("\n").every((line) => line.length <= 120)).toBe(true);
  });

  it("says which port is in use and how to choose another", async () => {
    const server = net.createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as net.AddressInfo;
    const { code, stdout, stderr } = await gatetape(["mock", "--port", String(port)]);
    server.close();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is in use`);
    expect(stderr).toContain("--port");
  });

  it.each([
    [["mock", "--prot", "1"], /unknown option '--prot'[\s\S]*--port/],
    [["mock", "--port", "x"], /A port is a number from 0 to 65535/],
    [["mock", "--port", "70000"], /A port is a number from 0 to 65535/],
    [["mock", "--speed", "fast"], /original, instant, or a factor like 4x/],
    [["mock", "--ogl", "9"], /Allowed choices are 0\.4\.1, 0\.4\.5/],
    [["mock", "--cassettes", "/no/such/folder"], /\/no\/such\/folder: no such file or folder\n {2}fix: /],
    [["mock", "--journal", "/no/such/folder/x"], /\/no\/such\/folder\/x: can't be written: .*\n {2}fix: /],
    [["mock", "extra"], /too many arguments/],
    [["mcok"], /unknown command 'mcok'[\s\S]*mock/],
  ])("refuses %j with exit code 2 and says why", async (args, message) => {
    const { code, stdout, stderr } = await gatetape(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /); // no stack
  });
});
