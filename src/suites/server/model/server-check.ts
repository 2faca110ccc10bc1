import type { Level } from "../../model/index.ts";
import type { Facts } from "./facts.ts";
import type { ServerExchange } from "./server-exchange.ts";

/** Problem that a check found. */
export interface ServerFinding {
  readonly message: string;
  /** Exchanges that show it. */
  readonly exchanges: readonly ServerExchange[];
  /** Id of the erratum that describes it: a known deviation of some generations of OGL. */
  readonly erratum?: string;
}

/** Exchanges of the probes that a check names, by probe. */
export type Seen = (probe: string) => readonly ServerExchange[];

/** Result of a check: its findings, or the reason why it saw nothing to judge. */
export type Judged = readonly ServerFinding[] | { readonly unseen: string };

/** Judgement over a server's answers: a pure function with the data to list and weigh it. */
export interface ServerCheck {
  /** `area/subject`. */
  readonly id: string;
  /** Sentence about the server that holds if the check passes. */
  readonly says: string;
  readonly level: Level;
  /** Harm to clients if it does not hold. */
  readonly why: string;
  /** Rule that demands it: a section of a standard, OpenAI's convention, or a pointer into OGL's OpenAPI. */
  readonly rule: string;
  /** Probes whose exchanges it judges. */
  readonly probes: readonly string[];
  readonly test: (seen: Seen, facts: Facts) => Judged;
}

/** Judges each exchange of the probes by itself; without any, there is nothing to judge. */
export function eachAnswer(
  probes: readonly string[],
  isMeant: (exchange: ServerExchange) => boolean,
  test: (exchange: ServerExchange, facts: Facts) => readonly (string | Omit<ServerFinding, "exchanges">)[],
  unseen: string,
): Pick<ServerCheck, "probes" | "test"> {
  return {
    probes,
    test: (seen, facts) => {
      const meant = probes.flatMap((probe) => seen(probe)).filter(isMeant);
      if (meant.length === 0) return { unseen };
      return meant.flatMap((exchange) =>
        test(exchange, facts).map((found) => ({
          ...(typeof found === "string" ? { message: found } : found),
          exchanges: [exchange],
        })),
      );
    },
  };
}
