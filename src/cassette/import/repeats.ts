import { printCompact } from "../../util/index.ts";
import { type Interaction, matchRequestOf } from "../format/index.ts";
import { type Matchable, MatchIndex, credentialOf } from "../match/index.ts";

/** An interaction as the matching sees it, with its position. */
interface Position extends Matchable {
  readonly index: number;
}

/** Interactions without repetitions: `undefined` for one that says the same as an earlier one. */
export type Sequenced = readonly (Interaction | undefined)[];

/**
 * Gives interactions that match the same request with the same credential an order. Of those with the same answers the first is kept; if answers
 * differ they are played in sequence. What is the same request is decided by the matching itself, so the result loads.
 *
 * @param fixed true for an interaction whose rule of matching stays as it is
 */
export function sequenced(
  interactions: readonly Interaction[],
  fixed: (index: number) => boolean = () => false,
): Sequenced {
  const result: (Interaction | undefined)[] = [...interactions];
  for (const group of groupsOf(interactions)) {
    const own = group.filter((index) => !fixed(index));
    const answers = new Set(group.map((index) => answerKey(interactions[index] as Interaction)));
    if (answers.size === 1 && own.length === group.length)
      for (const index of own.slice(1)) result[index] = undefined;
    else for (const index of own) result[index] = inSequence(interactions[index] as Interaction);
  }
  return result;
}

function inSequence(interaction: Interaction): Interaction {
  return { ...interaction, match: { ...interaction.match, play: "sequence" } };
}

/** Positions of interactions that match the same request, in groups of two and more. */
function groupsOf(interactions: readonly Interaction[]): number[][] {
  const index = new MatchIndex<Position>();
  for (const [i, { request, match = {} }] of interactions.entries()) {
    const credential = credentialOf(request.headers ?? []);
    index.add({ index: i, request: matchRequestOf(request), match, credential });
  }
  const first = interactions.map((_, i) => i);
  const firstOf = (at: number): number => {
    let found = at;
    while (first[found] !== found) found = first[found] as number;
    return found;
  };
  for (const [a, b] of index.ambiguities(Infinity)) {
    const [one, other] = [firstOf(a.index), firstOf(b.index)];
    first[Math.max(one, other)] = Math.min(one, other);
    first[b.index] = Math.min(one, other);
  }
  const groups = Map.groupBy(interactions.keys(), firstOf);
  return [...groups.values()].filter((members) => members.length > 1);
}

/** Key that is equal for answers that differ only in their waits. */
function answerKey({ response }: Interaction): string {
  const { wait: _wait, end, body = [], ...rest } = response;
  return printCompact([rest, end?.how, body.map(({ wait, ...element }) => [wait === undefined, element])]);
}
