import type { Header, Script } from "../../../http/index.ts";

/**
 * A place in what a script sends. Events are counted as a reader of the stream dispatches them, `[DONE]` too, and
 * from the end where `n` is negative; a body without events is counted in writes. Times run from the head.
 */
export type Position =
  | { readonly at: "event"; readonly n: number }
  | { readonly at: "byte"; readonly n: number }
  | { readonly at: "ms"; readonly n: number }
  /** Before the head. */
  | { readonly at: "start" }
  /** After the last byte of the body, before the message's end. */
  | { readonly at: "end" };

export type PositionKind = Position["at"];

/** A parameter of a fault; one without a default may be left out. */
export type Parameter = { readonly about: string } & (
  | {
      readonly kind: "number";
      readonly unit: string;
      readonly min: number;
      readonly max: number;
      readonly default?: number;
    }
  | { readonly kind: "text"; readonly default?: string; readonly only?: HeaderPart }
  | { readonly kind: "flag"; readonly default: boolean }
  | { readonly kind: "choice"; readonly choices: readonly string[]; readonly default: string }
);

/** Where a text is to stand: Node refuses to send what HTTP does not allow there. */
export type HeaderPart = "header name" | "header value";

export type Parameters = Readonly<Record<string, Parameter>>;
export type Value = number | string | boolean;

type ValueOf<P extends Parameter> = P extends { kind: "number" }
  ? number
  : P extends { kind: "flag" }
    ? boolean
    : P extends { kind: "choice"; choices: readonly (infer C)[] }
      ? C
      : string;

/** The values of a fault's parameters as it gets them: complete, and of the right kind. */
export type Values<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends { default: Value } ? ValueOf<P[K]> : ValueOf<P[K]> | undefined;
};

/** What a fault may know beside the script: nothing of it changes while the script is sent. */
export interface FaultContext {
  /** For what is random in a fault: the same seed, the same script. */
  readonly seed: number;
  /** The request that is answered, where there is one. */
  readonly request?: { readonly target: string; readonly headers: readonly Header[] };
}

export type FaultGroup = "time" | "writes" | "lines" | "events" | "end" | "head" | "encoding" | "ogl";

/** A pure function from script to script. */
export interface Fault {
  /** The field's own term: `reset`, `split`, `missing-done`. */
  readonly name: string;
  readonly group: FaultGroup;
  readonly about: string;
  /** True if, with its defaults, a conforming reader gets the same events or the same body. */
  readonly lossless: boolean;
  /** Which positions it takes; absent: none. Without a `default` it acts everywhere unless told where. */
  readonly position?: { readonly kinds: readonly PositionKind[]; readonly default?: Position };
  readonly parameters: Parameters;
  /**
   * @param params complete values
   * @returns the very script that it was given if there is nothing to do: no such event, no such line
   */
  apply(
    script: Script,
    params: Readonly<Record<string, Value | undefined>>,
    at: Position | undefined,
    context: FaultContext,
  ): Script;
}

interface Definition<P extends Parameters> extends Omit<Fault, "parameters" | "apply"> {
  readonly parameters: P;
  apply(script: Script, params: Values<P>, at: Position | undefined, context: FaultContext): Script;
}

/** Gives `apply` the types that its parameters declare. */
export function defineFault<const P extends Parameters>(definition: Definition<P>): Fault {
  return definition as unknown as Fault;
}

/** A number of something, by default a whole one from 0. */
export function number(
  unit: string,
  value: number,
  about: string,
  range: { readonly min?: number; readonly max?: number } = {},
): {
  kind: "number";
  unit: string;
  default: number;
  about: string;
  min: number;
  max: number;
} {
  return { kind: "number", unit, default: value, about, min: range.min ?? 0, max: range.max ?? 1e9 };
}

export function flag(value: boolean, about: string): { kind: "flag"; default: boolean; about: string } {
  return { kind: "flag", default: value, about };
}

export function textParameter(
  value: string,
  about: string,
  only?: HeaderPart,
): { kind: "text"; default: string; about: string; only?: HeaderPart } {
  return { kind: "text", default: value, about, ...(only === undefined ? {} : { only }) };
}

/** A text that may be left out. */
export function optional(
  about: string,
  only?: HeaderPart,
): { kind: "text"; about: string; only?: HeaderPart } {
  return { kind: "text", about, ...(only === undefined ? {} : { only }) };
}

export function choice<const C extends string>(
  choices: readonly C[],
  value: NoInfer<C>,
  about: string,
): { kind: "choice"; choices: readonly C[]; default: string; about: string } {
  return { kind: "choice", choices, default: value, about };
}

/** The positions within a body. */
export const WITHIN: readonly PositionKind[] = ["event", "byte", "ms", "end"];

/** Where faults of a stream act unless told otherwise: something has been sent, something has not. */
export const MIDWAY: Position = { at: "event", n: 2 };
