import { styleText } from "node:util";
import { failureText } from "../../report/index.ts";
import type { Result, TraceRecord, Verdict } from "../../suites/index.ts";

/** Results that are shown with their bytes as soon as they are reached. */
const SHOWN = new Set<Result>(["fail", "hang", "warn"]);

const COLOURS: Readonly<Record<string, "red" | "yellow">> = { FAIL: "red", HANG: "red", WARN: "yellow" };

/** What a person sees while a client is judged: failures on stdout, and where stderr is a terminal one line that changes. */
export class Progress {
  readonly #total: number;
  readonly #quiet: boolean;
  readonly #command: (scenario: string) => string;
  readonly #live: boolean;
  readonly #running = new Set<string>();
  #done = 0;
  #bad = 0;

  constructor(total: number, quiet: boolean, command: (scenario: string) => string) {
    this.#total = total;
    this.#quiet = quiet;
    this.#command = command;
    this.#live = !quiet && process.stderr.isTTY && process.env["CI"] === undefined;
  }

  started(scenario: string): void {
    this.#running.add(scenario);
    this.#draw();
  }

  ended(verdict: Verdict, trace: TraceRecord | undefined): void {
    this.#running.delete(verdict.scenario);
    this.#done++;
    if (SHOWN.has(verdict.result)) {
      this.#bad++;
      this.clear();
      if (!this.#quiet)
        process.stdout.write(`${coloured(failureText(verdict, trace, this.#command(verdict.scenario)))}\n`);
    }
    this.#draw();
  }

  clear(): void {
    if (this.#live) process.stderr.write("\r\u001b[K");
  }

  #draw(): void {
    if (!this.#live) return;
    const [first = "", ...others] = this.#running;
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    const text = `[${this.#done}/${this.#total}] ${this.#bad} with findings  ${first}${more}`;
    process.stderr.write(`\r\u001b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }
}

function coloured(text: string): string {
  const [word = ""] = text.split(" ", 1);
  const colour = COLOURS[word];
  return colour === undefined
    ? text
    : styleText(colour, word, { stream: process.stdout }) + text.slice(word.length);
}
