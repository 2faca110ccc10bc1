import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { isObject } from "../../util/index.ts";
import { SuiteError } from "../model/index.ts";
import type { Created, CreatedKind } from "./model/index.ts";

/** Thing that a run may have created and that nobody has deleted. */
export interface Leftover {
  readonly kind: CreatedKind;
  readonly name: string;
}

/** Journal of what runs create on one server: names alone, never keys. */
export interface CreatedJournal extends Created {
  /** Things of earlier runs on this server that were not deleted. */
  readonly leftovers: readonly Leftover[];
}

const KINDS: readonly CreatedKind[] = ["key", "collection"];

/**
 * Opens the journal of a server. Each name is written before its creation, so that a killed run leaves a trace of it; the file
 * goes with the last of them.
 * @throws SuiteError if a line is none of a journal
 */
export function openCreatedJournal(file: string, origin: string): CreatedJournal {
  const open = new Map<string, Line>();
  for (const line of existsSync(file) ? journalLines(file) : []) {
    if (line.done === true) open.delete(idOf(line));
    else open.set(idOf(line), line);
  }
  const add = (line: Line): void => appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  return {
    leftovers: [...open.values()]
      .filter((line) => line.origin === origin)
      .map(({ kind, name }) => ({ kind, name })),
    planned: (kind, name) => {
      const line = { origin, kind, name };
      open.set(idOf(line), line);
      add(line);
    },
    removed: (kind, name) => {
      const line = { origin, kind, name };
      if (!open.delete(idOf(line))) return;
      if (open.size === 0) rmSync(file, { force: true });
      else add({ ...line, done: true });
    },
  };
}

interface Line {
  readonly origin: string;
  readonly kind: CreatedKind;
  readonly name: string;
  readonly done?: boolean;
}

const idOf = ({ origin, kind, name }: Line): string => JSON.stringify([origin, kind, name]);

/** Lines of a journal; a last line that a kill has cut is left out. */
function journalLines(file: string): Line[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((text, i): Line[] => {
    if (text === "") return [];
    const line = createdLineOf(text);
    if (line !== undefined) return [line];
    if (i === lines.length - 1) return [];
    throw new SuiteError(
      "journal",
      { file, line: i + 1 },
      "is not a line of the journal of what gatetape server has created",
      "name another file with --journal, or delete this one after a look at what it lists",
    );
  });
}

function createdLineOf(text: string): Line | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { origin, kind, name, done } = value;
  const known = KINDS.find((one) => one === kind);
  return typeof origin === "string" && typeof name === "string" && known !== undefined
    ? { origin, kind: known, name, ...(done === true ? { done } : {}) }
    : undefined;
}
