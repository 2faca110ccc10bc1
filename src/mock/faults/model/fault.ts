import type { Header, Script } from "../../../http/index.ts";

/**
 * Position in a script. Events are counted as a reader of the stream dispatches them, `[DONE]` included, and from the end
 * if `n` is negative; in a body without events writes are counted. Times (ms) run from the head.
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

/** Parameter of a fault; it is optional if it has no default. */
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

/** Header part that a text becomes: Node refuses to send characters that HTTP does not allow there. */
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

/** Parameter values passed to a fault: complete, and of the right type. */
export type Values<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends { default: Value } ? ValueOf<P[K]> : ValueOf<P[K]> | undefined;
};

/** Context of a fault beside the script; it does not change while the script is sent. */
export interface FaultContext {
  /** Seed of random choices: the same seed gives the same script. */
  readonly seed: number;
  /** Request that is answered, if any. */
  readonly request?: { readonly target: string; readonly headers: readonly Header[] };
}

export type FaultGroup = "time" | "writes" | "lines" | "events" | "end" | "head" | "encoding" | "ogl";

/** Pure function from script to script. */
export interface Fault {
  /** Established term: `reset`, `split`, `missing-done`. */
  readonly name: string;
  readonly group: FaultGroup;
  readonly about: string;
  /** With the defaults, a conforming reader gets the same events or the same body. */
  readonly lossless: boolean;
  /** Allowed positions; absent: none. Without a `default` the fault acts everywhere unless a position is given. */
  readonly position?: { readonly kinds: readonly PositionKind[]; readonly default?: Position };
  readonly parameters: Parameters;
  /**
   * Applies the fault.
   * @param params complete values
   * @returns the given script itself if there is nothing to do: no such event, no such line
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

/** Types the parameters of `apply` by the declared ones. */
export function defineFault<const P extends Parameters>(definition: Definition<P>): Fault {
  return definition as unknown as Fault;
}

/** Makes a whole-number parameter, by default from 0. */
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

/** Makes a yes/no parameter. */
export function flag(value: boolean, about: string): { kind: "flag"; default: boolean; about: string } {
  return { kind: "flag", default: value, about };
}

/** Makes a text parameter with a default. */
export function textParameter(
  value: string,
  about: string,
  only?: HeaderPart,
): { kind: "text"; default: string; about: string; only?: HeaderPart } {
  return { kind: "text", default: value, about, ...(only === undefined ? {} : { only }) };
}

/** Makes a text parameter without a default. */
export function optional(
  about: string,
  only?: HeaderPart,
): { kind: "text"; about: string; only?: HeaderPart } {
  return { kind: "text", about, ...(only === undefined ? {} : { only }) };
}

/** Makes a parameter with a fixed list of values. */
export function choice<const C extends string>(
  choices: readonly C[],
  value: NoInfer<C>,
  about: string,
): { kind: "choice"; choices: readonly C[]; default: string; about: string } {
  return { kind: "choice", choices, default: value, about };
}

/** Positions within a body. */
export const WITHIN: readonly PositionKind[] = ["event", "byte", "ms", "end"];

/** Default position of stream faults: a part has been sent, a part has not. */
export const MIDWAY: Position = { at: "event", n: 2 };
