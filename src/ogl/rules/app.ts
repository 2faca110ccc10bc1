import { type AppFacts, FastApiApp } from "../../asgi/index.ts";
import type { OglVersion, Spec } from "../../openapi/index.ts";
import { checkDocumentForm } from "./document-form.ts";
import { MODEL_RULES } from "./model-rules.ts";

/** Operations that get most of the traffic. */
export const QUICK_OPERATIONS: ReadonlySet<string> = new Set([
  "models.list",
  "models.get",
  "chat.create",
  "chat.stream",
  "embeddings.create",
]);

/**
 * The query parameter `required` belongs to the dependency on Elasticsearch. Inferred from its position, the last, in each
 * operation of the OpenAPI.
 */
const DEPENDENCIES: ReadonlySet<string> = new Set(["required"]);

function makeFacts(version: OglVersion): AppFacts {
  return {
    models: MODEL_RULES[version],
    // OGL declares each string with a least length as one whose white space is stripped (read in OGL's source).
    strips: (schema) => "minLength" in schema,
    wholeLimit,
    dependencies: DEPENDENCIES,
    forms: { Body_create_document_v1_documents_post: checkDocumentForm },
    quickOperations: QUICK_OPERATIONS,
  };
}

/**
 * The exact limit of a whole number. The schema prints limits as floats, which rounds the limit of metadata to 1e16
 * (api/schemas/chunks.py 4669ad1c: MIN_NUMBER and MAX_NUMBER are 16 nines).
 */
function wholeLimit(printed: number): bigint {
  if (Math.abs(printed) === 1e16) return printed > 0 ? 9_999_999_999_999_999n : -9_999_999_999_999_999n;
  return BigInt(printed);
}

const apps = new WeakMap<Spec, FastApiApp>();

/** The FastAPI application of a generation of OGL, made once a spec. */
export function fastApiOf(spec: Spec): FastApiApp {
  let app = apps.get(spec);
  if (app === undefined) {
    app = new FastApiApp(spec.document.components, makeFacts(spec.version));
    apps.set(spec, app);
  }
  return app;
}
