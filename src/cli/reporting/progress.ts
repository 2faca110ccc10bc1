import { styleText } from "node:util";
import { failureText } from "../../report/index.ts";
import type { Result, TraceRecord, Verdict } from "../../suites/index.ts";
import type { Io } from "../support/index.ts";

/** Results that are shown with their bytes at once. */
const SHOWN = new Set<Result>(["fail", "hang", "warn", "inconclusive"]);

const COLOURS: Readonly<Record<string, "red" | "yellow">> = {
  FAIL: "red",
  HANG: "red",
  WARN: "yellow",
  INCONCLUSIVE: "yellow",
};

/** Display of a running client suite: failures on stdout, and one changing line on stderr if that is a terminal. */
export class Progress {
  readonly #total: number;
  readonly #quiet: boolean;
  readonly #io: Io;
  readonly #command: (verdict: Verdict) => string | undefined;
  readonly #live: boolean;
  readonly #running = new Set<string>();
  readonly #done = new Set<string>();
  readonly #bad = new Set<string>();

  constructor(total: number, quiet: boolean, io: Io, command: (verdict: Verdict) => string | undefined) {
    this.#total = total;
    this.#quiet = quiet;
    this.#io = io;
    this.#command = command;
    this.#live = !quiet && io.stderr.isTTY === true && io.env["CI"] === undefined;
  }

  started(scenario: string): void {
    this.#running.add(scenario);
    this.#draw();
  }

  ended(verdict: Verdict, trace: TraceRecord | undefined): void {
    this.#running.delete(verdict.scenario);
    this.#done.add(verdict.scenario);
    if (SHOWN.has(verdict.result)) {
      if (verdict.result !== "inconclusive") this.#bad.add(verdict.scenario);
      this.clear();
      if (!this.#quiet)
        this.#io.stdout.write(`${coloured(failureText(verdict, trace, this.#command(verdict)), this.#io)}\n`);
    }
    this.#draw();
  }

  clear(): void {
    if (this.#live) this.#io.stderr.write("\r\u001b[K");
  }

  #draw(): void {
    if (!this.#live) return;
    const [first = "", ...others] = this.#running;
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    const text = `[${this.#done.size}/${this.#total}] ${this.#bad.size} with findings  ${first}${more}`;
    this.#io.stderr.write(`\r\u001b[K${text.slice(0, (this.#io.stderr.columns ?? 80) - 1)}`);
  }
}

/** Colours the first word of a verdict's text by its result. */
export function coloured(text: string, io: Pick<Io, "stdout">): string {
  const [word = ""] = text.split(" ", 1);
  const colour = COLOURS[word];
  return colour === undefined
    ? text
    : styleText(colour, word, { stream: io.stdout }) + text.slice(word.length);
}
