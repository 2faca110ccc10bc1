/** The bundle is the sources: it judges files by validators that were compiled beforehand, and says the same of them. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { MAIN, SOURCE_MAIN } from "../support/main.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("bundle");
const root = join(import.meta.dirname, "../..");

function ran(
  main: string,
  args: readonly string[],
  env: Record<string, string> = {},
): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { code: status, text: (stdout + stderr).replaceAll(main, "MAIN") };
}

type Json = Record<string, unknown>;
const good = JSON.parse(readFileSync(join(root, "cassettes/0.4.5/written-chat.cassette.json"), "utf8")) as {
  about: Json;
  interactions: { request: Json; response: Json }[];
};

function fileOf(name: string, json: unknown): string {
  const file = join(folder, `${name}.cassette.json`);
  writeFileSync(file, JSON.stringify(json));
  return file;
}

/** The cassette with another answer, which is JSON. */
const answering = (json: unknown): unknown => ({
  ...good,
  interactions: good.interactions
    .slice(0, 1)
    .map((one) => ({ ...one, response: { ...one.response, body: [{ json }] } })),
});

describe("the bundle", () => {
  it("is what the tests start", () => {
    expect(MAIN).not.toBe(SOURCE_MAIN);
    expect(existsSync(MAIN)).toBe(true);
  });

  it.each<[string, unknown]>([
    ["an unknown member", { ...good, extra: 1 }],
    ["no interactions", { cassette: 1, about: good.about }],
    ["another origin", { ...good, about: { ...good.about, origin: "dreamt" } }],
    ["an answer without choices", answering({ id: "x" })],
    ["an answer of a wrong type", answering({ id: 5, choices: [{ index: "a", message: {} }] })],
    [
      "a request without messages",
      {
        ...good,
        interactions: good.interactions.map((one) => ({
          ...one,
          request: { ...one.request, json: { model: "a" } },
        })),
      },
    ],
    ["nothing wrong", good],
  ])("says of a cassette with %s what the sources say", (name, json) => {
    const file = fileOf(name.replaceAll(" ", "-"), json);
    const args = ["cassette", "lint", file];
    expect(ran(MAIN, args)).toEqual(ran(SOURCE_MAIN, args));
  });

  it.each([
    ["config", { mock: { port: "x", wrong: true } }],
    ["config", { mock: { replies: [{ reply: 5 }] } }],
  ])("says of a %s %j what the sources say", (_, json) => {
    const file = join(folder, "wrong.config.json");
    writeFileSync(file, JSON.stringify(json));
    const args = ["mock", "--config", file];
    expect(ran(MAIN, args)).toEqual(ran(SOURCE_MAIN, args));
  });

  it("holds a cassette that it knows against the leak rules, and one that has changed against all", () => {
    const cache = { XDG_CACHE_HOME: join(folder, "cache") };
    const cassettes = join(folder, "own");
    mkdirSync(cassettes);
    const file = join(cassettes, "a.cassette.json");
    writeFileSync(file, JSON.stringify(good));
    const args = ["gate", "-q", "--cassettes", cassettes, "--", process.execPath, "-e", ""];
    const first = ran(MAIN, args, cache);
    expect(first.text).toContain("of 14 interactions played");
    const known = readdirSync(join(folder, "cache/gatetape/validated"));
    expect(known).toHaveLength(1);
    expect(ran(MAIN, args, cache)).toEqual(first);
    writeFileSync(file, JSON.stringify({ ...good, extra: 1 }));
    expect(ran(MAIN, args, cache)).toMatchObject({
      code: 2,
      text: expect.stringContaining("unknown member") as string,
    });
    expect(readdirSync(join(folder, "cache/gatetape/validated"))).toEqual(known);
  });

  it("shows its version without loading its commands", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    for (const flag of ["--version", "-V"])
      expect(ran(MAIN, [flag])).toEqual({ code: 0, text: `${version}\n` });
  });

  it("maps its lines to the sources", () => {
    const [, chunk = ""] = /"\.\.\/chunks\/(cli-[^"]+)"/.exec(readFileSync(MAIN, "utf8")) ?? [];
    const map = `${chunk}.map`;
    const { sources } = JSON.parse(readFileSync(join(dirname(MAIN), "../chunks", map), "utf8")) as {
      sources: string[];
    };
    expect(sources.some((source) => source.endsWith("src/cli/cli.ts"))).toBe(true);
  });
});
