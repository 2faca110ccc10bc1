import type { OglVersion, Operation } from "../openapi/index.ts";
import type { LimitType } from "./state/index.ts";

/** What tells one generation of OGL from another where it refuses. */
export interface Generation {
  /**
   * True for the operations that the rewritten part of that generation answers: it words its refusals otherwise, and in
   * 0.4.1 looks at a key's signature only.
   */
  rewritten(operation: Operation): boolean;
  /** The status of "Invalid API key." */
  readonly invalidKey: 401 | 403;
  /** False where the rewritten part takes an expired or deleted key for good. */
  readonly checksKeyEverywhere: boolean;
  /** True where limits, access and model are looked at before the fields of the body are. */
  readonly limitsFirst: boolean;
  /** True where a status of 500 that nothing foresaw is JSON and the connection stays. */
  readonly jsonFailures: boolean;
  /** True where answers tell what is left of the limits. */
  readonly limitHeaders: boolean;
  /** How limits name the model's router. */
  readonly routerMember: "router" | "router_id";
  modelNotFound(name: string, operation: Operation): string;
  wrongType(expected: readonly string[], actual: string): string;
  limitReached(type: LimitType, value: number): string;
}

const PERIOD: Readonly<Record<LimitType, string>> = { rpm: "minute", rpd: "day", tpm: "minute", tpd: "day" };

const under =
  (...prefixes: string[]) =>
  ({ path }: Operation): boolean =>
    prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));

/** Observed on 0.4.1: auth-models-*, auth-chat-*, misc-admin-users-plain, limit-*. */
const FIRST: Generation = {
  rewritten: under("/v1/models", "/v1/admin/routers", "/v1/admin/providers"),
  invalidKey: 403,
  checksKeyEverywhere: false,
  limitsFirst: true,
  jsonFailures: false,
  limitHeaders: false,
  routerMember: "router",
  modelNotFound: () => "Model not found.",
  wrongType: () => "Wrong model type.",
  limitReached: (type, value) =>
    `${value} ${type.startsWith("r") ? "requests" : "input tokens"} per ${PERIOD[type]} exceeded (remaining: 0).`,
};

/** Declared by the OpenAPI of 0.4.5; what that leaves open is taken from 0.4.1. */
const SECOND: Generation = {
  ...FIRST,
  rewritten: (operation) =>
    FIRST.rewritten(operation) ||
    under("/v1/admin/roles", "/health/models")(operation) ||
    operation.path === "/v1/admin/users" ||
    operation.path === "/v1/admin/users/{user_id}",
  checksKeyEverywhere: true,
  routerMember: "router_id",
  modelNotFound: (name, { id }) => (id === "models.get" ? `Model ${name} not found.` : "Model not found."),
};

/** Read in OGL's source of late 2026, never seen running: experimental. */
const NEXT: Generation = {
  rewritten: () => true,
  invalidKey: 401,
  checksKeyEverywhere: true,
  limitsFirst: false,
  jsonFailures: true,
  limitHeaders: true,
  routerMember: "router_id",
  modelNotFound: (name) => `Model ${name} not found.`,
  wrongType: (expected, actual) =>
    `Model has wrong type. Expected: ${expected.join(", ")}. Actual: ${actual}.`,
  limitReached: (type) => `${type.startsWith("r") ? "Request" : "Token"} limit per ${PERIOD[type]} exceeded.`,
};

const GENERATIONS: Readonly<Record<OglVersion, Generation>> = { "0.4.1": FIRST, "0.4.5": SECOND, next: NEXT };

export function generationOf(version: OglVersion): Generation {
  return GENERATIONS[version];
}
