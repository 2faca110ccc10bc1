/**
 * Every text that stands in a cassette: as it is, without its escapes, decoded, and with bodies and streams put together
 * again. Knows nothing of the code that it judges.
 */
export function textsIn(printed: string): string[] {
  const texts = new Set<string>([printed]);
  const cassette = JSON.parse(printed) as { interactions: { response: { body?: Element[] } }[] };
  for (const { response } of cassette.interactions) {
    const body = Buffer.concat((response.body ?? []).map(bytesOf)).toString();
    texts.add(body);
    for (const joined of joinedIn(body)) texts.add(joined);
  }
  let level = [...texts];
  for (let depth = 0; depth < 4; depth++) {
    level = level.flatMap(decodedFrom).filter((text) => !texts.has(text));
    for (const text of level) texts.add(text);
  }
  return [...texts];
}

interface Element {
  readonly sse?: unknown;
  readonly json?: unknown;
  readonly text?: string;
  readonly hex?: string;
  readonly style?: string;
}

function bytesOf({ sse, json, text, hex }: Element): Buffer {
  if (sse !== undefined)
    return Buffer.from(`data: ${typeof sse === "string" ? sse : JSON.stringify(sse)}\n\n`);
  if (json !== undefined) return Buffer.from(JSON.stringify(json));
  return hex === undefined ? Buffer.from(text ?? "") : Buffer.from(hex, "hex");
}

function joinedIn(body: string): string[] {
  const joined = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === "string") joined.set(path, (joined.get(path) ?? "") + value);
    else if (typeof value === "object" && value !== null)
      for (const [key, item] of Object.entries(value)) walk(item, `${path}/${key}`);
  };
  for (const line of body.split("\n")) {
    try {
      walk(JSON.parse(line.replace(/^data: /, "")), "");
    } catch {
      // no JSON: a comment, or a blank line
    }
  }
  return [...joined.values()];
}

function decodedFrom(text: string): string[] {
  const unescaped = text.replaceAll(
    /\\(?:u([0-9a-fA-F]{4})|(.))/g,
    (_, unit: string | undefined, letter: string) =>
      unit === undefined
        ? ({ n: "\n", r: "\r", t: "\t" }[letter] ?? letter)
        : String.fromCharCode(Number.parseInt(unit, 16)),
  );
  const plain = text.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
    Buffer.from(run.replaceAll("%", ""), "hex").toString(),
  );
  const encoded = [...text.matchAll(/[A-Za-z0-9+/_-]{12,}/g)].flatMap(([run]) => [
    ...[0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), "base64").toString("latin1")),
    ...(/^[0-9a-fA-F]+$/.test(run) ? [Buffer.from(run, "hex").toString("latin1")] : []),
  ]);
  return [unescaped, plain, encoded.join("\n")];
}

/** True if a secret, or a half of a long one, stands in one of the texts. */
export function holds(texts: readonly string[], secret: string): boolean {
  const half = Math.floor(secret.length / 2);
  const needles = half >= 16 ? [secret, secret.slice(0, half), secret.slice(-half)] : [secret];
  // The two halves of a JSON Web Token's first part are the same for all of them.
  const telling = needles.filter((needle) => !needle.startsWith("eyJ") && !needle.startsWith("sk-eyJ"));
  return texts.some((text) =>
    (telling.length > 0 ? telling : needles).some((needle) => text.includes(needle)),
  );
}
