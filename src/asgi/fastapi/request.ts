import type { JsonObject, Operation, ParameterObject } from "../../openapi/index.ts";
import type { AppFacts, FastApiApp } from "./app.ts";
import type { Types } from "./compile.ts";
import { ERRORS, type Loc, type PydanticError, errorAt } from "./errors.ts";
import { BODY_UNREADABLE, type Form, readForm } from "./forms.ts";
import { readPythonJson } from "./json.ts";
import { Crash, NestedErrors, Refusal } from "./raise.ts";
import type { Run, Type } from "./types.ts";
import { fallbackOf, validate } from "./validate.ts";
import type { PyFile, PyValue } from "./value.ts";

/** A request to one operation, as FastAPI sees it. */
export interface RequestToCheck {
  readonly operation: Operation;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Names and values of the query, decoded (`queryPairs`). */
  readonly query: readonly (readonly [string, string])[];
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

/** The values that FastAPI hands to an operation. */
export interface Inputs {
  /** Path and query parameters by name, in their order, with defaults. */
  readonly path: ReadonlyMap<string, unknown>;
  readonly query: ReadonlyMap<string, unknown>;
  /** The body as its model, or the fields of a form; `undefined` for an operation without one. */
  readonly body: unknown;
}

/** The verdict of FastAPI and pydantic on a request, before the application's own code sees it. */
export type Verdict =
  | { readonly kind: "accepted"; readonly json: PyValue | undefined; readonly inputs: Inputs }
  /** 422 with these errors. */
  | { readonly kind: "errors"; readonly errors: readonly PydanticError[] }
  /** An HTTPException: `{"detail": …}` with this status. */
  | { readonly kind: "refused"; readonly status: number; readonly detail: string }
  /** An unhandled exception: 500, `Internal Server Error` as text, and the connection is closed. */
  | { readonly kind: "crashed"; readonly exception: string };

/**
 * Judges a request as FastAPI 0.135 and pydantic 2.12 do.
 *
 * @param now milliseconds since 1970
 */
export function checkRequest(app: FastApiApp, request: RequestToCheck, now: number = Date.now()): Verdict {
  try {
    return new Check(app, request, now).verdict();
  } catch (error) {
    if (error instanceof NestedErrors) return { kind: "errors", errors: error.errors };
    if (error instanceof Refusal) return { kind: "refused", status: error.status, detail: error.detail };
    if (error instanceof Crash) return { kind: "crashed", exception: error.exception };
    throw error;
  }
}

type ReadBody =
  | { readonly kind: "none" }
  | { readonly kind: "invalid"; readonly errors: readonly PydanticError[] }
  | { readonly kind: "json"; readonly json: PyValue; readonly schema: JsonObject; readonly required: boolean }
  | { readonly kind: "form"; readonly form: Form; readonly schema: JsonObject };

class Check {
  readonly #types: Types;
  readonly #facts: AppFacts;
  readonly #request: RequestToCheck;
  readonly #run: Run;
  readonly #errors: PydanticError[] = [];
  readonly #path = new Map<string, unknown>();
  readonly #query = new Map<string, unknown>();
  #body: unknown;

  constructor({ types, facts }: FastApiApp, request: RequestToCheck, now: number) {
    this.#types = types;
    this.#facts = facts;
    this.#request = request;
    this.#run = { named: (name) => types.named(name), now: Math.floor(now / 1000), fromAttributes: true };
  }

  verdict(): Verdict {
    const parameters = this.#request.operation.definition.parameters ?? [];
    const { dependencies } = this.#facts;
    const own = parameters.filter(({ name }) => !dependencies.has(name));
    const body = this.#readBody();
    if (body.kind === "invalid") return { kind: "errors", errors: body.errors };
    if (body.kind === "form") this.#checkForm(body.form, body.schema);
    for (const parameter of parameters) if (dependencies.has(parameter.name)) this.#checkParameter(parameter);
    for (const location of ["path", "query"] as const)
      for (const parameter of own) if (parameter.in === location) this.#checkParameter(parameter);
    if (body.kind === "json") this.#checkBody(body.json, body.schema, body.required);
    return this.#errors.length > 0
      ? { kind: "errors", errors: this.#errors }
      : {
          kind: "accepted",
          json: body.kind === "json" ? body.json : undefined,
          inputs: { path: this.#path, query: this.#query, body: this.#body },
        };
  }

  /** Reads the body, which FastAPI does before it checks anything, even the parameters. */
  #readBody(): ReadBody {
    const declared = this.#request.operation.definition.requestBody;
    const [type, media] = Object.entries(declared?.content ?? {})[0] ?? [];
    const schema = media?.schema;
    if (declared === undefined || schema === undefined) return { kind: "none" };
    const { contentType, body } = this.#request;
    if (type !== "application/json") return { kind: "form", form: readForm(contentType, body), schema };
    const required = declared.required ?? false;
    if (body.length === 0) return { kind: "json", json: null, schema, required };
    if (!isReadAsJson(contentType)) return { kind: "json", json: body, schema, required };
    const decoded = readPythonJson(body);
    if ("value" in decoded) return { kind: "json", json: decoded.value, schema, required };
    if ("unreadable" in decoded) throw new Refusal(400, BODY_UNREADABLE);
    const { msg, pos } = decoded.error;
    return { kind: "invalid", errors: [errorAt(ERRORS.jsonInvalid(msg), ["body", pos], new Map())] };
  }

  #checkBody(json: PyValue, schema: JsonObject, required: boolean): void {
    if (json !== null)
      this.#body = validate(this.#types.of(schema), json, ["body"], this.#run, this.#errors)?.value;
    else if (required) this.#errors.push(errorAt(ERRORS.missing(), ["body"], null));
  }

  #checkParameter(parameter: ParameterObject): void {
    const location = parameter.in;
    const type = this.#types.of(parameter.schema ?? {});
    const sent: readonly PyValue[] =
      location === "path"
        ? [this.#request.params[parameter.name] ?? null]
        : this.#request.query.filter(([name]) => name === parameter.name).map(([, value]) => value);
    const value: PyValue = isList(type) ? (sent.length > 0 ? [...sent] : null) : (sent.at(-1) ?? null);
    const read = this.#checkValue(type, value, [location, parameter.name], parameter.required ?? false);
    const values = location === "path" ? this.#path : this.#query;
    values.set(parameter.name, read ?? parameter.schema?.["default"] ?? null);
  }

  #checkValue(type: Type, value: PyValue, loc: Loc, required: boolean): unknown {
    if (value === null) {
      if (required) this.#errors.push(errorAt(ERRORS.missing(), loc, null));
      return undefined;
    }
    return validate(type, value, loc, this.#run, this.#errors)?.value;
  }

  /** Checks a form, whose fields are parameters of a dependency: each by itself, and an empty text is an absent field. */
  #checkForm(form: Form, schema: JsonObject): void {
    const model = this.#types.of(schema);
    if (model.kind !== "model") return;
    const before = this.#errors.length;
    const values = new Map<string, unknown>();
    for (const field of model.fields) {
      const sent: (string | PyFile)[] = form
        .filter(([name]) => name === field.name)
        .map(([, value]) => value);
      const value: PyValue = isList(field.type) ? (sent.length > 0 ? sent : null) : (sent.at(-1) ?? null);
      const given = value === "" ? null : value;
      values.set(
        field.name,
        this.#checkValue(field.type, given, ["body", field.name], field.required) ?? fallbackOf(field),
      );
    }
    this.#body = values;
    if (this.#errors.length > before) return;
    const errors = this.#facts.forms[model.name]?.(values, this.#run) ?? [];
    if (errors.length > 0) throw new NestedErrors(errors);
  }
}

const isList = (type: Type): boolean =>
  type.kind === "nullable" ? isList(type.inner) : type.kind === "list";

/** True for the types whose bodies FastAPI reads as JSON: `application/json` and `application/*+json`. */
function isReadAsJson(contentType: string | undefined): boolean {
  const type = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return type === "application/json" || /^application\/[^/]*\+json$/.test(type);
}
