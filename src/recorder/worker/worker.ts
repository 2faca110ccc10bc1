import { type Stats, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type About,
  CASSETTE_SUFFIX,
  CassetteError,
  type Interaction,
  type LogLock,
  LogLockedError,
  type LogHead,
  type ProcessId,
  encodeBody,
  findCassettes,
  isRefused,
  lockLog,
  matchRequestOf,
  printEntry,
} from "../../cassette/index.ts";
import {
  LARGE_BYTES,
  type Problem,
  collectAllGarbage,
  defined,
  makeFolder,
  toProblem,
} from "../../util/index.ts";
import { type WrittenTexts, writtenTexts } from "../../secrets/index.ts";
import { LogWriter } from "../log/index.ts";
import {
  RecordError,
  type RecordedFile,
  type WorkerJob,
  type WorkerOptions,
  type WorkerResult,
  OPENAPI_PATH,
  namedGeneration,
  requestTitle,
} from "../model/index.ts";
import { type Finished, Finisher } from "./finish.ts";
import { cassetteNameOf, makeName, operationOf } from "./naming.ts";
import type { WorkerEnd, WorkerNews, WorkerRefusal, WorkerStart } from "./messages.ts";
import { Renames } from "./renames.ts";

/** Makes an error into plain data, as only data can cross from thread to thread. */
export function toRefusal(error: unknown): WorkerRefusal {
  if (error instanceof LogLockedError) return { ...toProblem(error), code: "locked" };
  if (error instanceof CassetteError) return { ...toProblem(error), code: "cassette" };
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return { code: "unexpected", location: {}, reason: message };
  return {
    code: "unwritable",
    location: {},
    reason: `can't record there: ${message}`,
    fix: "choose another --out, or make the folder writable",
  };
}

/** Writes finished exchanges one at a time, sanitized, into the recording logs of their cassettes. */
export class RecordingWorker {
  readonly #options: WorkerOptions;
  readonly #recorder: ProcessId;
  readonly #resume: boolean;
  readonly #plan: LogHead;
  readonly #finisher: Finisher;
  readonly #renames = new Renames();
  readonly #notes: string[] = [];
  readonly #writers = new Map<string, LogWriter>();
  /** Writer of each recent exchange, for a later notice that its connection was closed. */
  readonly #writerOf = new Map<number, LogWriter>();
  /** News for the recorder since the last call. */
  news(): Pick<WorkerNews, "learnt" | "pseudonyms" | "written" | "notes"> {
    const { secrets } = this.#finisher;
    const learnt = secrets.slice(this.#reported);
    this.#reported = secrets.length;
    const written: number[] = [];
    for (const [id, writer] of this.#unwritten) if (writer.written.has(id)) written.push(id);
    for (const id of written) this.#unwritten.delete(id);
    const notes = [
      ...this.#notes.splice(0),
      ...[...this.#writers.values()].flatMap((writer) => writer.takeNotes()),
    ];
    const given = this.#finisher.givenSince(this.#given);
    const renamed = this.#renames.pairsSince(this.#renamedCount);
    this.#given += given.length;
    this.#renamedCount += renamed.length;
    return { learnt, pseudonyms: { given, renamed }, written, notes };
  }

  /** Number of times that each known request has come. */
  readonly #seen = new Map<string, number>();
  readonly #folderLock: LogLock | undefined;
  readonly #sideFolder: string;
  /** Index of the texts on disk: exchanges by their ids, and each cassette that was there by a negative number. */
  readonly #written: WrittenTexts<number>;
  #rechecked = 0;
  /** Writers of the exchanges that are only in memory. */
  readonly #unwritten = new Map<number, LogWriter>();
  /** Writers of answers that deviate from the OpenAPI. */
  readonly #deviating = new Set<LogWriter>();
  /** Number of secrets that the recorder knows of. */
  #reported = 0;
  /** Number of pseudonyms, and of renamed ones, that the recorder knows of. */
  #given = 0;
  #renamedCount = 0;

  /** @throws LogLockedError, CassetteError or the system's error if the cassette or folder can't be recorded into */
  static async start(start: WorkerStart): Promise<RecordingWorker> {
    return new RecordingWorker(start, await writtenTexts());
  }

  private constructor({ options, recorder, resume, known }: WorkerStart, written: WrittenTexts<number>) {
    this.#options = options;
    this.#recorder = recorder;
    this.#resume = resume;
    this.#written = written;
    const { how, only, keepWaits, out, folder } = options;
    this.#plan = { how, ...defined({ only }), keepWaits };
    if (folder) {
      makeFolder(out);
      this.#folderLock = lockLog(join(out, "recording"), recorder);
    } else this.#open(out);
    this.#sideFolder = join(folder ? out : dirname(out), "files");
    this.#finisher = new Finisher(
      this.#about(out),
      { ...options, given: known.given, existing: existingText(options) },
      (hash) => readFileSync(join(this.#sideFolder, hash)),
    );
    this.#renames.restore(known.renamed);
    this.#given = known.given.length;
    this.#renamedCount = known.renamed.length;
  }

  /** Number of times that an interaction on disk was sanitized again. */
  get rechecked(): number {
    return this.#rechecked;
  }

  async take(job: WorkerJob): Promise<WorkerResult> {
    try {
      const finished = await this.#finisher.finish(job);
      const scrubbed = await this.#scrub(finished.learnt);
      const { interaction, findings } = finished;
      if (findings.length > 0) {
        const { method, target } = interaction.request;
        return { outcome: "withheld", request: requestTitle(this.#options.ogl, method, target), findings };
      }
      this.#noteGeneration(interaction);
      return this.#write(job, finished, this.#named(interaction), scrubbed);
    } catch (error) {
      const message = error instanceof CassetteError ? error.reason : (error as Error).message;
      return { outcome: "failed", message };
    }
  }

  /** Gives advice if a client asked the upstream for its OpenAPI, and that is of another generation. */
  #noteGeneration({ request, response }: Interaction): void {
    const path = request.target.split("?", 1)[0] ?? "";
    if (!path.endsWith(OPENAPI_PATH) || response.status !== 200) return;
    try {
      const body = Buffer.concat(encodeBody(response.body ?? []).map(({ bytes }) => bytes));
      const advice = namedGeneration(JSON.parse(body.toString()), this.#options.ogl);
      if (advice !== undefined) this.#notes.push(advice);
    } catch {
      // it is no OpenAPI, or in a side file
    }
  }

  /** Notes that the server closed the connection after an answer. */
  closed(id: number): void {
    this.#writerOf.get(id)?.closed(id);
  }

  /** Folds all logs into their cassettes. */
  close(): WorkerEnd {
    this.#written.clear(); // folding needs memory
    const files: RecordedFile[] = [];
    const problems: Problem[] = [];
    let lost = 0;
    for (const writer of this.#writers.values()) {
      try {
        const closed = writer.close(this.#deviating.has(writer));
        const recorded = writer.entries - writer.lost;
        if (recorded > 0) files.push({ file: writer.file, recorded, ...closed });
      } catch (error) {
        problems.push(toProblem(error));
      }
      lost += writer.lost;
    }
    this.#folderLock?.release();
    return { files: files.toSorted((a, b) => (a.file < b.file ? -1 : 1)), lost, problems };
  }

  #write(
    job: WorkerJob,
    finished: Finished,
    named: Interaction,
    scrubbed: { file: string; interactions: number }[],
  ): WorkerResult {
    const { ogl, out, folder } = this.#options;
    const file = folder ? join(out, `${cassetteNameOf(operationOf(named, ogl))}${CASSETTE_SUFFIX}`) : out;
    const writer = this.#open(file);
    const interaction = this.#renamed(writer, named);
    this.#keepSideFiles(finished);
    const entry = {
      id: job.id,
      base: writer.known.find(matchRequestOf(interaction.request)).length,
      ...(finished.sanitized.length > 0 ? { sanitized: finished.sanitized } : {}),
      interaction,
    };
    const line = printEntry(entry);
    const between = line.length > LARGE_BYTES ? collectAllGarbage : () => {};
    between();
    // Beside what was scanned, the line has the name that was made of it.
    if (finished.texts === undefined || interaction !== named) this.#written.add(job.id, line, between);
    else this.#written.addTexts(job.id, [line, ...finished.texts], JSON.stringify(interaction.name));
    between();
    const unwritten = writer.add(entry, line);
    if (unwritten !== undefined) this.#unwritten.set(job.id, writer);
    if (finished.drift.length > 0) this.#deviating.add(writer);
    this.#writerOf.set(job.id, writer);
    this.#writerOf.delete(job.id - REMEMBERED);
    return {
      outcome: "recorded",
      file,
      status: interaction.response.status ?? null,
      end: interaction.response.end?.how ?? "complete",
      replaced: finished.replaced,
      drift: this.#renames.apply(finished.drift),
      scrubbed,
      ...defined({ unwritten }),
    };
  }

  /** Writes side files. Called before the interaction is written, as an unreferenced side file does no harm. */
  #keepSideFiles({ sideFiles }: Finished): void {
    if (sideFiles.size > 0) makeFolder(this.#sideFolder);
    for (const [hash, bytes] of sideFiles)
      writeFileSync(join(this.#sideFolder, hash), bytes, { flush: true });
  }

  #open(file: string): LogWriter {
    let writer = this.#writers.get(file);
    if (writer === undefined) {
      const [about, plan, recorder] = [this.#about(file), this.#plan, this.#recorder];
      writer = new LogWriter(file, { about, plan, recorder, resume: this.#resume });
      this.#writers.set(file, writer);
      for (const { id, interaction } of writer.resumed) this.#written.add(id, JSON.stringify(interaction));
      if (writer.old.length > 0) this.#written.add(-this.#writers.size, readFileSync(file, "utf8"));
    }
    return writer;
  }

  #about(file: string): About {
    const name = file.slice(file.lastIndexOf("/") + 1).replace(CASSETTE_SUFFIX, "");
    return {
      title: name,
      origin: "recorded",
      ogl: this.#options.ogl,
      recordedWith: this.#options.recordedWith,
      recordedAt: new Date().toISOString().slice(0, 10),
    };
  }

  #named(interaction: Interaction): Interaction {
    const { ogl, redactPrompts } = this.#options;
    return { ...interaction, name: makeName(interaction, ogl, !redactPrompts) };
  }

  /** The interaction with the pseudonyms of the one that it replaces. */
  #renamed(writer: LogWriter, interaction: Interaction): Interaction {
    const found = writer.known.findAlike(matchRequestOf(interaction.request));
    // Beside a refusal that stays, the answer to another key is recorded.
    const all =
      this.#options.how === "add" ? found.filter((at) => sameRefusal(writer.old[at], interaction)) : found;
    // Another key may have been refused the same request.
    const alike = all.filter((at) => writer.old[at]?.response.status === interaction.response.status);
    const locations = alike.length > 0 ? alike : all;
    if (locations.length > 0) {
      const key = `${writer.file} ${locations.join()}`;
      const nth = this.#seen.get(key) ?? 0;
      this.#seen.set(key, nth + 1);
      const was = writer.old[locations[nth] ?? (locations[0] as number)];
      if (was !== undefined) this.#renames.learn(was, interaction);
    }
    return this.#renames.apply(interaction);
  }

  /** Removes secrets that were only learnt now from the interactions on disk that hold them. */
  async #scrub(learnt: readonly string[]): Promise<{ file: string; interactions: number }[]> {
    const scrubbed: { file: string; interactions: number }[] = [];
    const candidates = this.#written.find(learnt);
    if (candidates.size === 0) return scrubbed;
    const again = (interaction: Interaction): Promise<Interaction | undefined> => {
      this.#rechecked++;
      return this.#finisher.again(interaction);
    };
    for (const [i, writer] of [...this.#writers.values()].entries()) {
      const interactions = await writer.rewrite(candidates, candidates.has(-(i + 1)), again);
      if (interactions > 0) scrubbed.push({ file: writer.file, interactions });
    }
    return scrubbed;
  }
}

function sameRefusal(was: Interaction | undefined, now: Interaction): boolean {
  return was !== undefined && isRefused(was) === isRefused(now);
}

/** Number of recent exchanges whose writer is remembered. */
const REMEMBERED = 1000;

/** Text of the existing cassettes, whose pseudonyms are not given again. */
function existingText({ out, folder }: WorkerOptions): string {
  if (!existsSync(out)) return "";
  const files = folder ? findCassettes([out], { empty: true }).filter((file) => existsSync(file)) : [out];
  return files.map((file) => readFileSync(file, "utf8")).join("\n");
}

/**
 * True if there is a recording at a path.
 * @throws RecordError if nothing can be recorded there
 */
export function hasRecording(out: string, folder: boolean): boolean {
  const stat = statOfOut(out);
  if (stat === undefined) return false;
  if (stat.isDirectory() !== folder)
    throw new RecordError(
      "name",
      { file: out },
      folder ? `is a file, and the name of a cassette ends in ${CASSETTE_SUFFIX}` : "is a folder",
      folder
        ? `name it NAME${CASSETTE_SUFFIX}, or give a folder`
        : "give it another name, or give a cassette in it",
    );
  return folder ? readdirSync(out).some((name) => name.endsWith(CASSETTE_SUFFIX)) : true;
}

function statOfOut(out: string): Stats | undefined {
  try {
    return statSync(out, { throwIfNoEntry: false });
  } catch (error) {
    const reason = `can't be looked at: ${(error as Error).message}`;
    throw new RecordError("unreadable", { file: out }, reason, "record into another file or folder");
  }
}
