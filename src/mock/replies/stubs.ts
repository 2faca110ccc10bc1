import { type Library, type LibraryEntry, type PlainCassette, libraryOf } from "../../cassette/index.ts";
import type { OglVersion } from "../../openapi/index.ts";
import { checkAdded } from "./check.ts";

export interface Stub {
  readonly id: number;
  /** The only session that the stub answers; `undefined`: all sessions. */
  readonly session: string | undefined;
  readonly cassette: PlainCassette;
}

/** Interactions added at run time, validated like a cassette's; the newest has precedence. */
export class Stubs {
  readonly #ogl: OglVersion;
  #added: readonly Stub[] = [];
  /** Libraries of stubs by session, consulted before the loaded library; `undefined` has the stubs for all sessions. */
  #libraries = new Map<string | undefined, Library>();
  #lastId = 0;

  constructor(ogl: OglVersion) {
    this.#ogl = ogl;
  }

  get list(): readonly Stub[] {
    return this.#added;
  }

  /** Libraries that can answer a session: its own stubs first, then those for all sessions. */
  *librariesOf(session: string): Generator<Library> {
    if (this.#added.length === 0) return;
    for (const key of [session, undefined]) {
      const library = this.#libraries.get(key);
      if (library !== undefined) yield library;
    }
  }

  /** The added interactions, or those for one session alone. */
  entries(session?: string): readonly LibraryEntry[] {
    if (session !== undefined) return this.#libraries.get(session)?.entries ?? [];
    return [...this.#libraries.values()].flatMap(({ entries }) => entries);
  }

  /**
   * Adds interactions.
   * @param json a cassette, an interaction, or a list of interactions
   * @param session the only session that they answer; absent: all sessions
   * @returns the id for {@link remove}
   * @throws CassetteError with the JSON pointer of the first mistake
   */
  add(json: unknown, session?: string): number {
    return this.addChecked(checkAdded(this.#ogl, json), session);
  }

  /** Adds interactions that have been validated. @returns the id for {@link remove} */
  addChecked(cassette: PlainCassette, session?: string): number {
    const id = ++this.#lastId;
    this.#change([{ id, session, cassette }, ...this.#added]);
    return id;
  }

  /** Removes the interactions with this id; returns false if there are none. */
  remove(id: number): boolean {
    const kept = this.#added.filter((stub) => stub.id !== id);
    const found = kept.length < this.#added.length;
    if (found) this.#change(kept);
    return found;
  }

  /** Removes the interactions added for one session only; without a session, all of them. */
  clear(session?: string): void {
    this.#change(session === undefined ? [] : this.#added.filter((stub) => stub.session !== session));
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
