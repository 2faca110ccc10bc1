export type FindingCode =
  | "operation-unknown"
  | "parameter"
  | "content-type"
  | "body-missing"
  | "body-unexpected"
  | "not-json"
  | "schema"
  | "status-undeclared"
  | "not-an-event";

/** Something that does not keep to the spec. Validation only produces findings; what follows is a policy's business. */
export interface Finding {
  readonly code: FindingCode;
  /** Part of the message that `pointer` points into. */
  readonly part: "line" | "path" | "query" | "headers" | "status" | "body" | "event";
  /** JSON pointer into that part: into the JSON body, into an event's data, or `/name` of a header or parameter. */
  readonly pointer: string;
  /** For `event`: offset of the event's first byte in the body. */
  readonly offset?: number;
  readonly message: string;
  /** The name of a required member that is missing at `pointer`. */
  readonly missing?: string;
  /** For `schema`: the keyword of the JSON Schema that the value fails. */
  readonly keyword?: string;
}
