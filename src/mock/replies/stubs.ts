import {
  CassetteError,
  type Library,
  type LoadedCassette,
  checkCassette,
  libraryOf,
} from "../../cassette/index.ts";
import type { OglVersion } from "../../openapi/index.ts";

/** What errors call interactions that came over the control API. */
const SOURCE = "control API";

export interface Stub {
  readonly id: number;
  /** Answers only this session; `undefined`: all. */
  readonly session: string | undefined;
  readonly cassette: LoadedCassette;
}

/** Interactions added at run time. They are validated as those of a cassette are; the newest is asked first. */
export class Stubs {
  readonly #ogl: OglVersion;
  #added: readonly Stub[] = [];
  /** What answers each session beside the library; under `undefined` what answers all. */
  #libraries = new Map<string | undefined, Library>();
  #lastId = 0;

  constructor(ogl: OglVersion) {
    this.#ogl = ogl;
  }

  get list(): readonly Stub[] {
    return this.#added;
  }

  /** What was added for a session, then what was added for all. */
  *librariesOf(session: string): Generator<Library> {
    if (this.#added.length === 0) return;
    for (const key of [session, undefined]) {
      const library = this.#libraries.get(key);
      if (library !== undefined) yield library;
    }
  }

  /**
   * @param json a cassette, an interaction, or a list of interactions
   * @param session the only session that it is to answer
   * @returns the id by which they can be removed
   * @throws CassetteError with the JSON pointer of what is wrong
   */
  add(json: unknown, session?: string): number {
    const cassette = checkCassette(SOURCE, JSON.stringify(this.#cassetteOf(json)), (hash) => {
      throw new CassetteError(
        "side-file",
        { file: SOURCE },
        `side file ${hash} can't be sent`,
        "spell the bytes as `hex`",
      );
    });
    const id = ++this.#lastId;
    this.#change([{ id, session, cassette }, ...this.#added]);
    return id;
  }

  /** False if there is none of that id. */
  remove(id: number): boolean {
    const kept = this.#added.filter((stub) => stub.id !== id);
    const found = kept.length < this.#added.length;
    if (found) this.#change(kept);
    return found;
  }

  /** Removes what was added for a session alone; without one, everything. */
  clear(session?: string): void {
    this.#change(session === undefined ? [] : this.#added.filter((stub) => stub.session !== session));
  }

  #cassetteOf(json: unknown): unknown {
    if (typeof json === "object" && json !== null && "cassette" in json) return json;
    const interactions = Array.isArray(json) ? json : [json];
    return {
      cassette: 1,
      about: { title: "added at run time", origin: "written", ogl: this.#ogl },
      interactions,
    };
  }

  #change(added: readonly Stub[]): void {
    this.#added = added;
    const sessions = Map.groupBy(added, (stub) => stub.session);
    this.#libraries = new Map(
      [...sessions].map(([session, stubs]) => [
        session,
        libraryOf(
          this.#ogl,
          stubs.map((stub) => stub.cassette),
        ),
      ]),
    );
  }
}
