import type { OglVersion, Spec, pinnedDocument } from "../../../openapi/index.ts";

/** Model as the server lists it. */
export interface ListedModel {
  readonly id: string;
  readonly type: string | undefined;
  readonly aliases: readonly string[];
}

/** Knowledge of the server when a probe's requests are made. */
export interface Facts {
  readonly ogl: OglVersion;
  readonly spec: Spec;
  /** OpenAPI of the generation as it was published, without errata. */
  readonly published: ReturnType<typeof pinnedDocument>;
  /** Models of `GET /v1/models`. */
  readonly models: readonly ListedModel[];
  /** Model for chats; `undefined` if the server lists none. */
  readonly chat: string | undefined;
  /** Model for embeddings; `undefined` if the server lists none. */
  readonly embedding: string | undefined;
  /** Paths that the server's own OpenAPI declares; empty if it serves none. */
  readonly paths: ReadonlySet<string>;
  /** Word that no answer has by chance; it marks what belongs to this run. */
  readonly marker: string;
}
