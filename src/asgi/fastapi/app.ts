import type { JsonObject, Operation } from "../../openapi/index.ts";
import { Types } from "./compile.ts";
import type { PydanticError } from "./errors.ts";
import type { ModelRule, Run, Type } from "./types.ts";

/** Facts about one FastAPI application that its OpenAPI does not show. */
export interface AppFacts {
  /** The application's own validators, at most one entry a model. */
  readonly models: readonly ModelRule[];
  /** True if the application strips white space of a string with this schema. */
  readonly strips: (schema: JsonObject) => boolean;
  /** The exact limit of a whole number for a limit that the OpenAPI prints as a float. */
  readonly wholeLimit: (printed: number) => bigint;
  /** Names of query parameters of dependencies. FastAPI solves dependencies before an operation's own parameters. */
  readonly dependencies: ReadonlySet<string>;
  /**
   * Checks of forms that the application makes a model of by itself, by the name of the form's schema. Their errors are
   * answered at once.
   */
  readonly forms: Readonly<
    Record<string, (values: ReadonlyMap<string, unknown>, run: Run) => PydanticError[]>
  >;
  /**
   * Ids of operations whose requests the OpenAPI's validator judges alone, unless a rule concerns the body. Most traffic
   * goes to them, and `checkRequest` costs more than all the rest of an exchange.
   */
  readonly quickOperations: ReadonlySet<string>;
}

/** A FastAPI application: the pydantic types of its OpenAPI and the facts beside them. */
export class FastApiApp {
  readonly facts: AppFacts;
  readonly types: Types;
  readonly #rules = new Map<Operation, readonly ModelRule[]>();

  /** @param components the `components` of the OpenAPI */
  constructor(components: JsonObject, facts: AppFacts) {
    this.facts = facts;
    this.types = new Types(components, facts);
  }

  /** The rules of all models that the body of an operation's request is made of. */
  rulesOf(operation: Operation): readonly ModelRule[] {
    let rules = this.#rules.get(operation);
    if (rules === undefined) {
      const types = new Set<Type>();
      for (const { schema } of Object.values(operation.definition.requestBody?.content ?? {}))
        if (schema !== undefined) collectTypes(this.types.of(schema), types);
      rules = [...types].flatMap((type) =>
        type.kind === "model" && type.rule !== undefined ? [type.rule] : [],
      );
      this.#rules.set(operation, rules);
    }
    return rules;
  }
}

/** Adds a type and all types it is made of; recursive types end. */
function collectTypes(type: Type, into: Set<Type>): void {
  if (into.has(type)) return;
  into.add(type);
  for (const part of partsOf(type)) collectTypes(part, into);
}

function partsOf(type: Type): readonly Type[] {
  switch (type.kind) {
    case "list":
      return [type.items];
    case "dict":
      return [type.keys, type.values];
    case "nullable":
      return [type.inner];
    case "union":
      return type.choices;
    case "model":
      return type.fields.map((field) => field.type);
    default:
      return [];
  }
}
