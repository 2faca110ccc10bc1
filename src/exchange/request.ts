import type { Header } from "../http/index.ts";
import type { Finding, Operation } from "../openapi/index.ts";
import type { Insight } from "./insight.ts";

/** A request before its body. */
export interface RequestHead {
  readonly method: string;
  /** The request target as it came, without a session prefix. */
  readonly target: string;
  /** `""` where the request names none. */
  readonly session: string;
  /** Decoded, without query: `/v1/models/org/coder alias`. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: readonly Header[];
}

/** A whole request as all sources see it: parsed once, validated once. */
export interface ExchangeRequest extends RequestHead {
  readonly body: Uint8Array;
  /** The body's value if the content type says JSON and it is JSON. */
  readonly json: unknown;
  /** The parts of a multipart/form-data body. */
  readonly form: readonly FormPart[] | undefined;
  readonly operation: Operation | undefined;
  /** The values of the path's parameters, by name. */
  readonly params: Readonly<Record<string, string>>;
  /** Deviations of the request from the OpenAPI. */
  readonly findings: readonly Finding[];
  /** For a large body, whose `json` is then parsed only if it is read after all: that takes long. */
  readonly insight?: Insight;
}

/** A part of a multipart/form-data body; the boundary is not kept. */
export interface FormPart {
  readonly name: string;
  readonly filename?: string;
  readonly contentType?: string;
  readonly text?: string;
  readonly hex?: string;
}
