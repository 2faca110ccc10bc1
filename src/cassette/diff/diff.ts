import type { Header } from "../../http/index.ts";
import { canonicalJson, defined } from "../../util/index.ts";
import {
  type Cassette,
  type CassetteRequest,
  type HeaderPair,
  type Interaction,
  type ReadSideFile,
  encodeBody,
  hashOf,
  matchRequestOf,
  requestBytes,
} from "../format/index.ts";
import { bodyKind } from "../scrub/index.ts";
import { textChanges, valueChanges } from "./bytes.ts";
import { alignBlocks, blockChanges, blocksOf } from "./stream.ts";
import type { CassetteDiff, Change, InteractionDiff } from "./types.ts";
import { writeNotes } from "./writes.ts";

/** A cassette to compare, with its side files. */
export interface DiffSide {
  readonly cassette: Cassette;
  readonly readSideFile: ReadSideFile;
}

interface Location {
  readonly interaction: Interaction;
  readonly index: number;
}

/** Members of `about` that differ with each recording, as waits do; they are not compared. */
const RECORDED_FIELDS = new Set(["recordedAt", "recordedWith"]);

/** Compares two cassettes. Interactions are paired by name, then by equal request; waits are not compared. */
export function diffCassettes(before: DiffSide, after: DiffSide): CassetteDiff {
  const interactions: InteractionDiff[] = [];
  const pairs = pairUp(before.cassette.interactions, after.cassette.interactions);
  let equal = 0;
  for (const [a, b] of pairs) {
    const diff = diffLocations(a, b, before.readSideFile, after.readSideFile);
    if (diff.kind === "changed" && diff.changes.length === 0 && diff.writes.length === 0) equal++;
    else interactions.push(diff);
  }
  const order = pairs.flatMap(([a, b]) => (a && b ? [b.index] : []));
  return {
    about: valueChanges("about", aboutDifferences(before.cassette), aboutDifferences(after.cassette)),
    interactions,
    reordered: order.some((index, i) => i > 0 && index < (order[i - 1] as number)),
    equal,
  };
}

/** Compares two interactions, whatever their names. */
export function diffInteractions(
  before: Interaction,
  after: Interaction,
  readBefore: ReadSideFile,
  readAfter: ReadSideFile,
): Pick<InteractionDiff, "changes" | "writes"> {
  const { changes, writes } = bodyDiff(before, after, readBefore, readAfter);
  const [a, b] = [before.response, after.response];
  return {
    changes: [
      ...requestChanges(before.request, after.request),
      ...valueChanges("match", before.match ?? {}, after.match ?? {}),
      ...valueChanges("status", a.status, b.status),
      ...valueChanges("reason", a.reason, b.reason),
      ...valueChanges("http", a.http ?? "1.1", b.http ?? "1.1"),
      ...valueChanges("early", a.early ?? false, b.early ?? false),
      ...valueChanges("framing", a.framing, b.framing),
      ...valueChanges("informational", a.informational ?? [], b.informational ?? []),
      ...headerChanges("headers", a.headers ?? [], b.headers ?? []),
      ...changes,
      ...headerChanges("trailers", a.trailers ?? [], b.trailers ?? []),
      ...valueChanges("end", a.end?.how ?? "complete", b.end?.how ?? "complete"),
      ...valueChanges("waivers", before.waivers ?? [], after.waivers ?? []),
    ],
    writes,
  };
}

function diffLocations(
  a: Location | undefined,
  b: Location | undefined,
  readBefore: ReadSideFile,
  readAfter: ReadSideFile,
): InteractionDiff {
  const known = (a ?? b) as Location;
  const { method, target } = known.interaction.request;
  const both = a !== undefined && b !== undefined;
  return {
    kind: both ? "changed" : a === undefined ? "added" : "removed",
    name: known.interaction.name,
    ...(both && a.interaction.name !== b.interaction.name ? { renamedTo: b.interaction.name } : {}),
    pointers: {
      ...(a === undefined ? {} : { before: `/interactions/${a.index}` }),
      ...(b === undefined ? {} : { after: `/interactions/${b.index}` }),
    },
    request: `${method} ${target}`,
    ...(both
      ? withName(a, b, diffInteractions(a.interaction, b.interaction, readBefore, readAfter))
      : { changes: [], writes: [] }),
  };
}

function withName(
  a: Location,
  b: Location,
  diff: Pick<InteractionDiff, "changes" | "writes">,
): Pick<InteractionDiff, "changes" | "writes"> {
  return {
    ...diff,
    changes: [...valueChanges("name", a.interaction.name, b.interaction.name), ...diff.changes],
  };
}

/** Pairs in the order of the first list, then the interactions that only the second has. */
function pairUp(
  before: readonly Interaction[],
  after: readonly Interaction[],
): [Location | undefined, Location | undefined][] {
  const left = after.map((interaction, index): Location => ({ interaction, index }));
  const partners: (Location | undefined)[] = before.map(() => undefined);
  const take = (alike: (a: Interaction, b: Interaction) => boolean): void => {
    for (const [i, a] of before.entries()) {
      if (partners[i] !== undefined) continue;
      const at = left.findIndex(({ interaction }) => alike(a, interaction));
      if (at !== -1) partners[i] = left.splice(at, 1)[0];
    }
  };
  const keys = new Map([...before, ...after].map((one) => [one, requestKey(one.request)]));
  const sameRequest = (a: Interaction, b: Interaction): boolean => keys.get(a) === keys.get(b);
  // Names need not be unique: among equal names, interactions with equal requests are paired first.
  take((a, b) => a.name === b.name && sameRequest(a, b));
  take((a, b) => a.name === b.name);
  take(sameRequest);
  return [
    ...before.map((interaction, index): [Location, Location | undefined] => [
      { interaction, index },
      partners[index],
    ]),
    ...left.map((location): [undefined, Location] => [undefined, location]),
  ];
}

/**
 * Key that is equal for requests with the same method, target and body. It is a hash, since V8 hashes strings over
 * 16 KiB by their length alone: as keys of a Map they would be compared one by one.
 */
export function requestKey(request: CassetteRequest): string {
  const { method, path, query, json, body, form } = matchRequestOf(request);
  const text = canonicalJson([
    method,
    path,
    query,
    json ?? Buffer.from(body).toString("latin1"),
    form ?? null,
  ]);
  return hashOf(Buffer.from(text));
}

function requestChanges(before: CassetteRequest, after: CassetteRequest): Change[] {
  const part = "request";
  const line = ({ method, target, http }: CassetteRequest): object => ({
    method,
    target,
    http: http ?? "1.1",
  });
  return [
    ...valueChanges(part, line(before), line(after)),
    ...headerChanges("request headers", before.headers ?? [], after.headers ?? []),
    ...(before.form !== undefined || after.form !== undefined
      ? valueChanges("request form", before.form ?? [], after.form ?? [])
      : textChanges("request body", requestBytes(before), requestBytes(after))),
  ];
}

/** Changes of headers: one by one if both lists have the same names in the same order, else removals and additions in order. */
function headerChanges(part: string, before: readonly HeaderPair[], after: readonly Header[]): Change[] {
  const names = (list: readonly Header[]): string => list.map(([name]) => name).join("\n");
  if (names(before) === names(after))
    return before.flatMap(([name, value], i) =>
      valueChanges(part, value, after[i]?.[1]).map((change) => ({ ...change, pointer: `/${i}`, note: name })),
    );
  const shown = ([name, value]: Header): string => `${name}: ${value ?? "(computed)"}`;
  const a = before.map(shown);
  const b = after.map(shown);
  const changes: Change[] = [
    ...a.flatMap((line, i) => (b.includes(line) ? [] : [{ part, pointer: `/${i}`, before: line }])),
    ...b.flatMap((line, i) => (a.includes(line) ? [] : [{ part, pointer: `/${i}`, after: line }])),
  ];
  const common = (one: readonly string[], other: readonly string[]): string[] =>
    one.filter((line) => other.includes(line));
  const [orderBefore, orderAfter] = [common(a, b), common(b, a)];
  if (String(orderBefore) !== String(orderAfter))
    changes.push({
      part,
      before: orderBefore,
      after: orderAfter,
      note: "in another order, or another number of times",
    });
  return changes;
}

function bodyDiff(
  before: Interaction,
  after: Interaction,
  readBefore: ReadSideFile,
  readAfter: ReadSideFile,
): Pick<InteractionDiff, "changes" | "writes"> {
  const a = encodeBody(before.response.body ?? [], readBefore);
  const b = encodeBody(after.response.body ?? [], readAfter);
  const bytesBefore = Buffer.concat(a.map(({ bytes }) => bytes));
  const bytesAfter = Buffer.concat(b.map(({ bytes }) => bytes));
  if (bodyKind(before.response) !== "sse" || bodyKind(after.response) !== "sse")
    return { changes: textChanges("body", bytesBefore, bytesAfter), writes: writeNotes(a, b) };
  const blocks = { before: blocksOf(bytesBefore), after: blocksOf(bytesAfter) };
  const pairs = alignBlocks(blocks.before, blocks.after);
  const changes = pairs.flatMap(([i, j]) =>
    blockChanges(
      i === undefined ? undefined : blocks.before[i],
      j === undefined ? undefined : blocks.after[j],
    ).map((change): Change => {
      const [from, to] = [blocks.before[i ?? -1]?.number, blocks.after[j ?? -1]?.number];
      return {
        ...change,
        event: {
          ...defined({ before: from, after: to }),
        },
      };
    }),
  );
  return { changes, writes: writeNotes(a, b, { ...blocks, pairs }) };
}

function aboutDifferences(cassette: Cassette): object {
  return Object.fromEntries(Object.entries(cassette.about).filter(([key]) => !RECORDED_FIELDS.has(key)));
}
