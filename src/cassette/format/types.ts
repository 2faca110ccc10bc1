import type { FormPart } from "../../exchange/index.ts";
import type { End, Framing } from "../../http/index.ts";

/** JSON as it stands in a cassette: numbers whose spelling JavaScript would change are raw JSON. */
export type SourceJson = unknown;

/** `recorded`: real bytes. `derived`: by a named pure function from a recorded one. `written`: by hand. */
export type Origin = "recorded" | "derived" | "written";

export interface About {
  readonly title: string;
  readonly origin: Origin;
  /** The OGL version whose spec the interactions are validated against. */
  readonly ogl: string;
  /** For `derived`: the function and its arguments. */
  readonly derivedBy?: string;
  readonly recordedWith?: string;
  readonly recordedAt?: string;
  /** Kinds of the secrets that were replaced, and `prompts` if prompts are filler. */
  readonly sanitized?: readonly string[];
  /** `any`: the answers do not depend on who asks, so the recorded credentials are not compared. */
  readonly credentials?: "any";
}

export type HeaderPair = readonly [name: string, value: string | null];

/** A part of a body in one spelling. An element with `wait` begins a new write, one without continues it. */
export interface BodyElement {
  /** Milliseconds since the write before. */
  readonly wait?: number;
  /** The write gets a TCP segment of its own. */
  readonly flush?: boolean;
  /** An object: `data: <compact JSON>\n\n`. A string: that data as it stands. */
  readonly sse?: SourceJson;
  readonly json?: SourceJson;
  readonly text?: string;
  readonly hex?: string;
  /** The SHA-256 of a side file in the folder `files` beside the cassette. */
  readonly file?: string;
  /** `spaced` prints `sse` and `json` as Python's `json.dumps` does. */
  readonly style?: "spaced";
}

export interface CassetteRequest {
  readonly method: string;
  /** The request target as it went over the wire: path and query. */
  readonly target: string;
  readonly http?: "1.0";
  /** Number of the client in the cassette's `clients`, whose headers it has beside its own; counted from 1. */
  readonly client?: number;
  readonly headers?: readonly (readonly [string, string])[];
  /** The content codings that the body had: it is stored without them, and without their header. */
  readonly decoded?: string;
  readonly json?: SourceJson;
  readonly text?: string;
  readonly hex?: string;
  readonly form?: readonly FormPart[];
}

export interface MatchRule {
  /** `exact` is the default; `subset` lets objects have more keys. */
  readonly body?: "exact" | "subset";
  /** JSON pointers into the body that are not compared; `*` stands for any one step. */
  readonly ignore?: readonly string[];
  /** Names of request headers that must have the recorded value. */
  readonly headers?: readonly string[];
  /** `any` (the default) plays for ever, `once` once a session, `sequence` in file order with its equals, `last` the same and then the last one for ever. */
  readonly play?: "any" | "once" | "sequence" | "last";
}

export interface InformationalResponse {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: readonly HeaderPair[];
}

export interface CassetteResponse {
  /** Milliseconds before the head. */
  readonly wait?: number;
  readonly early?: boolean;
  readonly http?: "1.0";
  /** Absent: no head is ever sent. */
  readonly status?: number;
  /** Absent: the standard phrase of the status. */
  readonly reason?: string;
  readonly informational?: readonly InformationalResponse[];
  readonly framing?: Framing;
  readonly headers?: readonly HeaderPair[];
  /** The content codings that the body had: it is stored and sent without them, and without their header. */
  readonly decoded?: string;
  readonly body?: readonly BodyElement[];
  readonly trailers?: readonly HeaderPair[];
  readonly end?: { readonly how: End; readonly wait?: number };
}

/** Lets a deviation stand: a finding at or below `pointer` (into the interaction) is no error. */
export interface Waiver {
  readonly pointer: string;
  readonly reason: string;
}

export interface Interaction {
  readonly name: string;
  readonly request: CassetteRequest;
  readonly match?: MatchRule;
  readonly response: CassetteResponse;
  readonly waivers?: readonly Waiver[];
}

/** Headers that the requests of one client have in common, in their order; `null` is where a request has a value of its own. */
export type ClientHeaders = readonly (readonly [name: string, value: string | null])[];

export interface Cassette {
  readonly $schema?: string;
  readonly cassette: 1;
  readonly about: About;
  /** In files only: a loaded cassette has all headers in its requests. */
  readonly clients?: readonly ClientHeaders[];
  readonly interactions: readonly Interaction[];
}

export const CASSETTE_VERSION = 1;

export const CASSETTE_SUFFIX = ".cassette.json";
