/** Bytes that all sessions of a mock may keep together. */
export class Meter {
  readonly max: number;
  #used = 0;

  constructor(max: number) {
    this.max = max;
  }

  get used(): number {
    return this.#used;
  }

  get full(): boolean {
    return this.#used >= this.max;
  }

  add(bytes: number): void {
    this.#used += bytes;
  }
}

/** Estimate of the memory of a row, in bytes. */
export function rowBytes(value: unknown): number {
  if (typeof value === "string") return 16 + 2 * value.length;
  if (typeof value !== "object" || value === null) return 8;
  if (ArrayBuffer.isView(value)) return 64 + value.byteLength;
  if (value instanceof Map) return [...value].reduce((sum, entry) => sum + 32 + rowBytes(entry), 64);
  let size = 64;
  for (const member of Object.values(value)) size += 8 + rowBytes(member);
  return size;
}
