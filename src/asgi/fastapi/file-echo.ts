import type { PyDict, PyFile, PyValue } from "./value.ts";

/** Size (bytes) above which Starlette keeps an upload in a file of its own. */
const SPOOL = 1024 * 1024;

const ARGUMENTS: PyDict = new Map<string, PyValue>([
  ["mode", "w+b"],
  ["buffering", -1n],
  ["suffix", null],
  ["prefix", null],
  ["encoding", null],
  ["newline", null],
  ["dir", null],
  ["errors", null],
]);

/**
 * Encodes an upload as `jsonable_encoder` does if an error echoes one that was sent in place of a text: as the attributes of
 * Python's objects. The encoder first tries to make a dict of the file's lines, which works if each has two bytes.
 *
 * @returns `undefined` where the encoder fails
 */
export function encodeFile({ filename, content, headers }: PyFile): PyDict | undefined {
  const lines = echoLines(content);
  const odd = lines.findIndex((line) => line.length !== 2);
  const file = odd === -1 ? echoedPairs(lines) : spooled(lines.slice(odd + 1), content.length);
  return (
    file &&
    new Map<string, PyValue>([
      ["filename", filename],
      ["file", file],
      ["size", BigInt(content.length)],
      ["headers", new Map(headers)],
      ["_max_mem_size", BigInt(SPOOL)],
    ])
  );
}

/** @param rest the lines that the first try left unread; the encoder tries to make a dict of these too */
function spooled(rest: readonly Uint8Array[], size: number): PyDict | undefined {
  if (size > SPOOL || rest.some((line) => line.length !== 2)) return undefined;
  return new Map<string, PyValue>([
    ["_file", echoedPairs(rest)],
    ["_max_size", BigInt(SPOOL)],
    ["_rolled", false],
    ["_TemporaryFileArgs", ARGUMENTS],
  ]);
}

function echoedPairs(lines: readonly Uint8Array[]): PyDict {
  return new Map(lines.map(([key = 0, value = 0]) => [String(key), BigInt(value)]));
}

/** The lines of a file with their line feeds. */
function echoLines(content: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < content.length;) {
    const feed = content.indexOf(10, from);
    const end = feed === -1 ? content.length : feed + 1;
    lines.push(content.subarray(from, end));
    from = end;
  }
  return lines;
}
