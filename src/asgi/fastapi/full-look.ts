import type { Operation } from "../../openapi/index.ts";
import type { FastApiApp } from "./app.ts";

/**
 * Tests whether `checkRequest` could refuse a request in which the OpenAPI's validator found nothing.
 *
 * @param json the value of the body; `undefined` if it was not read as JSON
 */
export function needsFullLook(app: FastApiApp, operation: Operation, json: unknown): boolean {
  if (!app.facts.quickOperations.has(operation.id)) return true;
  if (operation.definition.requestBody === undefined) return false;
  if (typeof json !== "object" || json === null) return true;
  const body = json as Readonly<Record<string, unknown>>;
  return app.rulesOf(operation).some(({ concerns }) => concerns?.(body) ?? true);
}
