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
const dates = { created: 1, updated: 1 };
const user = {
  id: 5,
  email: "ann@example.org",
  name: null,
  role: 1,
  organization: null,
  budget: null,
  expires: null,
  priority: 0,
  ...dates,
};
const collection = { id: 1, name: "c", user: 1, description: null, visibility: "private", ...dates };

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
    [
      "a user who has two budgets",
      {
        models: [],
        keys: [
          { key: "a", user: 1, budget: 1 },
          { key: "b", user: 1, budget: 2 },
        ],
      },
      "/keys/1/budget",
      /not the budget of user 1 at \/keys\/0/,
    ],
    ["vectors of no model", { models: [m], vectorModel: "x" }, "/vectorModel", /no model "x"/],
    ["a store that is neither", { models: [], vectorStore: "up" }, "/vectorStore", /"down"/],
    ["a table that is none", { models: [], state: { key: [] } }, "/state", /has no member "key"/],
    ["half a row", { models: [], state: { users: [{ id: 5 }] } }, "/state/users/0", /property 'email'/],
    [
      "another member of a row",
      { models: [], state: { users: [{ ...user, colour: 1 }] } },
      "/state/users/0",
      /has no member "colour"/,
    ],
    [
      "a row twice",
      { models: [], state: { collections: [collection, collection] } },
      "/state/collections/1/id",
      /another row of collections has the id 1/,
    ],
    [
      "a value of another row",
      { models: [], state: { users: [{ ...user, email: "user-1@example.org" }] } },
      "/state/users/0/email",
      /another of the users has this email/,
    ],
    [
      "a row of a role that is not there",
      { models: [], state: { users: [{ ...user, role: 7 }] } },
      "/state/users/0/role",
      /roles have no row with the id 7/,
    ],
    [
      "a document without its collection",
      { models: [], state: { documents: [{ id: 1, name: "d", collection_id: 2, created: 1 }] } },
      "/state/documents/0/collection_id",
      /collections have no row with the id 2/,
    ],
    [
      "a role's limit on no router",
      {
        models: [m],
        state: {
          roles: [
            {
              id: 1,
              name: "r",
              permissions: [],
              limits: [{ router: 2, type: "rpm", value: 1 }],
              ...dates,
            },
          ],
        },
      },
      "/state/roles/0/limits/0/router",
      /routers have no row with the id 2/,
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
