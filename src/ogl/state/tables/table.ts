import { type Meter, rowBytes } from "./meter.ts";

/** Estimate of the memory of a row's entry in a copied table, in bytes. */
const ENTRY_BYTES = 64;

/** A row of a table. Rows are never changed, only replaced. */
export interface Row {
  readonly id: number;
}

/**
 * A table of the gateway's database: rows by id in the order in which they were written, a sequence of ids, and one unique
 * column. A copy shares the rows until it is written to.
 */
export class Table<R extends Row> {
  readonly #uniqueOf: ((row: R) => string) | undefined;
  readonly #meter: Meter;
  #rows: Map<number, R>;
  #byKey: Map<string, R> | undefined;
  #shared = false;
  #next = 1;
  #own = 0;
  /** Ids of the rows that this copy has written, whose memory is its own. */
  readonly #written = new Set<number>();
  #version = 0;

  /** @param uniqueOf the value of the unique column */
  constructor(meter: Meter, uniqueOf?: (row: R) => string) {
    this.#meter = meter;
    this.#uniqueOf = uniqueOf;
    this.#rows = new Map();
    this.#byKey = uniqueOf && new Map();
  }

  /** @param meter counts what the copy adds */
  copy(meter: Meter): Table<R> {
    const copy = new Table(meter, this.#uniqueOf);
    copy.#rows = this.#rows;
    copy.#byKey = this.#byKey;
    copy.#next = this.#next;
    copy.#shared = true;
    this.#shared = true;
    return copy;
  }

  /** Rows in the order in which the database would read them: a changed row comes after the others. */
  get rows(): readonly R[] {
    return [...this.#rows.values()];
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Changes with each write. */
  get version(): number {
    return this.#version;
  }

  /** The id that the next insert will use up. */
  get next(): number {
    return this.#next;
  }

  get(id: number): R | undefined {
    return this.#rows.get(id);
  }

  /** The row with that value in the unique column. */
  byKey(key: string): R | undefined {
    return this.#byKey?.get(key);
  }

  /** Uses up an id. A refused insert does so, too (observed on 0.4.1: admin-roles-10). */
  takeId(): number {
    return this.#next++;
  }

  /** Adds a row, or replaces the one of its id. */
  put(row: R): R {
    this.#write();
    this.#forget(row.id);
    this.#rows.set(row.id, row);
    if (this.#uniqueOf) this.#byKey?.set(this.#uniqueOf(row), row);
    this.#written.add(row.id);
    this.#count(rowBytes(row));
    this.#next = Math.max(this.#next, row.id + 1);
    return row;
  }

  /** Replaces a row in its place: other tables hold what has changed in it. */
  amend(row: R): R {
    const old = this.#rows.get(row.id);
    if (old === undefined) return this.put(row);
    this.#write();
    this.#rows.set(row.id, row);
    if (this.#uniqueOf) {
      this.#byKey?.delete(this.#uniqueOf(old));
      this.#byKey?.set(this.#uniqueOf(row), row);
    }
    this.#count(rowBytes(row) - (this.#written.has(row.id) ? rowBytes(old) : 0));
    this.#written.add(row.id);
    return row;
  }

  remove(id: number): void {
    if (!this.#rows.has(id)) return;
    this.#write();
    this.#forget(id);
  }

  /** Lets the next insert use this id at the earliest. */
  skipTo(next: number): void {
    this.#next = Math.max(this.#next, next);
  }

  /** Returns the memory of all rows that this copy has added to what it shares. */
  release(): void {
    this.#meter.add(-this.#own);
    this.#own = 0;
  }

  #forget(id: number): void {
    const old = this.#rows.get(id);
    if (old === undefined) return;
    if (this.#uniqueOf) this.#byKey?.delete(this.#uniqueOf(old));
    this.#rows.delete(id);
    if (this.#written.delete(id)) this.#count(-rowBytes(old));
  }

  #count(bytes: number): void {
    this.#own += bytes;
    this.#meter.add(bytes);
  }

  #write(): void {
    this.#version++;
    if (!this.#shared) return;
    this.#rows = new Map(this.#rows);
    this.#byKey = this.#byKey && new Map(this.#byKey);
    this.#shared = false;
    this.#count(this.#rows.size * ENTRY_BYTES);
  }
}
