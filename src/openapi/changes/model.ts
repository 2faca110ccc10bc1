import { formatPointer, parsePointer } from "../../util/index.ts";
import type { JsonValue } from "../document/index.ts";

/** Direction in which a schema's values travel: it decides whether a narrower or a wider schema breaks a client. */
export type Direction = "request" | "response";

/** Change of the set of values that a schema allows; `none` for a change that no client can notice as a break. */
export type Effect = "narrower" | "wider" | "different" | "none";

export type SpecChangeKind =
  | "operation-added"
  | "operation-removed"
  | "operation-renamed"
  | "deprecated"
  | "security"
  | "path-order"
  | "parameter-added"
  | "parameter-removed"
  | "body-added"
  | "body-removed"
  | "status-added"
  | "status-removed"
  | "media-type-added"
  | "media-type-removed"
  | "member-added"
  | "member-removed"
  | "required"
  | "type"
  | "enum"
  | "bound"
  | "constraint"
  | "default";

/** A change of an OpenAPI document, as a client of the server sees it. */
export interface SpecChange {
  readonly kind: SpecChangeKind;
  /** True if a client that kept to the older document can fail with a server of the newer one. */
  readonly breaking: boolean;
  readonly part: "operation" | Direction;
  /** JSON pointer into the newer document; into the older one for a removed part. */
  readonly pointer: string;
  /** The location in a few words: `ChatRequest.messages[].role`. */
  readonly location: string;
  /** Sentence about the change, without its location. */
  readonly text: string;
  /** Every operation that it touches, as `POST /v1/path`, in the older document's order. */
  readonly operations: readonly string[];
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/** Location in a document, as a JSON pointer and in words. */
export interface Location {
  readonly pointer: string;
  readonly words: string;
}

/** Location of a part below another one. */
export function below({ pointer, words }: Location, steps: readonly string[], suffix: string): Location {
  return { pointer: formatPointer([...parsePointer(pointer), ...steps]), words: `${words}${suffix}` };
}

/** A change before it is known which other operations it touches. */
export type FoundChange = Omit<SpecChange, "operations">;

/** Whether an effect on the values of a direction breaks clients. */
export function isBreaking(direction: Direction, effect: Effect): boolean {
  return effect === "different" || effect === (direction === "request" ? "narrower" : "wider");
}
