/** A folder with one cassette a test: each is played to the session of its name. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { gatetape, ready, serve } from "../support/cli.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("file-sessions");
const written = (name: string, answers: readonly string[]): string => {
  const file = join(folder, `${name}.cassette.json`);
  mkdirSync(dirname(file), { recursive: true });
  const interactions = answers.map((text) => ({
    name: text,
    request: { method: "GET", target: "/v1/x" },
    ...(answers.length > 1 ? { match: { play: "sequence" } } : {}),
    response: {
      status: 200,
      framing: "length",
      headers: [["content-length", null]],
      body: [{ wait: 0, text }],
    },
    waivers: [{ pointer: "/response", reason: "not the real answer" }],
  }));
  writeFileSync(
    file,
    JSON.stringify({ cassette: 1, about: { title: name, origin: "written", ogl: "0.4.5" }, interactions }),
  );
  return file;
};

written("login", ["login 1", "login 2"]);
written("logout", ["logout"]);
written("admin/login", ["admin login"]);

const start = (sessionPerCassette: boolean): Promise<RunningMock> =>
  startMock({ cassettes: [folder], world: "off", policy: "observe", sessionPerCassette });

async function get(url: string, session?: string): Promise<string> {
  const response = await fetch(
    `${url}/v1/x`,
    session === undefined ? {} : { headers: { "x-gatetape-session": session } },
  );
  return response.text();
}

it("without the flag equal interactions of two cassettes stop the start, and the error names the flag", async () => {
  await expect(start(false)).rejects.toThrow("--session-per-cassette");
  const lint = await gatetape(["cassette", "lint", folder]);
  expect(lint.code).toBe(1);
  expect(lint.stdout).toContain("--session-per-cassette");
});

it("with it each session plays its own cassette, by name, path, with extension, and by URL", async () => {
  await using mock = await start(true);
  expect(await get(mock.url, "logout")).toBe("logout");
  expect(await get(mock.url, "logout.cassette.json")).toBe("logout");
  expect(await get(mock.url, "admin/login")).toBe("admin login");
  expect(await (await fetch(`${mock.baseUrl("admin/login")}/x`)).text()).toBe("admin login");
  const path = join(folder, "login.cassette.json");
  expect(await get(mock.url, path)).toBe("login 1");
  expect(await get(mock.url, path)).toBe("login 2");
  expect(await get(mock.url, path)).toContain("has been played 2 times in this session");
});

it("a name of no cassette, or of two, is a miss that says so", async () => {
  await using mock = await start(true);
  expect(await get(mock.url, "logot")).toContain(
    'session \\"logot\\" is the name of no cassette; did you mean \\"logout\\"?',
  );
  expect(await get(mock.url, "login")).toMatch(/names 2 cassettes: .*admin.*use the path below the folder/);
});

it("a request without a session plays the first cassette with an answer", async () => {
  await using mock = await start(true);
  expect(await get(mock.url)).toBe("admin login");
});

it("is a flag of mock and of lint", async () => {
  expect((await gatetape(["cassette", "lint", "--session-per-cassette", folder])).stdout).toContain(
    "0 errors",
  );
  const served = serve([
    "mock",
    "-p",
    "0",
    "--json",
    "--world",
    "off",
    "--session-per-cassette",
    "-c",
    folder,
  ]);
  try {
    expect(await get((await ready(served)).url, "logout")).toBe("logout");
  } finally {
    await served.stop();
  }
});
