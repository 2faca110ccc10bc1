import { describe, expect, it } from "vitest";
import { printCassette } from "../../src/cassette/format/print.ts";
import { type RawExchange, draftOfExchange, parseExchanges } from "../../src/cassette/import/import.ts";
import { sanitizeAll, sanitizeInteraction } from "../../src/cassette/scrub/interaction.ts";
import { Sanitizer } from "../../src/secrets/sanitizer.ts";
import { scanForLeaks } from "../../src/secrets/scan/scan.ts";
import { type Capture, readCaptures } from "../support/captures.ts";
import { madeTexts, writtenTexts } from "../support/corpus.ts";
import { holds, textsIn } from "../support/grep.ts";
import { Random } from "../support/random.ts";
import { PLAIN_RESPONSE, type Location } from "../support/raw-exchange.ts";
import { scaled, scaledCases } from "../support/scaled.ts";
import { BARE_PLACES } from "../support/secret-places-bare.ts";
import { NAMED_PLACES } from "../support/secret-places.ts";
import { SECRET_KINDS, type SecretKind } from "../support/secrets.ts";

const ABOUT = { title: "t", origin: "recorded", ogl: "0.4.5" } as const;
const PLACES: readonly Location[] = [...NAMED_PLACES, ...BARE_PLACES];

interface Case {
  readonly kind: SecretKind;
  readonly locate: Location;
  readonly exchange: RawExchange;
  /** What a grep looks for. */
  readonly needle: string;
}

/** Each kind in each place, or a tenth of the places of each kind, other ones of each. */
function casesOf(seed: number): Case[] {
  const random = new Random(seed);
  const cases = SECRET_KINDS.flatMap((kind) =>
    PLACES.flatMap((locate): Case[] => {
      const secret = kind.make(random);
      if ((locate.bare && !kind.telling) || !(locate.takes?.(secret) ?? true)) return [];
      const needle = kind.needle?.(secret) ?? secret;
      return [{ kind, locate, exchange: locate.plant(secret, random), needle }];
    }),
  );
  return scaledCases(cases, ({ kind }) => kind.name);
}

/** Sanitizes alone: the scan is another net, and is judged by itself. */
async function sanitized(
  exchanges: readonly RawExchange[],
): Promise<{ printed: string; secrets: readonly string[] }> {
  const sanitizer = new Sanitizer();
  const drafts = await Promise.all(exchanges.map((exchange) => draftOfExchange("x", exchange)));
  const interactions = sanitizeAll(drafts, sanitizer);
  return { printed: printCassette({ cassette: 1, about: ABOUT, interactions }), secrets: sanitizer.secrets };
}

describe("planted secrets", () => {
  it("stand nowhere afterwards, by themselves or decoded or put together; what is left is withheld by the scan", async () => {
    const cases = casesOf(1);
    const left: string[] = [];
    const alarms: string[] = [];
    for (const { kind, locate, exchange, needle } of cases) {
      const { printed, secrets } = await sanitized([exchange]);
      const findings = await scanForLeaks([{ name: locate.name, text: printed }], { known: secrets });
      const title = `${kind.name} in ${locate.name}`;
      if (holds(textsIn(printed), needle)) left.push(`${title}${findings.length > 0 ? " (withheld)" : ""}`);
      else if (findings.length > 0) alarms.push(title);
    }
    const withheld = left.filter((title) => title.endsWith("(withheld)"));
    console.log(
      `planted: ${cases.length} secrets of ${SECRET_KINDS.length} kinds in ${PLACES.length} places; ` +
        `replaced ${cases.length - left.length}, withheld ${withheld.length}, left ${left.length - withheld.length}; ` +
        `withheld though replaced ${alarms.length}`,
    );
    expect(cases.length).toBeGreaterThan(scaled(1000));
    expect(new Set(cases.map(({ locate }) => locate)).size).toBe(PLACES.length);
    expect(SECRET_KINDS.length).toBeGreaterThan(25);
    expect(left).toEqual([]);
    expect(alarms).toEqual([]);
  });

  it("stand nowhere in one recording of all of them, though one is learnt in the last exchange", async () => {
    const cases = casesOf(2).filter((_, i) => i % 4 === 0);
    const { printed } = await sanitized(cases.map(({ exchange }) => exchange));
    const texts = textsIn(printed);
    const left = cases.filter(({ needle }) => holds(texts, needle));
    console.log(`one recording: ${cases.length} secrets, left ${left.length}`);
    expect(cases.length).toBeGreaterThan(scaled(400));
    expect(left.map(({ kind, locate }) => `${kind.name} in ${locate.name}`)).toEqual([]);
  });

  it("would be found by the grep and the scan if nothing replaced them", async () => {
    const random = new Random(3);
    let caught = 0;
    const missed: string[] = [];
    for (const { kind, locate, exchange, needle } of casesOf(3)) {
      if (locate.bare && random.below(4) === 0) {
        const draft = await draftOfExchange("x", exchange);
        const printed = printCassette({ cassette: 1, about: ABOUT, interactions: [draft] });
        if (!holds(textsIn(printed), needle)) missed.push(`grep: ${kind.name} in ${locate.name}`);
        const findings = await scanForLeaks([{ name: "x", text: printed }], { known: [needle] });
        if (findings.length === 0) missed.push(`scan: ${kind.name} in ${locate.name}`);
        else caught++;
      }
    }
    expect(caught).toBeGreaterThan(scaled(100));
    expect(missed).toEqual([]);
  });

  it("of a form that no rule knows are found by the scan", async () => {
    const random = new Random(4);
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let left = 0;
    let withheld = 0;
    for (const locate of BARE_PLACES) {
      const secret = `1x${random.text(40, letters)}Z`;
      const { printed } = await sanitized([locate.plant(secret, random)]);
      if (!holds(textsIn(printed), secret)) continue;
      left++;
      if ((await scanForLeaks([{ name: "x", text: printed }])).length > 0) withheld++;
    }
    console.log(`letters by chance, that nothing tells: left ${left}, withheld ${withheld}`);
    expect(left).toBeGreaterThan(10);
    expect(withheld).toBe(left);
  });
});

describe("what is no secret", () => {
  it("stays in every capture: only keys and e-mail addresses are replaced", async () => {
    const counts = new Map<string, number>();
    const alarms: string[] = [];
    let exchanges = 0;
    // The few whose answers have an address or a key are taken each.
    const kindOf = ({ file, name, response }: Capture): string =>
      /@|sk-/.test(response.toString("latin1")) ? name : file;
    for (const capture of scaledCases(readCaptures(), kindOf)) {
      for (const exchange of parseExchanges(capture.file, capture.line)) {
        const draft = await draftOfExchange(capture.file, exchange).catch(() => undefined);
        if (draft === undefined) continue; // no well-formed HTTP: not for a cassette
        exchanges++;
        const sanitizer = new Sanitizer("", {
          onReplace: (rule) => void counts.set(rule, (counts.get(rule) ?? 0) + 1),
        });
        const clean = sanitizeInteraction(draft, sanitizer);
        const text = printCassette({ cassette: 1, about: ABOUT, interactions: [clean] });
        const findings = await scanForLeaks([{ name: capture.name, text }], { known: sanitizer.secrets });
        if (findings.length > 0) alarms.push(capture.name);
      }
    }
    console.log(`captures: ${exchanges} exchanges; replaced ${JSON.stringify(Object.fromEntries(counts))}`);
    expect(exchanges).toBeGreaterThan(scaled(300));
    expect(Object.keys(Object.fromEntries(counts)).toSorted()).toEqual([
      "api-key",
      "authorization",
      "email",
      "person",
    ]);
    // Six of the world's users, one key that was made: they are what they are.
    expect([counts.get("email"), counts.get("api-key")]).toEqual([6, 1]);
    expect(alarms).toEqual([]);
  });

  it("stays, but for few, in code, prose and licenses", () => {
    const texts = scaledCases(writtenTexts());
    const counts = new Map<string, number>();
    let characters = 0;
    for (const { text } of texts) {
      characters += text.length;
      new Sanitizer("", {
        onReplace: (rule) => void counts.set(rule, (counts.get(rule) ?? 0) + 1),
      }).replaceText(text);
    }
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `corpus: ${texts.length} texts, ${characters} characters; replaced ${all}: ${JSON.stringify(Object.fromEntries(counts))}`,
    );
    expect(characters).toBeGreaterThan(scaled(3_000_000));
    expect(all).toBeLessThan(40);
  });

  it("stays in ids and values of every kind; the scan lets them pass", async () => {
    const changed: string[] = [];
    for (const { name, text } of madeTexts(5, scaled(40))) {
      if (new Sanitizer().replaceText(text) !== text) changed.push(`${name}: ${text.slice(0, 60)}`);
      const exchange = {
        name: "n",
        request: `POST /v1/x HTTP/1.1\r\nhost: x\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
        response: PLAIN_RESPONSE,
      };
      const { printed, secrets } = await sanitized([exchange]);
      for (const { kind, rule } of await scanForLeaks([{ name, text: printed }], { known: secrets }))
        changed.push(`${name}, ${kind} ${rule}: ${text.slice(0, 60)}`);
    }
    expect(changed).toEqual([]);
  });
});
