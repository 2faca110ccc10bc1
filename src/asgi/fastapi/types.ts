import type { JsonValue } from "../../openapi/index.ts";
import { type PyDict, type PyValue, reprString } from "./value.ts";

/** A number's limits; for an integer they are exact. */
export interface Bounds<N extends bigint | number> {
  readonly le?: N;
  readonly lt?: N;
  readonly ge?: N;
  readonly gt?: N;
}

export interface StringType {
  readonly kind: "str";
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly strip: boolean;
}

export interface ListType {
  readonly kind: "list";
  readonly items: Type;
  readonly min?: number;
  readonly max?: number;
}

export interface DictType {
  readonly kind: "dict";
  readonly keys: Type;
  readonly values: Type;
  readonly min?: number;
  readonly max?: number;
}

export interface ModelField {
  readonly name: string;
  /** The keys that may hold it in the input; the first that is there counts. */
  readonly keys: readonly string[];
  readonly type: Type;
  readonly required: boolean;
  readonly fallback: JsonValue | undefined;
}

export interface ModelType {
  readonly kind: "model";
  readonly name: string;
  readonly fields: readonly ModelField[];
  readonly extra: "allow" | "ignore" | "forbid";
  readonly rule: ModelRule | undefined;
}

/** A pydantic type, as far as schemas of requests show it. */
export type Type =
  | { readonly kind: "any" }
  | { readonly kind: "none" }
  | { readonly kind: "bool" }
  | { readonly kind: "file" }
  | { readonly kind: "int"; readonly bounds: Bounds<bigint> }
  | { readonly kind: "float"; readonly bounds: Bounds<number> }
  | StringType
  | ListType
  | DictType
  | ModelType
  | { readonly kind: "enum"; readonly name: string; readonly values: readonly JsonValue[] }
  | { readonly kind: "literal"; readonly values: readonly JsonValue[] }
  | { readonly kind: "nullable"; readonly inner: Type }
  | { readonly kind: "union"; readonly choices: readonly Type[] };

/** Values that stay the same over one validation. */
export interface Run {
  /** A type of the same document by its name. */
  readonly named: (name: string) => Type;
  /** Seconds since 1970, for validators that compare with the clock. */
  readonly now: number;
  /** FastAPI validates with `from_attributes`; an application's own calls of a model do not. It shows in one message. */
  readonly fromAttributes: boolean;
}

/** A model that was built. */
export interface ModelValue {
  readonly model: ModelType;
  readonly fields: ReadonlyMap<string, unknown>;
  /** Members of the input that are no fields. */
  readonly extras: PyDict;
}

/** Validators of a model that its schema does not show. */
export interface ModelRule {
  /** The class; its name is part of labels in `loc`. */
  readonly model: string;
  /** Source of the rule: a capture, or a path in the application's repository with the commit at which it was read. */
  readonly evidence: string;
  /**
   * True if the rule could refuse this body although it keeps to the OpenAPI. `needsFullLook` calls it for the quick
   * operations; a rule without it concerns every body.
   */
  readonly concerns?: (body: Readonly<Record<string, unknown>>) => boolean;
  /** Keys that may hold a field, for fields that accept more than their name. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  /** Validators of a field's raw value, run first (`mode="before"`). */
  readonly before?: Readonly<Record<string, (input: PyValue, run: Run) => void>>;
  /** Validators of a field's value when it was accepted (`mode="after"`). */
  readonly after?: Readonly<Record<string, (value: unknown, run: Run) => void>>;
  /** Validators of the model, innermost first, run only when all fields are right. */
  readonly whole?: readonly {
    readonly name: string;
    readonly check: (model: ModelValue, run: Run) => void;
  }[];
}

/** Pydantic's name of a type: the label of a union's branch in `loc`. */
export function labelOf(type: Type): string {
  switch (type.kind) {
    case "int":
    case "float":
      return Object.keys(type.bounds).length > 0 ? `constrained-${type.kind}` : type.kind;
    case "str": {
      const free =
        type.min === undefined && type.max === undefined && type.pattern === undefined && !type.strip;
      return free ? "str" : "constrained-str";
    }
    case "list":
      return `list[${labelOf(type.items)}]`;
    case "dict":
      return `dict[${labelOf(type.keys)},${labelOf(type.values)}]`;
    case "model":
      return (type.rule?.whole ?? []).reduce(
        (label, validator) => `function-after[${validator.name}(), ${label}]`,
        type.name,
      );
    case "enum":
      return `str-enum[${type.name}]`;
    case "literal":
      return `literal[${type.values.map(reprValue).join(",")}]`;
    case "nullable":
      return `nullable[${labelOf(type.inner)}]`;
    case "union":
      return `union[${type.choices.map(labelOf).join(",")}]`;
    case "file":
      return "function-plain[_validate()]";
    case "any":
    case "none":
    case "bool":
      return type.kind;
  }
}

/** The values of a literal or an enum as messages list them: `'a', 'b' or 'c'`. */
export function expectedOf(values: readonly JsonValue[]): string {
  const shown = values.map(reprValue);
  const last = shown.pop() ?? "";
  return shown.length === 0 ? last : `${shown.join(", ")} or ${last}`;
}

function reprValue(value: JsonValue): string {
  if (typeof value === "string") return reprString(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === null ? "None" : String(value);
}
