import type { Row } from "./table.ts";

/** A column of seconds since 1970. */
type Seconds = number;

interface Dated extends Row {
  readonly created: Seconds;
  readonly updated: Seconds;
}

export interface LimitRow {
  readonly router: number;
  readonly type: string;
  readonly value: number | null;
}

export interface RoleRow extends Dated {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly limits: readonly LimitRow[];
  /** True for a role without limits, to which each model is open, also one that is made later. OGL itself has none such. */
  readonly open?: boolean;
}

export interface UserRow extends Dated {
  readonly email: string;
  readonly name: string | null;
  /** Absent for a user who can't log in. */
  readonly password?: string;
  readonly role: number;
  readonly organization: number | null;
  readonly budget: number | null;
  readonly expires: Seconds | null;
  readonly priority: number;
}

export interface OrganizationRow extends Dated {
  readonly name: string;
}

export interface TokenRow extends Row {
  readonly name: string;
  /** The key itself. */
  readonly key: string;
  readonly user: number;
  readonly expires: Seconds | null;
  readonly created: Seconds;
}

export interface RouterRow extends Dated {
  readonly name: string;
  readonly user_id: number;
  readonly type: string;
  readonly aliases: readonly string[];
  readonly load_balancing_strategy: string;
  readonly vector_size: number | null;
  readonly max_context_length: number | null;
  readonly cost_prompt_tokens: number;
  readonly cost_completion_tokens: number;
  readonly owned_by?: string;
}

export interface ProviderRow extends Dated {
  readonly router_id: number;
  readonly user_id: number;
  readonly type: string;
  readonly url: string;
  readonly key: string | null;
  readonly timeout: number;
  readonly model_name: string;
  readonly model_hosting_zone: string;
  readonly model_total_params: number;
  readonly model_active_params: number;
  readonly qos_metric: string | null;
  readonly qos_limit: number | null;
  /** Context length by the upstream's own list of models. */
  readonly max_context_length?: number | null;
  readonly vector_size?: number | null;
}

export interface CollectionRow extends Dated {
  readonly name: string;
  readonly user: number;
  readonly description: string | null;
  readonly visibility: string;
}

export interface DocumentRow extends Row {
  readonly name: string;
  readonly collection_id: number;
  readonly created: Seconds;
}

/** A chunk in the search engine, which knows nothing of the database. */
export interface ChunkRow extends Row {
  /** Its number within the document. */
  readonly number: number;
  readonly document_id: number;
  readonly collection_id: number;
  readonly content: string;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly created: Seconds;
  /** Its direction by the vector model, of length 1. Absent until a search needs it for a chunk that a world came with. */
  readonly vector?: Float32Array;
  /** When a search sees it, in ms since 1970. */
  readonly from: number;
  /** When a search no longer sees it, in ms since 1970. */
  readonly until?: number;
}
