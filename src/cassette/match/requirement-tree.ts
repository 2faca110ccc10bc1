import type { Requirements, Scalar } from "./requirements.ts";

/** Patterns by what they require, as positions in a list. */
export type RequirementTree = readonly number[] | Split;

/** Patterns parted by their requirement at one location. */
interface Split {
  readonly location: string;
  readonly byValue: ReadonlyMap<Scalar, RequirementTree>;
  /** Patterns that require nothing there. */
  readonly loose: RequirementTree;
}

/** Number of patterns that are not worth parting. */
const FEW = 8;

/** Patterns are parted only if fewer than this share of them is then left, on average. */
const WORTHWHILE = 0.75;

/** Makes the tree of the patterns at some positions. Each split is at the location that tells most of them apart. */
export function requirementTree(
  positions: readonly number[],
  requirementsAt: (position: number) => Requirements,
): RequirementTree {
  if (positions.length <= FEW) return positions;
  const location = mostSelective(positions.map(requirementsAt));
  if (location === undefined) return positions;
  const isBound = (position: number): boolean => requirementsAt(position).has(location);
  const byValue = Map.groupBy(positions.filter(isBound), (position) =>
    requirementsAt(position).get(location),
  );
  return {
    location,
    byValue: new Map(
      [...byValue].map(([value, alike]) => [value, requirementTree(alike, requirementsAt)] as const),
    ),
    loose: requirementTree(
      positions.filter((position) => !isBound(position)),
      requirementsAt,
    ),
  };
}

/** The location that leaves the fewest patterns, on average, for a request that has one of the required values. */
function mostSelective(all: readonly Requirements[]): string | undefined {
  const counts = new Map<string, Map<Scalar, number>>();
  for (const requirements of all) {
    for (const [location, value] of requirements) {
      let values = counts.get(location);
      if (values === undefined) {
        values = new Map();
        counts.set(location, values);
      }
      values.set(value, (values.get(value) ?? 0) + 1);
    }
  }
  let best: string | undefined;
  let least = all.length * WORTHWHILE;
  for (const [location, values] of counts) {
    let bound = 0;
    let squares = 0;
    for (const count of values.values()) {
      bound += count;
      squares += count * count;
    }
    const left = all.length - bound + squares / all.length;
    if (left < least) {
      best = location;
      least = left;
    }
  }
  return best;
}

/**
 * Collects, in ascending order, the positions of all patterns that the values at each location may fit.
 * @param valuesAt `undefined` for a location at which any value fits
 */
export function fitting(
  tree: RequirementTree,
  valuesAt: (location: string) => readonly Scalar[] | undefined,
): number[] {
  const found: number[] = [];
  const walk = (node: RequirementTree): void => {
    if (!("byValue" in node)) {
      for (const position of node) found.push(position);
      return;
    }
    const values = valuesAt(node.location);
    for (const value of values ?? node.byValue.keys()) {
      const alike = node.byValue.get(value);
      if (alike !== undefined) walk(alike);
    }
    walk(node.loose);
  };
  walk(tree);
  return found.toSorted((a, b) => a - b);
}
