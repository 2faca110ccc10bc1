/**
 * A new generation of OGL, step by step:
 *
 * 1. Add its id to `PINNED_VERSIONS` of `src/openapi/document/versions.ts`, and its OpenAPI as `spec/openapi-ID.json`
 *    (`gatetape spec import`).
 * 2. Run `npm run typecheck`. It names each table below that lacks an entry:
 *    - `OPENAPI_OF` in `src/openapi/document/versions.ts`: the OpenAPI of each generation;
 *    - `GENERATIONS` in this file: what each generation does otherwise;
 *    - `MODEL_RULES` in `src/ogl/rules/model-rules.ts`: OGL's own validators;
 *    - `LAST_MEMBERS` in `src/ogl/usage.ts`: the usage that OGL adds to answers;
 *    - `CARBON` in `src/suites/client/scenarios/scripts.ts`: the same usage as real servers send it, for scenarios.
 * 3. Run `test/ogl/versions.test.ts`. It names the JSON Schemas whose `enum` lacks the id and the files that are missing.
 * 4. Add the id to each entry of `spec/errata.json` that still holds, and record its library into `cassettes/ID/`.
 *
 * No other code compares versions; the same test holds that.
 */
import type { OglVersion, Operation } from "../openapi/index.ts";
import type { LimitType, StateRules } from "./state/index.ts";

/** Behaviour in which one generation of OGL differs from another. */
export interface Generation {
  /** True if recordings of it come with the package, in `cassettes/`. */
  readonly bundled: boolean;
  /**
   * True for the operations that the rewritten part of that generation answers. That part words its refusals otherwise, and
   * in 0.4.1 checks only the signature of a key.
   */
  rewritten(operation: Operation): boolean;
  /** The status of "Invalid API key." */
  readonly invalidKey: 401 | 403;
  /** False if the rewritten part accepts an expired or deleted key. */
  readonly checksKeyEverywhere: boolean;
  /** True if limits, access and model are checked before the fields of the body. */
  readonly limitsFirst: boolean;
  /** True if answers have headers with the rest of the limits. */
  readonly limitHeaders: boolean;
  /** True if the gateway has a master key; else its first administrator is a user. */
  readonly hasMaster: boolean;
  /** True for an operation of administrators that the generation leaves open to every user. */
  isOpenToAll(operation: Operation): boolean;
  /** True if each answer has the header `x-request-id`. */
  readonly requestIds: boolean;
  /** True if users, keys, organizations, roles and usage are those of the rewrite of late 2026. */
  readonly hasRewrite: boolean;
  /** Answers of stateful operations. */
  readonly stateRules: StateRules;
  /** The `tool_choice` that a chat with tools gets if the client sends none. */
  readonly toolChoice: "none" | "auto";
  /**
   * True if an upstream's answer is read into a model of OGL's own and printed from it: its id, the order of its members,
   * its spacing and the name of its model are then OGL's.
   */
  readonly reprintsAnswers: boolean;
  /**
   * The answer to embeddings that an upstream sent as base64, which OGL can't read: a crash, or a list of errors as
   * 422.
   */
  readonly unreadAnswer: "crash" | "errors";
  /** True if transcriptions come as texts and subtitles whatever the upstream, and from upstreams of OpenAI's kind. */
  readonly relaysTranscripts: boolean;
  /** True if a transcription has its segments before its usage, in a form of OGL's own. */
  readonly listsSegments: boolean;
  /** True if the tokens of transcriptions are counted and charged, and if their uses and those of OCR are recorded. */
  readonly countsMedia: boolean;
  /** The detail of the 413 for an upload that is larger than OGL takes, in bytes. */
  fileTooLarge(size: number, most: number): string;
  /** The detail of the 404 for a model that does not exist or that the user may not use. */
  modelNotFound(name: string, operation: Operation): string;
  /** The detail of the 422 for a model that the operation can't run on. */
  wrongType(expected: readonly string[], actual: string): string;
  /** The detail of the 429 for a limit of this type and value. */
  limitReached(type: LimitType, value: number): string;
}

const PERIOD: Readonly<Record<LimitType, string>> = { rpm: "minute", rpd: "day", tpm: "minute", tpd: "day" };

const under =
  (...prefixes: string[]) =>
  ({ path }: Operation): boolean =>
    prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));

/** Observed on 0.4.1: auth-models-*, auth-chat-*, misc-admin-users-plain, limit-*, chat-tools-nochoice, stream-plain. */
const FIRST: Generation = {
  bundled: true,
  rewritten: under("/v1/models", "/v1/admin/routers", "/v1/admin/providers"),
  invalidKey: 403,
  checksKeyEverywhere: false,
  limitsFirst: true,
  limitHeaders: false,
  hasMaster: true,
  requestIds: false,
  hasRewrite: false,
  isOpenToAll: ({ method, path }) => method === "PATCH" && path.startsWith("/v1/admin/providers/"),
  stateRules: {
    routerMember: "router",
    wholeRoles: false,
    wholeProviders: false,
    wholeUsers: false,
    readsChunks: false,
    energyMember: "carbon",
  },
  toolChoice: "none",
  reprintsAnswers: false,
  unreadAnswer: "crash",
  relaysTranscripts: false,
  listsSegments: false,
  countsMedia: false,
  fileTooLarge: (_, most) => `File size limit exceeded (max: ${most} bytes).`,
  modelNotFound: () => "Model not found.",
  wrongType: () => "Wrong model type.",
  limitReached: (type, value) =>
    `${value} ${type.startsWith("r") ? "requests" : "input tokens"} per ${PERIOD[type]} exceeded (remaining: 0).`,
};

const LATER: StateRules = {
  routerMember: "router_id",
  wholeRoles: true,
  wholeProviders: true,
  wholeUsers: true,
  readsChunks: true,
  energyMember: "impacts",
};

/** Declared by the OpenAPI of 0.4.5; the rest is taken from 0.4.1. */
const SECOND: Generation = {
  ...FIRST,
  rewritten: (operation) =>
    FIRST.rewritten(operation) ||
    under("/v1/admin/roles", "/health/models")(operation) ||
    operation.path === "/v1/admin/users" ||
    operation.path === "/v1/admin/users/{user_id}",
  checksKeyEverywhere: true,
  hasMaster: false,
  isOpenToAll: () => false,
  stateRules: LATER,
  relaysTranscripts: true,
  listsSegments: true,
  modelNotFound: (name, { id }) => (id === "models.get" ? `Model ${name} not found.` : "Model not found."),
};

/**
 * Read in OGL's source of late 2026 and never seen running: experimental. Its answer to a failure of its own, JSON on a
 * connection that stays, is not made here.
 */
const NEXT: Generation = {
  bundled: false,
  rewritten: () => true,
  invalidKey: 401,
  checksKeyEverywhere: true,
  limitsFirst: false,
  limitHeaders: true,
  hasMaster: false,
  requestIds: true,
  hasRewrite: true,
  isOpenToAll: () => false,
  stateRules: LATER,
  toolChoice: "auto",
  reprintsAnswers: true,
  unreadAnswer: "errors",
  relaysTranscripts: true,
  listsSegments: true,
  countsMedia: true,
  fileTooLarge: (size, most) => `File size limit exceeded. Expected: ${most} Bytes. Actual: ${size} Bytes.`,
  modelNotFound: (name) => `Model ${name} not found.`,
  wrongType: (expected, actual) =>
    `Model has wrong type. Expected: ${expected.join(", ")}. Actual: ${actual}.`,
  limitReached: (type) => `${type.startsWith("r") ? "Request" : "Token"} limit per ${PERIOD[type]} exceeded.`,
};

const GENERATIONS: Readonly<Record<OglVersion, Generation>> = { "0.4.1": FIRST, "0.4.5": SECOND, next: NEXT };

/** The behaviour of a generation. */
export function generationOf(version: OglVersion): Generation {
  return GENERATIONS[version];
}
