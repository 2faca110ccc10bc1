import type { ExchangeRequest } from "../exchange/index.ts";
import type { Operation } from "../openapi/index.ts";
import type { Holder, WorldState } from "./state/index.ts";
import type { Generation } from "./versions.ts";

/** A request whose sender is known, and where it has come. */
export interface Visit {
  readonly exchange: ExchangeRequest;
  readonly operation: Operation;
  readonly holder: Holder;
  readonly state: WorldState;
  readonly generation: Generation;
}
