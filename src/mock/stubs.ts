import {
  CassetteError,
  checkCassette,
  type Library,
  libraryOf,
  type LoadedCassette,
} from "../cassette/index.ts";
import type { OglVersion } from "../spec/index.ts";

/** What errors call interactions that came over the control API. */
const SOURCE = "control API";

/** Interactions added at run time. They are validated as those of a cassette are; the newest is asked first. */
export class Stubs {
  readonly #ogl: OglVersion;
  readonly #onChange: (library: Library) => void;
  #added: { readonly id: number; readonly cassette: LoadedCassette }[] = [];
  #lastId = 0;

  constructor(ogl: OglVersion, onChange: (library: Library) => void) {
    this.#ogl = ogl;
    this.#onChange = onChange;
  }

  get list(): readonly { readonly id: number; readonly cassette: LoadedCassette }[] {
    return this.#added;
  }

  /**
   * @param json a cassette, an interaction, or a list of interactions
   * @returns the id by which they can be removed
   * @throws CassetteError with the JSON pointer of what is wrong
   */
  add(json: unknown): number {
    const cassette = checkCassette(SOURCE, JSON.stringify(this.#cassetteOf(json)), (hash) => {
      throw new CassetteError(
        "side-file",
        { file: SOURCE },
        `side file ${hash} can't be sent`,
        "spell the bytes as `hex`",
      );
    });
    const id = ++this.#lastId;
    this.#added = [{ id, cassette }, ...this.#added];
    this.#changed();
    return id;
  }

  /** False if there is none of that id. */
  remove(id: number): boolean {
    const kept = this.#added.filter((added) => added.id !== id);
    const found = kept.length < this.#added.length;
    this.#added = kept;
    this.#changed();
    return found;
  }

  clear(): void {
    this.#added = [];
    this.#changed();
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

  #changed(): void {
    this.#onChange(
      libraryOf(
        this.#ogl,
        this.#added.map((added) => added.cassette),
      ),
    );
  }
}
