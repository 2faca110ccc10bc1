/** Finds the ends of answers in the bytes that a connection reads, for answers whose lengths differ. */
export interface AnswerEnd {
  /**
   * Takes the bytes of one read.
   * @returns true if the answer ends with them
   * @throws Error if they are no answer with one of the statuses
   */
  readonly take: (bytes: Buffer) => boolean;
}

const LAST_CHUNK = Buffer.from("0\r\n\r\n");
const HEAD_END = "\r\n\r\n";

/** Reads the framing of each answer's head, which has to come in one read. */
export function answerEnd(statuses: readonly number[]): AnswerEnd {
  /** Bytes of the body that are still to come; `undefined` for a body in HTTP chunks. */
  let left: number | undefined;
  let within = false;
  let tail = Buffer.alloc(0);

  /** @returns where the body begins */
  const begin = (bytes: Buffer): number => {
    const end = bytes.indexOf(HEAD_END);
    const head = bytes.toString("latin1", 0, end < 0 ? 80 : end);
    if (end < 0 || !statuses.includes(Number(head.slice(9, 12))))
      throw new Error(`an answer begins with ${JSON.stringify(head.slice(0, 80))}`);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    left = length === undefined ? undefined : Number(length);
    tail = Buffer.alloc(0);
    return end + HEAD_END.length;
  };

  return {
    take(bytes) {
      const body = within ? bytes : bytes.subarray(begin(bytes));
      within = true;
      if (left === undefined) {
        const seen = Buffer.concat([tail, body.subarray(-LAST_CHUNK.length)]);
        tail = seen.subarray(-LAST_CHUNK.length);
        within = !tail.equals(LAST_CHUNK);
      } else {
        left -= body.length;
        if (left < 0) throw new Error(`${-left} bytes follow an answer`);
        within = left > 0;
      }
      return !within;
    },
  };
}
