import type { Credential } from "./credentials.ts";

/** An interaction as far as credentials choose it. */
export interface Labelled {
  readonly file: string;
  /** `undefined` if it says nothing of credentials. */
  readonly credential: Credential | undefined;
  /** True if it refuses the key that it was asked with. */
  readonly refused: boolean;
}

/** The labels that a session's keys have in one file. Labels of different files are independent. */
interface FileBindings {
  readonly labelOf: Map<string, string>;
  /** Labels that stand for a key. */
  readonly taken: Set<string>;
}

/** The labels of a session's keys, by file. */
export type KeyBindings = Map<string, FileBindings>;

/** Names of keys that hold in every session: literal labels, and those of the configuration and the world. */
export interface KeyNames {
  /** The labels that name a key; `undefined` if none does. */
  labelsOf(key: string): readonly string[] | undefined;
  /** True for a label that is kept for a named key. */
  isKept(label: string): boolean;
}

/** The interactions that a credential chooses, and the binding that follows from playing one of them. */
export interface Choice<T> {
  readonly members: readonly T[];
  readonly bind?: (bindings: KeyBindings) => void;
}

/** Interactions with one label in one file. */
interface LabelGroup<T> {
  readonly file: string;
  readonly label: string;
  /** True if at least one of them is no refusal. */
  readonly accepts: boolean;
  readonly members: readonly T[];
}

/** Interactions of one request by their credentials. */
export interface Partition<T> {
  /** True if they all say nothing of credentials. */
  readonly silent: boolean;
  /** Interactions that say nothing of credentials. */
  readonly unasked: readonly T[];
  /** Interactions without a key, by the form of the credential. */
  readonly keyless: ReadonlyMap<string, readonly T[]>;
  /** Interactions with a key, by the form of the credential, in file order. */
  readonly keyed: ReadonlyMap<string, readonly LabelGroup<T>[]>;
}

/** Parts the interactions of one request by their credentials. */
export function partitionOf<T extends Labelled>(members: readonly T[]): Partition<T> {
  const spoken = members.filter(({ credential }) => credential !== undefined);
  const isKeyless = ({ credential }: T): boolean => credential?.key === undefined;
  const form = ({ credential }: T): string => credential?.form ?? "";
  const keyed = Map.groupBy(
    spoken.filter((member) => !isKeyless(member)),
    form,
  );
  return {
    silent: spoken.length === 0,
    unasked: members.filter(({ credential }) => credential === undefined),
    keyless: Map.groupBy(spoken.filter(isKeyless), form),
    keyed: new Map([...keyed].map(([name, alike]) => [name, labelGroups(alike)])),
  };
}

function labelGroups<T extends Labelled>(members: readonly T[]): LabelGroup<T>[] {
  const groups = Map.groupBy(members, ({ file, credential }) => JSON.stringify([file, credential?.key]));
  return [...groups.values()].map((alike) => {
    const { file, credential } = alike[0] as T;
    return {
      file,
      label: credential?.key ?? "",
      accepts: alike.some(({ refused }) => !refused),
      members: alike,
    };
  });
}

/**
 * Chooses the interactions that a request with this credential plays, the most specific first: those recorded with its
 * credential, then those that say nothing of credentials. Nothing is bound before one of them is played.
 */
export function choose<T>(
  { unasked, keyless, keyed }: Partition<T>,
  { form, key }: Credential,
  names: KeyNames,
  bindings: KeyBindings,
): Choice<T> {
  if (key === undefined) return { members: [...(keyless.get(form) ?? []), ...unasked] };
  const chosen = chooseLabel(keyed.get(form) ?? [], key, names, bindings);
  return { ...chosen, members: [...chosen.members, ...unasked] };
}

function chooseLabel<T>(
  groups: readonly LabelGroup<T>[],
  key: string,
  names: KeyNames,
  bindings: KeyBindings,
): Choice<T> {
  const named = names.labelsOf(key);
  const bound = ({ file }: LabelGroup<T>): string | undefined => bindings.get(file)?.labelOf.get(key);
  const own = groups.filter((group) => named?.includes(group.label) ?? bound(group) === group.label);
  if (own.length > 0) return { members: own.flatMap(({ members }) => members) };
  if (named !== undefined) return { members: [] };
  const open = groups.filter((group) => !names.isKept(group.label));
  const free = open.filter(({ file, label }) => bindings.get(file)?.taken.has(label) !== true);
  const unbound = free.filter((group) => bound(group) === undefined);
  const elsewhere = new Set([...bindings.values()].flatMap(({ labelOf }) => labelOf.get(key) ?? []));
  const first = unbound.find(({ label }) => elsewhere.has(label)) ?? unbound.find(({ accepts }) => accepts);
  // A key that was recorded on two days has two labels in a file: the second is used without being bound.
  const borrowed = first === undefined ? free.find(({ accepts }) => accepts) : undefined;
  if (borrowed !== undefined) return { members: borrowed.members };
  // If every label has its key, one more key shares what is recorded.
  const shared = open.filter((group) => bound(group) === undefined);
  const group = first ?? unbound[0] ?? shared.find(({ accepts }) => accepts) ?? shared[0];
  if (group === undefined) return { members: [] };
  return { members: group.members, bind: (session) => bindKey(session, group, key) };
}

function bindKey(bindings: KeyBindings, { file, label }: LabelGroup<unknown>, key: string): void {
  let inFile = bindings.get(file);
  if (inFile === undefined) {
    inFile = { labelOf: new Map(), taken: new Set() };
    bindings.set(file, inFile);
  }
  inFile.labelOf.set(key, label);
  inFile.taken.add(label);
}

/**
 * The names of keys.
 * @param keys keys by their labels, of the configuration or the world
 * @param isLabel true for a label of a loaded interaction, which names itself
 */
export function keyNames(keys: ReadonlyMap<string, string>, isLabel: (label: string) => boolean): KeyNames {
  const labels = Map.groupBy(keys.keys(), (label) => keys.get(label));
  return {
    labelsOf: (key) => labels.get(key) ?? (isLabel(key) ? [key] : undefined),
    isKept: (label) => keys.has(label),
  };
}
