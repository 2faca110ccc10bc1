/** A filter on metadata: one comparison, or several. */
export type MetadataFilter = Comparison | Compound;

interface Comparison {
  readonly key: string;
  readonly type: string;
  readonly value: unknown;
}

interface Compound {
  readonly filters: readonly Comparison[];
  readonly operator: string;
}

type Metadata = Readonly<Record<string, unknown>>;

/** Whether a chunk's metadata passes a filter (observed on 0.4.1: search2-12 to -21). */
export function passesFilter(metadata: Metadata | null, filter: MetadataFilter): boolean {
  const passes = (each: Comparison): boolean =>
    metadata !== null && meetsComparison(metadata[each.key], each);
  if (!("filters" in filter)) return passes(filter);
  return filter.operator === "or" ? filter.filters.some(passes) : filter.filters.every(passes);
}

function meetsComparison(value: unknown, { type, value: wanted }: Comparison): boolean {
  if (value === undefined) return false;
  if (type === "eq") return metadataValue(value) === metadataValue(wanted);
  const text = String(metadataValue(value));
  const part = String(metadataValue(wanted));
  if (type === "sw") return text.startsWith(part);
  return type === "ew" ? text.endsWith(part) : text.includes(part);
}

/** The value of a number that keeps its spelling. */
function metadataValue(value: unknown): unknown {
  return typeof value === "object" && value !== null ? Number(JSON.stringify(value)) : value;
}
