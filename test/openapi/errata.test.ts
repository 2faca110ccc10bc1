import { describe, expect, it } from "vitest";
import { jsonOf, splitTarget } from "../../src/cassette/format/request.ts";
import { importExchanges, parseExchanges } from "../../src/cassette/import/import.ts";
import type { OpenApiDocument } from "../../src/openapi/document/document.ts";
import { type Erratum, type ErratumPatch, applyErrata } from "../../src/openapi/document/errata.ts";
import { Operations } from "../../src/openapi/document/operations.ts";
import {
  OGL_VERSIONS,
  type OglVersion,
  errataOf,
  pinnedDocument,
} from "../../src/openapi/document/versions.ts";
import type { Finding } from "../../src/openapi/validate/findings.ts";
import { Spec, specOf } from "../../src/openapi/validate/validators.ts";
import { type Capture, type Parsed, parseResponse, readCaptures } from "../support/captures.ts";
import { scaledCases } from "../support/scaled.ts";

/** Two requests at once, an answer with two heads, a request with bare LF: not for the tests' own simple reader. */
const UNREADABLE = new Set(["http-pipelined", "http-expect-100", "http-lf-only"]);

/** Errata that no capture shows, or that the flows of test/parity show alone. */
const UNSHOWN = new Set(["metrics-open-text", "transcription-text"]);

/** Where the real server relays what is broken: these deviate from any sensible OpenAPI, and are let stand one by one. */
const DEVIATING = [
  "chat-up-e200-error",
  "stream-die-mid",
  "stream-up-die-mid",
  "stream-up-e200-error",
  "stream-up-hang-mid",
  "stream-up-miderror",
  "stream-up-stream-json",
  "stream-up-u2028",
];

/** Patches that no capture shows: a schema made wider, and what `x-gatetape-anywhere` says as well. */
const IDLE = [
  "error-model-fields: properties/detail",
  "undeclared-statuses: 500/content/application~1json/schema",
  "chat-event-stream: 200/content/application~1json/schema",
  "chat-event-stream: {400,401,403,413,424,429,500}/content/application~1json/schema",
  "chat-event-stream: 500/content/text~1plain/schema",
  "created-key: properties/key",
];

const captures = readCaptures().filter(({ name }) => !UNREADABLE.has(name));
const versionOf = ({ file }: Capture): OglVersion => (file.startsWith("045p") ? "0.4.5" : "0.4.1");

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** A request taken apart with nothing of gatetape's own; one that is no HTTP has no method. */
function requestOf({ request }: Capture): Asked {
  if (!request.includes("\r\n\r\n")) return { method: "", target: "/", headers: [], body: request };
  const { statusLine, headers, body } = parseResponse(request);
  const [method = "", target = "/"] = statusLine.split(" ");
  const pairs = headers.map(
    (header) => [header.slice(0, header.indexOf(":")), header.slice(header.indexOf(":") + 1).trim()] as const,
  );
  return { method, target, headers: pairs, body };
}

const contentType = ({ headers }: Parsed): string | undefined =>
  headers.find((header) => /^content-type:/i.test(header))?.replace(/^[^:]*: */, "");
const statusOf = ({ statusLine }: Parsed): number => Number(statusLine.split(" ")[1]);

/** What of a capture does not keep to a spec: the response, and the request if it was answered 2xx. */
function findings(spec: Spec, capture: Capture): Finding[] {
  const { method, target, headers, body } = requestOf(capture);
  const { path, query } = splitTarget(target);
  const json = jsonOf(headers, body);
  const found = spec.operationOf(method, path, json);
  const response = parseResponse(capture.response);
  const status = statusOf(response);
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1];
  return [
    ...(found !== undefined && status >= 200 && status < 300
      ? spec.validateRequest({ ...found, query, contentType: type, body, json })
      : []),
    ...spec.validateResponse({
      operation: found?.operation,
      status,
      contentType: contentType(response),
      body: response.body,
    }),
  ];
}

/** A spec whose document has other errata than all. Its schemas are compiled when first used, so it may be changed until then. */
class SpecWith extends Spec {
  override readonly operations: Operations;
  constructor(version: OglVersion, errata: readonly Erratum[]) {
    super(version);
    const other = pinnedDocument(version);
    applyErrata(other, errata);
    const { components } = this.document;
    for (const key of Object.keys(components)) delete components[key];
    Object.assign(components, other.components);
    const document = this.document as unknown as Record<string, unknown>;
    for (const key of Object.keys(document)) if (key !== "components") delete document[key];
    Object.assign(document, { ...other, components });
    this.operations = new Operations(this.document satisfies OpenApiDocument);
  }
}

/** The captures of each version that validate with all errata. */
const valid = new Map(
  OGL_VERSIONS.map((version) => [
    version,
    captures.filter(
      (capture) => versionOf(capture) === version && findings(specOf(version), capture).length === 0,
    ),
  ]),
);
const validOf = (version: OglVersion): readonly Capture[] => valid.get(version) ?? [];

/** The captures of a version that validate with all errata and no longer with these. */
function brokenBy(version: OglVersion, errata: readonly Erratum[]): string[] {
  const spec = new SpecWith(version, errata);
  return validOf(version)
    .filter((capture) => findings(spec, capture).length > 0)
    .map(({ name }) => name);
}

/** One of those captures. Those that an erratum names are looked at first: each operation's schemas take long to compile. */
function firstBrokenBy(errata: readonly Erratum[], { evidence }: Erratum): string | undefined {
  const spec = new SpecWith("0.4.1", errata);
  const named = ({ name }: Capture): boolean => evidence.includes(name);
  return validOf("0.4.1")
    .toSorted((a, b) => Number(named(b)) - Number(named(a)))
    .find((capture) => findings(spec, capture).length > 0)?.name;
}

/** A schema of gatetape's own that others refer to is no correction; it is there in any case. */
const defines = ({ at }: ErratumPatch): boolean => at.startsWith("/components/schemas/Gatetape");

/** The errata of a version without some patches. */
const without = (version: OglVersion, drop: (erratum: Erratum, patch: ErratumPatch) => boolean): Erratum[] =>
  errataOf(version).map((erratum) => ({
    ...erratum,
    patch: erratum.patch.filter((patch) => defines(patch) || !drop(erratum, patch)),
  }));

// The captures of 0.4.5 are few; its errata are those of 0.4.1.
const patched = errataOf("0.4.1").filter(({ id, patch }) => patch.length > 0 && !UNSHOWN.has(id));

describe("an erratum is needed: without it a capture of the real server is no longer valid", () => {
  it.each(patched.map((erratum) => [erratum.id, erratum] as const))("%s", (id, erratum) => {
    const broken = firstBrokenBy(
      without("0.4.1", (one) => one.id === id),
      erratum,
    );
    console.log(`erratum ${id}: ${broken} needs it`);
    expect(broken).toBeDefined();
  });

  it("in each of its patches, but for those that are named here", () => {
    const idle = patched.flatMap((erratum) =>
      erratum.patch
        .filter((one) => !defines(one))
        .filter(({ op, at }) => {
          const others = without(
            "0.4.1",
            (other, one) => other.id === erratum.id && one.op === op && one.at === at,
          );
          return firstBrokenBy(others, erratum) === undefined;
        })
        .map(
          ({ at }) =>
            `${erratum.id}: ${at
              .split("/")
              .slice(at.endsWith("schema") ? -4 : -2)
              .join("/")}`,
        ),
    );
    expect(idle).toEqual(IDLE);
  });

  it("metrics-open-text, which no capture shows, by what it says itself", () => {
    const metrics = (spec: Spec): unknown => {
      const operation = spec.operationOf("GET", "/metrics", undefined)?.operation;
      const response = {
        operation,
        status: 200,
        contentType: "text/plain; version=0.0.4",
        body: Buffer.from("# HELP x\nx 1\n"),
      };
      return [operation?.secured, spec.validateResponse(response).map(({ code }) => code)];
    };
    for (const version of OGL_VERSIONS) {
      expect(metrics(specOf(version))).toEqual([false, []]);
      expect(
        metrics(
          new SpecWith(
            version,
            without(version, ({ id }) => id === "metrics-open-text"),
          ),
        ),
      ).toEqual([true, ["content-type"]]);
    }
  });

  it("transcription-text, which a flow shows, by what it says itself", () => {
    const transcript = (spec: Spec): unknown => {
      const operation = spec.operationOf("POST", "/v1/audio/transcriptions", undefined)?.operation;
      const response = { operation, status: 200, contentType: "text/plain; charset=utf-8" };
      return spec
        .validateResponse({ ...response, body: Buffer.from("Hello, world!") })
        .map(({ code }) => code);
    };
    for (const version of OGL_VERSIONS) {
      expect(transcript(specOf(version))).toEqual([]);
      const others = without(version, ({ id }) => id === "transcription-text");
      expect(transcript(new SpecWith(version, others))).toEqual(["content-type"]);
    }
  });

  it("and all are: with none of them most errors are no longer valid, with all of them nothing changes", () => {
    expect(
      brokenBy(
        "0.4.1",
        without("0.4.1", () => true),
      ).length,
    ).toBeGreaterThan(100);
    expect(brokenBy("0.4.1", errataOf("0.4.1"))).toEqual([]);
  });
});

describe("the errata", () => {
  it("name captures that are there", () => {
    const known = new Set(readCaptures().map(({ name }) => name));
    const files = new Set(readCaptures().map(({ file }) => file));
    const prefixes = new Set([...files].map((file) => file.replace(".jsonl", "")));
    const named = errataOf("0.4.1").flatMap(({ id, evidence }) =>
      [...evidence.matchAll(/\b[a-z0-9]+(?:-[a-z0-9]+)+\b(?!\.jsonl)|\b[a-z0-9]+\.jsonl/g)].map(
        ([name]) => [id, name] as const,
      ),
    );
    const unknown = named.filter(([, name]) =>
      name.endsWith(".jsonl") ? !files.has(name) : prefixes.has(name.split("-")[0] ?? "") && !known.has(name),
    );
    expect(unknown).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });

  it("have an id each, and say what holds and why", () => {
    const all = OGL_VERSIONS.map((version) => errataOf(version));
    for (const errata of all) {
      expect(new Set(errata.map(({ id }) => id)).size).toBe(errata.length);
      expect(
        errata.filter(({ says, does, evidence }) => says === "" || does === "" || evidence === ""),
      ).toEqual([]);
    }
  });

  it("change only what they name: another document, applied twice, is the same", () => {
    for (const version of OGL_VERSIONS) {
      const once = pinnedDocument(version);
      applyErrata(once, errataOf(version));
      const twice = structuredClone(once);
      applyErrata(twice, errataOf(version));
      expect(twice).toEqual(once);
      expect(pinnedDocument(version)).not.toEqual(once);
    }
  });
});

describe("a capture that was answered 2xx keeps to the OpenAPI with its errata", () => {
  const answered = captures.filter((capture) =>
    /^2\d\d$/.test(String(statusOf(parseResponse(capture.response)))),
  );
  const declared = answered.filter((capture) => {
    const { method, target, headers, body } = requestOf(capture);
    return (
      specOf(versionOf(capture)).operationOf(method, splitTarget(target).path, jsonOf(headers, body)) !==
      undefined
    );
  });

  it("but for those that are named here", () => {
    expect(declared.length).toBeGreaterThan(100);
    const deviating = declared.filter((capture) => findings(specOf(versionOf(capture)), capture).length > 0);
    expect(deviating.map(({ name }) => name).toSorted()).toEqual(DEVIATING);
  });

  it("of an operation that the OpenAPI has", () => {
    expect(answered.filter((capture) => !declared.includes(capture)).map(({ name }) => name)).toEqual([]);
  });

  it("and of all others each validates as well: errors are declared by the errata", () => {
    const others = captures.filter((capture) => !answered.includes(capture));
    const deviating = others.filter((capture) => findings(specOf(versionOf(capture)), capture).length > 0);
    expect(deviating.map(({ name }) => name)).toEqual([]);
  });

  it.each(DEVIATING)("%s gets a waiver when it is imported", async (name) => {
    const capture = captures.find((one) => one.name === name) as Capture;
    const about = { title: name, origin: "recorded", ogl: versionOf(capture) } as const;
    const { interactions } = await importExchanges(capture.file, parseExchanges(capture.file, capture.line), {
      about,
    });
    expect(interactions[0]?.waivers?.map(({ pointer }) => pointer.split("/", 3).join("/"))).toContain(
      "/response/body",
    );
    expect(interactions[0]?.waivers?.every(({ reason }) => reason.startsWith("as recorded: "))).toBe(true);
  });

  it("and no other gets one", async () => {
    const waived: string[] = [];
    // A kind of its own: each deviating one is among the tenth that is taken.
    const kindOf = ({ file, name }: Capture): string => (DEVIATING.includes(name) ? name : file);
    for (const capture of scaledCases(captures, kindOf)) {
      const about = { title: "t", origin: "recorded", ogl: versionOf(capture) } as const;
      const imported = await importExchanges(capture.file, parseExchanges(capture.file, capture.line), {
        about,
      }).catch(() => undefined);
      if (imported?.interactions[0]?.waivers !== undefined) waived.push(capture.name);
    }
    expect(waived.toSorted()).toEqual(DEVIATING);
  });
});
