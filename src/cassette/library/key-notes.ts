import { exactKey } from "../match/index.ts";
import type { LibraryEntry } from "./library.ts";

/** Keys of one cassette that get different answers, so that a replay has to know which key is which. */
export interface KeyNote {
  readonly file: string;
  /** Index of the first interaction with such an answer. */
  readonly index: number;
  /** Labels of the keys, in file order. */
  readonly labels: readonly string[];
  /** Number of requests that they get different answers to. */
  readonly requests: number;
}

/** Finds labels with different 2xx answers to the same request. Without names for the keys, the order of requests decides. */
export function keyNotes(entries: readonly LibraryEntry[]): KeyNote[] {
  const accepted = entries.filter(
    ({ credential, interaction: { response } }) =>
      credential?.key !== undefined && (response.status ?? 0) >= 200 && (response.status ?? 0) < 300,
  );
  const requests = Map.groupBy(accepted, ({ file, request, credential }) =>
    JSON.stringify([file, credential?.form, exactKey(request)]),
  );
  const notes = new Map<string, KeyNote>();
  for (const alike of requests.values()) {
    const [first] = alike;
    const labels = [...new Set(alike.flatMap(({ credential }) => credential?.key ?? []))];
    if (first === undefined || labels.length < 2 || haveOneAnswer(alike)) continue;
    const id = JSON.stringify([first.file, labels]);
    const { requests: before = 0, index = first.index } = notes.get(id) ?? {};
    notes.set(id, { file: first.file, index, labels, requests: before + 1 });
  }
  return [...notes.values()];
}

/** True if each label has the same answers, whatever their waits. */
function haveOneAnswer(entries: readonly LibraryEntry[]): boolean {
  const byLabel = Map.groupBy(entries, ({ credential }) => credential?.key);
  const answers = [...byLabel.values()].map((own) => own.map(answerText).join());
  return answers.every((answer) => answer === answers[0]);
}

function answerText({ script: { head, ops } }: LibraryEntry): string {
  const bytes = Buffer.concat(ops.flatMap((op) => (op.op === "write" ? [op.bytes] : [])));
  return `${head?.status} ${bytes.toString("latin1")}`;
}
