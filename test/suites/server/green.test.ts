/** The mock of each generation is what the server suite says of OGL: no finding outside the errata. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OGL_VERSIONS, errataOf } from "../../../src/openapi/index.ts";
import { SERVER_PROFILES, openCreatedJournal } from "../../../src/suites/index.ts";
import { SERVER_CHECKS } from "../../../src/suites/server/checks/index.ts";
import { SERVER_ERRATA } from "../../../src/suites/server/server-errata.ts";
import { PROBES } from "../../../src/suites/server/probes/index.ts";
import { temporaryFolder } from "../../support/tmp.ts";
import { KEY, exceptions, judgeUrl, strictMock } from "./judged.ts";

const folder = temporaryFolder("server-suite");

/** Known deviations of all generations. */
const KNOWN = {
  "auth/before-body": "known",
  "auth/scheme": "known",
  "errors/openai-envelope": "known",
  "http/head": "known",
  "openapi/published": "known",
  "stream/usage-once": "known",
  "stream/usage-unasked": "known",
};

/** Those of 0.4.x, with a bad upstream behind it. */
const KNOWN_FIRST = {
  ...KNOWN,
  "auth/wrong-key-status": "known",
  "errors/non-object": "known",
  "errors/retry-after": "known",
  "behind/dies-midway": "known",
  "behind/error-first": "known",
  "behind/error-whole": "known",
  "behind/fields": "known",
  "behind/line-separators": "known",
  "behind/no-done": "known",
};

const expected = {
  "0.4.1": {
    ...KNOWN_FIRST,
    "health/models": "not-observable",
    "keys/deleted": "known",
    "keys/expired": "known",
  },
  "0.4.5": { ...KNOWN_FIRST, "embeddings/base64": "known" },
  next: {
    ...KNOWN,
    "embeddings/base64": "known",
    "errors/fields": "known",
    "errors/retry-after": "not-observable",
    "keys/hidden": "known",
    ...Object.fromEntries(
      SERVER_CHECKS.filter(({ id }) => id.startsWith("behind/")).map(({ id }) => [id, "not-observable"]),
    ),
  },
} as const;

describe.concurrent("the mock is green", () => {
  it.each(OGL_VERSIONS)("of OGL %s, which is recognised", async (ogl) => {
    await using mock = await strictMock(ogl);
    const file = join(folder, `${ogl}.ndjson`);
    const journal = openCreatedJournal(file, new URL(mock.url).origin);
    // The fault models have the bytes of 0.4.x, so of `next` they say nothing.
    const consents = ["load", "writes", ...(ogl === "next" ? [] : ["fault-models" as const])] as const;
    const run = await judgeUrl(mock.url, consents, { journal });
    expect(run.ogl).toBe(ogl);
    expect(exceptions(run)).toEqual(expected[ogl]);
    expect(run.verdicts).toHaveLength(SERVER_CHECKS.length);
    await nothingLeft(mock.url, ogl);
  });
});

/** Nothing that the run has made is left on the server, but for keys that stay as revoked. */
async function nothingLeft(url: string, ogl: string): Promise<void> {
  const answer = await fetch(`${url}/v1/me/keys?limit=100`, { headers: { authorization: `Bearer ${KEY}` } });
  const { data } = (await answer.json()) as { data: { name: string; revoked?: boolean }[] };
  expect([ogl, data.filter(({ name, revoked }) => name.startsWith("gatetape-") && revoked !== true)]).toEqual(
    [ogl, []],
  );
}

describe("the catalogue", () => {
  it("has each id once, and probes that are there", () => {
    const ids = SERVER_CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const probes = new Set(PROBES.map(({ id }) => id));
    expect(SERVER_CHECKS.flatMap(({ probes: named }) => named).filter((id) => !probes.has(id))).toEqual([]);
    const judged = new Set(SERVER_CHECKS.flatMap(({ probes: named }) => named));
    expect([...probes].filter((id) => !judged.has(id))).toEqual([]);
  });

  it("cites a rule in each check", () => {
    const cited = /OpenAI API|OpenAPI|RFC \d+|WHATWG|OWASP/;
    expect(SERVER_CHECKS.filter(({ rule }) => !cited.test(rule)).map(({ id }) => id)).toEqual([]);
  });

  it("has profiles of checks that are there", () => {
    const ids = new Set(SERVER_CHECKS.map(({ id }) => id));
    expect(
      Object.values(SERVER_PROFILES)
        .flat()
        .filter((id) => !ids.has(id)),
    ).toEqual([]);
  });

  it("has no erratum of the name of one of the OpenAPI's", () => {
    const named = new Set(OGL_VERSIONS.flatMap((ogl) => errataOf(ogl).map(({ id }) => id)));
    expect(SERVER_ERRATA.filter(({ id }) => named.has(id))).toEqual([]);
  });
});
