import type { AnySchema } from "ajv";
import type { Ajv2020, ErrorObject, Options, ValidateFunction } from "ajv/dist/2020.js";
import { builtValidator, newAjv } from "../../util/index.ts";
import type { JsonObject, JsonValue } from "../document/index.ts";
import type { Finding } from "./findings.ts";
import { WIDENED, reduceUnions } from "./unions.ts";

/** Most schema findings of one body: a wrong batch of 2,048 inputs is one mistake, not 2,048. */
const MAX_FINDINGS = 10;

export type SchemaFinding = Pick<Finding, "pointer" | "message" | "missing" | "keyword">;

/** Schemas accepted beside a declared type, by `type`, and by `boolean-literal` for an enum of booleans. */
export type Widening = Readonly<Record<string, JsonObject>>;

/** Checks values against the schemas of one OpenAPI document; each is compiled when it is first used. */
export class SchemaChecker {
  /** Validators that stop at the first error: all that a valid value costs. */
  readonly #quick: Validators;
  /** Validators that list every error; only compiled for schemas that a value has failed. */
  readonly #thorough: Validators;

  /** @param name under which the build keeps the quick validators of these schemas */
  constructor(name: string, components: JsonObject, wideningOf: () => Widening = () => ({})) {
    this.#quick = new Validators(components, wideningOf, name);
    this.#thorough = new Validators(components, wideningOf);
  }

  check(schema: JsonObject, value: unknown, found: (finding: SchemaFinding) => void): void {
    if (this.#quick.of(schema)(value)) return;
    const validate = this.#thorough.of(schema);
    if (validate(value)) return;
    const reduced = reduceUnions(validate.errors ?? [], (branch) => this.#thorough.ofCompiled(branch));
    for (const error of relevant(reduced).slice(0, MAX_FINDINGS)) {
      const params = error.params as Record<string, unknown>;
      const missing = error.keyword === "required" ? { missing: String(params["missingProperty"]) } : {};
      found({ pointer: error.instancePath, message: messageOf(error), keyword: error.keyword, ...missing });
    }
  }
}

class Validators {
  readonly #components: JsonObject;
  readonly #wideningOf: () => Widening;
  /** Absent for validators that list every error. */
  readonly #name: string | undefined;
  readonly #compiled = new Map<object, ValidateFunction>();
  #widening: Widening = {};
  #ajv: Ajv2020 | undefined;

  constructor(components: JsonObject, wideningOf: () => Widening, name?: string) {
    this.#components = components;
    this.#wideningOf = wideningOf;
    this.#name = name;
  }

  of(schema: JsonObject): ValidateFunction {
    let validate = this.#compiled.get(schema);
    if (validate === undefined) {
      validate = this.#compile(schema);
      this.#compiled.set(schema, validate);
    }
    return validate;
  }

  /** The validator of a part of a schema that was compiled before, which an error refers to. */
  ofCompiled(part: AnySchema): ValidateFunction {
    if (typeof part === "boolean") return this.#engine().compile(part);
    let validate = this.#compiled.get(part);
    if (validate === undefined) {
      validate = this.#engine().compile(absoluteRefs(part as JsonObject) as JsonObject);
      this.#compiled.set(part, validate);
    }
    return validate;
  }

  #compile(schema: JsonObject): ValidateFunction {
    const built = this.#name === undefined ? undefined : builtValidator(validatorName(this.#name, schema));
    if (built !== undefined) return built;
    const ajv = this.#engine();
    return ajv.compile(documentSchema(schema, this.#widening));
  }

  #engine(): Ajv2020 {
    if (this.#ajv !== undefined) return this.#ajv;
    this.#widening = this.#wideningOf();
    const allErrors = this.#name === undefined;
    // With `verbose` an error has the schema and the value that it is about.
    this.#ajv = documentAjv(this.#components, this.#widening, { allErrors, verbose: allErrors });
    return this.#ajv;
  }
}

/** The name under which the build keeps the validator of a schema. */
export function validatorName(name: string, schema: JsonObject): string {
  return `${name} ${JSON.stringify(schema)}`;
}

/** Ajv with the components of a document. */
export function documentAjv(components: JsonObject, widening: Widening, options: Options): Ajv2020 {
  const ajv = newAjv({ strict: false, validateFormats: false, ...options });
  return ajv.addSchema({ $id: DOCUMENT_ID, components: widenedSchema(components, widening) });
}

/** A schema of a document, as Ajv with the document's components takes it. */
export function documentSchema(schema: JsonObject, widening: Widening): JsonObject {
  return absoluteRefs(widenedSchema(schema, widening)) as JsonObject;
}

function widenedSchema(schema: JsonObject, widening: Widening): JsonObject {
  return Object.keys(widening).length === 0 ? schema : (widened(schema, widening) as JsonObject);
}

const DOCUMENT_ID = "openapi:document";

/** Schemas of requests, with what pydantic's lax mode takes beside the declared types (erratum `lax-requests`). */
function widened(schema: JsonValue, widen: Widening): JsonValue {
  if (Array.isArray(schema)) return schema.map((item) => widened(item, widen));
  if (schema === null || typeof schema !== "object") return schema;
  const copy: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    copy[key] = key === "default" || key === "const" || key === "enum" ? value : widened(value, widen);
  }
  const type = copy["type"];
  if (typeof type !== "string") return copy;
  const literal = type === "boolean" && "enum" in copy;
  const beside = widen[literal ? "boolean-literal" : type];
  if (beside === undefined) return copy;
  delete copy["type"];
  if (literal) delete copy["enum"];
  return { ...copy, anyOf: [{ type }, beside], [WIDENED]: true };
}

function absoluteRefs(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map((item) => absoluteRefs(item));
  if (schema === null || typeof schema !== "object") return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === "$ref" && typeof value === "string" && value.startsWith("#")
        ? `${DOCUMENT_ID}${value}`
        : absoluteRefs(value),
    ]),
  );
}

/** Errors without those of a condition as such, where the errors of its branches say more. */
function relevant(errors: readonly ErrorObject[]): ErrorObject[] {
  const branches = errors.filter((error) => error.keyword !== "if");
  return branches.length > 0 ? branches : [...errors];
}

function messageOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  if (error.keyword === "const") return `must be ${JSON.stringify(params["allowedValue"])}`;
  if (error.keyword === "enum") return `must be one of ${JSON.stringify(params["allowedValues"])}`;
  return error.message ?? error.keyword;
}
