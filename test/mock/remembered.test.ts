import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/index.ts";
import type { World } from "../../src/ogl/state/types.ts";
import { temporaryFolder } from "../support/tmp.ts";
import { JSON_TYPE, on } from "./mocks.ts";

const folder = temporaryFolder("remembered");

const chat = (content: string, model = "m"): string =>
  JSON.stringify({ model, messages: [{ role: "user", content }] });

/** Two answers to the same request, one after the other. */
const cassette = (answer: string, play: "once" | "any" = "once"): string =>
  JSON.stringify({
    cassette: 1,
    about: { title: "t", origin: "written", ogl: "0.4.5" },
    interactions: (play === "once" ? [1, 2] : [1]).map((n) =>
      on(
        {
          method: "POST",
          target: "/v1/chat/completions",
          headers: JSON_TYPE,
          json: { model: "m", messages: [{ role: "user", content: "sequence" }] },
        },
        `${answer} ${n}`,
        { play },
      ),
    ),
  });

const ask = async (
  mock: RunningMock,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const response = await fetch(`${mock.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer sk-free", "content-type": "application/json", ...headers },
    body,
  });
  return `${response.status} ${await response.text()}`;
};

const world: World = {
  ogl: "0.4.5",
  models: [{ id: "m", type: "text-generation", created: 1, owned_by: "x" }],
  keys: [
    { key: "sk-limited", limits: [{ model: "m", type: "rpm", value: 5 }] },
    { key: "sk-free" },
    { key: "sk-none", models: [] },
  ],
};

it("answers as a mock without memory: keys, limits, sessions, sequences and types that change", async () => {
  const file = join(folder, "sequence.cassette.json");
  writeFileSync(file, cassette("recorded"));
  const options = { cassettes: [file], world, keepAliveMs: 0, now: () => 1_760_000_000_000 };
  await using mock = await startMock(options);
  // A source of the author's own switches the memory off.
  await using plain = await startMock({ ...options, sources: [{ answer: () => undefined }] });
  const keys = ["sk-limited", "sk-free", "sk-none", "sk-unknown", ""];
  const bodies = [chat("sequence"), chat("hello"), chat("hello", "none"), '{"model":"m"}', "{"];
  const types = ["application/json", "text/plain"];
  const sessions = ["", "a", "b"];
  let state = 7;
  const pick = <T>(list: readonly T[]): T => list[(state = (state * 48271) % 2147483647) % list.length] as T;
  const statuses = new Set<string>();
  for (let i = 0; i < 300; i++) {
    const [key, body, session] = [pick(keys), pick(bodies), pick(sessions)];
    const headers = {
      authorization: `Bearer ${key}`,
      "content-type": i % 7 === 0 ? pick(types) : "application/json",
      ...(session === "" ? {} : { "x-gatetape-session": session }),
    };
    const [one, other] = await Promise.all([ask(mock, body, headers), ask(plain, body, headers)]);
    expect(one.replace(/request-[0-9a-f]+/, "")).toBe(other.replace(/request-[0-9a-f]+/, ""));
    statuses.add(one.slice(0, 3));
  }
  expect([...statuses].toSorted()).toEqual(expect.arrayContaining(["200", "403", "404", "422", "429"]));
});

it("plays what a reload has loaded, to requests that it remembers", async () => {
  const file = join(folder, "reload.cassette.json");
  writeFileSync(file, cassette("old", "any"));
  await using mock = await startMock({ cassettes: [file], world });
  const answers = async (): Promise<string[]> => [
    await ask(mock, chat("sequence")),
    await ask(mock, chat("sequence")),
    await ask(mock, chat("sequence")),
  ];
  expect(new Set(await answers())).toEqual(new Set(["200 old 1"]));
  writeFileSync(file, readFileSync(file, "utf8").replaceAll("old", "new"));
  mock.reload();
  expect(new Set(await answers())).toEqual(new Set(["200 new 1"]));
});

it("gives a function that makes replies a body of its own each time", async () => {
  await using mock = await startMock({ world });
  const seen: unknown[] = [];
  mock.reply(({ body }) => {
    seen.push(structuredClone(body));
    (body["messages"] as unknown[]).length = 0;
    return "yes";
  });
  for (let i = 0; i < 4; i++) expect(await ask(mock, chat("hello"))).toMatch(/^200 /);
  expect(seen).toEqual(Array.from({ length: 4 }, () => JSON.parse(chat("hello")) as unknown));
});
