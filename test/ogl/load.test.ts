import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WorldError, loadWorld } from "../../src/ogl/state/load.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("world");

function errorOf(text: string): WorldError {
  const file = join(folder, "world.json");
  writeFileSync(file, text);
  try {
    loadWorld(file);
  } catch (error) {
    if (error instanceof WorldError) return error;
    throw error;
  }
  throw new Error("it loads");
}

const m = { id: "m", type: "text-generation" };

describe("a world file", () => {
  it.each<[string, unknown, string | undefined, RegExp]>([
    ["no JSON", "{", undefined, /not JSON/],
    ["no object", [], "", /must be object/],
    ["no models", { keys: [] }, "", /must have required property 'models'/],
    ["another member", { models: [], keys: [], key: 1 }, "", /has no member "key"/],
    [
      "another member of a key",
      { models: [], keys: [{ key: "a", limit: [] }] },
      "/keys/0",
      /has no member "limit"/,
    ],
    ["a generation that is none", { ogl: "9", models: [], keys: [] }, "/ogl", /"0.4.1","0.4.5","next"/],
    [
      "two models of one name",
      { models: [m, { ...m, id: "n", aliases: ["x", "m"] }], keys: [] },
      "/models/1/aliases/1",
      /already a name of \/models\/0/,
    ],
    [
      "a key twice",
      { models: [], keys: [{ key: "a" }, { key: "a" }] },
      "/keys/1/key",
      /the same key as \/keys\/0/,
    ],
    [
      "a limit of no model",
      { models: [m], keys: [{ key: "a", limits: [{ model: "x", type: "rpm", value: 1 }] }] },
      "/keys/0/limits/0/model",
      /no model "x"/,
    ],
    [
      "access to no model",
      { models: [m], keys: [{ key: "a", models: ["m", "x"] }] },
      "/keys/0/models/1",
      /no model "x"/,
    ],
    [
      "a negative limit",
      { models: [m], keys: [{ key: "a", limits: [{ model: "m", type: "rpm", value: -1 }] }] },
      "/keys/0/limits/0/value",
      />= 0/,
    ],
  ])("with %s is refused, with the place and the fix", (_, json, pointer, reason) => {
    const error = errorOf(typeof json === "string" ? json : JSON.stringify(json));
    expect(error.location.pointer).toBe(pointer);
    expect(error.reason).toMatch(reason);
    expect(error.fix).toMatch(/\w/);
    expect(error.message).toContain("world.json");
  });

  it("that is not there is named", () => {
    expect(() => loadWorld(join(folder, "nowhere.json"))).toThrow(/nowhere\.json: there is no such file/);
  });
});
