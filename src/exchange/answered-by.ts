/**
 * The author of an answer, as data. Logs carry the object, decisions read `kind`, and only `answeredByText` makes text of it.
 */
export type AnsweredBy =
  /** An answer that the author of the tests gave, by the config, a flag, a header or a source of their own. */
  | AuthoredReply
  | CassetteReply
  /** OGL's own behaviour: a value that it computes from its state, or a refusal. */
  | {
      readonly kind: "ogl";
      /** The status of a refusal or redirect; absent where nothing was refused. */
      readonly refused?: number;
      /** Reason of a refusal, more exact than OGL says it: `Model not found: "gpt-4o"; there are qwen3-coder, …`. */
      readonly why?: string;
    }
  | {
      readonly kind: "synthesizer";
      /** Reason for the answer: `text in English on the last message's words`. */
      readonly how: string;
    }
  /** A live gateway. */
  | { readonly kind: "upstream" }
  /** gatetape's own limit of a request's body. */
  | {
      readonly kind: "too-large";
      /** Size of the body, in bytes. */
      readonly bytes: number;
      readonly limit: number;
    }
  /** No source knows the request. */
  | {
      readonly kind: "miss";
      /** The nearest recording and its differences, or why there is none. */
      readonly detail: string;
    }
  /** gatetape itself failed on the request. */
  | {
      readonly kind: "failed";
      /** The error's class and message. */
      readonly error: string;
    };

/** An answer that the author of the tests gave. */
export type AuthoredReply =
  | {
      readonly kind: "reply";
      /**
       * `respond`: the config's replies. `fault`: a fault that answers before the body is read. `fault-header`: the refusal of
       * a fault header that can't be followed. `cors`: a preflight, with `--cors`.
       */
      readonly from: "respond" | "fault" | "fault-header" | "cors";
      /** The status of an upstream's refusal that a reply of `respond` asks for. */
      readonly refused?: number;
    }
  /** A reply with its conditions, of the config or added by a test. */
  | {
      readonly kind: "reply";
      readonly from: "reply";
      readonly id: number;
      /** The status of an upstream's refusal that the reply asks for. */
      readonly refused?: number;
    }
  | {
      readonly kind: "reply";
      /** `scenario`: a scenario of the client suite. `source`: a source of the author's own. */
      readonly from: "scenario" | "source";
      /** The scenario's id, or the name of the source. */
      readonly name: string;
    };

/** A recorded or written interaction. */
export interface CassetteReply {
  readonly kind: "cassette";
  /** The interaction with its origin and file, for people: `"two tokens" (recorded, cassettes/chat.cassette.json)`. */
  readonly title: string;
  /** The cassette, relative to the working directory; `control API` for an interaction that was added at run time. */
  readonly file: string;
  /** The interaction's name. */
  readonly interaction: string;
}

/** The one text form of `AnsweredBy`, for logs that people read. */
export function answeredByText(by: AnsweredBy): string {
  switch (by.kind) {
    case "reply":
      return replyText(by);
    case "cassette":
      return by.title;
    case "ogl":
      return by.why ?? (by.refused === undefined ? "the world" : `OGL's ${by.refused}`);
    case "synthesizer":
      return `the synthesizer: ${by.how}`;
    case "upstream":
      return "upstream";
    case "too-large":
      return `a body of ${by.bytes} bytes, more than the limit of ${by.limit}`;
    case "miss":
      return `miss: gatetape: ${by.detail}`;
    case "failed":
      return `gatetape failed: ${by.error}`;
  }
}

function replyText(by: AuthoredReply): string {
  switch (by.from) {
    case "respond":
      return by.refused === undefined
        ? "the synthesizer: as the config's respond says"
        : `the synthesizer: ${upstreamRefusal(by.refused)}`;
    case "reply":
      return by.refused === undefined ? `reply ${by.id}` : `reply ${by.id}: ${upstreamRefusal(by.refused)}`;
    case "fault":
      return "a fault, before the body was read";
    case "fault-header":
      return "bad x-gatetape-fault";
    case "cors":
      return "CORS preflight";
    case "scenario":
      return `scenario ${by.name}`;
    case "source":
      return by.name;
  }
}

/** Text of `how` for a refusal that an upstream would give. */
export function upstreamRefusal(status: number): string {
  return `refuses as an upstream does (${status})`;
}
