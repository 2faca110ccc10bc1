import type { Access, ExchangeRequest, Source } from "../exchange/index.ts";
import { OglAccess, type World, type WorldState, refuseFields } from "../ogl/index.ts";
import type { Spec } from "../openapi/index.ts";
import { withoutFaultModels } from "./listed-models.ts";
import type { Player } from "./player/index.ts";
import { type Replies, replySource } from "./replies/index.ts";
import type { Synthesizer } from "./synthesizer/index.ts";

export interface AnsweringOptions {
  readonly given: World | "default" | "off";
  readonly spec: Spec;
  readonly state: WorldState;
  readonly player: Player;
  readonly replies: Replies;
  readonly synthesizer: Synthesizer;
  /** True to answer from replies and cassettes alone. */
  readonly strict: boolean;
  /** True to leave the fault models out of the bundled list of models. */
  readonly hides: boolean;
  /** False: requests that break the OpenAPI are let in. */
  readonly validates: boolean;
}

/** Parts of an exchange that make a mock OGL: its access rules, and the sources of answers. */
export interface AnsweringParts {
  readonly access: Access;
  readonly sources: readonly Source[];
}

/** Builds access and sources in this order: replies, world, cassettes, synthesizer, and last the miss answer. */
export function answeringParts(options: AnsweringOptions): AnsweringParts {
  const { given, spec, state, player, synthesizer, strict, validates } = options;
  const added: Source = { answer: (exchange) => player.answerAdded(exchange) };
  const replied = replySource(options.replies, synthesizer, added);
  const knows = (exchange: ExchangeRequest): boolean => player.knows(exchange);
  const miss: Source = { answer: (exchange) => player.miss(exchange) };
  if (given === "off") {
    const access: Access = {
      refuse: (exchange) => (validates && !knows(exchange) ? refuseFields(spec, exchange) : undefined),
      settle: () => (answer) => answer,
    };
    return { access, sources: [replied, player, miss] };
  }
  const made: Source = {
    // An exhausted sequence is a miss, never synthesized.
    answer: (exchange) => (strict || player.takes(exchange) ? undefined : synthesizer.answer(exchange)),
  };
  const access = new OglAccess({
    spec,
    state,
    records: (head) => player.records(head),
    knows,
    recorded: (exchange) => player.recorded(exchange),
    validates,
    open: given === "default",
  });
  // Strict without a world plays cassettes alone.
  const stateful = given === "default" && strict ? [] : [access.stateful];
  const played = options.hides ? withoutFaultModels(player) : player;
  return { access, sources: [replied, access.first, played, ...stateful, made, access.last, miss] };
}
