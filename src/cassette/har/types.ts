import type { About, Interaction } from "../format/index.ts";

/** HTTP Archive 1.2 as gatetape writes it. Members with `_` are extensions, which other programs ignore. */
export interface Har {
  readonly log: {
    readonly version: "1.2";
    readonly creator: { readonly name: string; readonly version: string };
    readonly pages: readonly [];
    readonly entries: readonly HarEntry[];
    readonly comment: string;
    readonly _gatetape: { readonly cassette: 1; readonly about: About };
  };
}

export interface HarEntry {
  readonly startedDateTime: string;
  /** The sum of the timings, in ms. */
  readonly time: number;
  readonly request: HarRequest;
  readonly response: HarResponse;
  readonly cache: Record<string, never>;
  readonly timings: { readonly send: number; readonly wait: number; readonly receive: number };
  readonly comment: string;
  /** Member that Chrome writes for event streams. */
  readonly _eventSourceMessages?: readonly HarMessage[];
  readonly _gatetape: { readonly interaction: Interaction };
}

export interface HarPair {
  readonly name: string;
  readonly value: string;
}

export interface HarRequest {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly cookies: readonly [];
  readonly headers: readonly HarPair[];
  readonly queryString: readonly HarPair[];
  readonly postData?: HarPostData;
  readonly headersSize: number;
  readonly bodySize: number;
}

/** HAR 1.2 lets `params` and `text` exclude each other, and has no encoding for bytes that are no text. */
export interface HarPostData {
  readonly mimeType: string;
  readonly params?: readonly (HarPair & { readonly fileName?: string; readonly contentType?: string })[];
  readonly text?: string;
  readonly _encoding?: "base64";
}

export interface HarResponse {
  readonly status: number;
  readonly statusText: string;
  readonly httpVersion: string;
  readonly cookies: readonly [];
  readonly headers: readonly HarPair[];
  readonly content: {
    readonly size: number;
    readonly mimeType: string;
    readonly text: string;
    readonly encoding?: "base64";
  };
  readonly redirectURL: string;
  readonly headersSize: number;
  readonly bodySize: number;
  /** Error text that Chrome writes if the exchange broke off. */
  readonly _error?: string;
}

/** `time` is in seconds since 1970. */
export interface HarMessage {
  readonly time: number;
  readonly eventName: string;
  readonly eventId: string;
  readonly data: string;
}
