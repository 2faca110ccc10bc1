import type { ExchangeRequest } from "../exchange/index.ts";
import type { Operation } from "../openapi/index.ts";
import type { Principal, WorldState } from "./state/index.ts";
import type { Generation } from "./versions.ts";

/** A request whose principal is known, and the gateway that it has reached. */
export interface RequestFacts {
  readonly exchange: ExchangeRequest;
  readonly operation: Operation;
  readonly principal: Principal;
  readonly state: WorldState;
  readonly generation: Generation;
}
