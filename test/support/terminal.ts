import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { HANG_MS } from "./limits.ts";

/** Whether terminals can be made: by `script` of util-linux. */
export const HAS_TERMINALS: boolean = /util-linux/.test(
  spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "",
);

export const CTRL_C = "\x03";

/** Prompt of a shell at a terminal of a test, with the exit status of the last command. */
const PROMPT = /\[(\d+)\]ready>/;

/** End of one command line. */
export interface Shown {
  /** What the line has put on the screen, after its own echo. */
  readonly text: string;
  readonly status: number;
}

/** An interactive shell at a terminal of its own. */
export interface Terminal {
  /** Everything that stood on the screen so far. */
  screen(): string;
  /** Types a line, and waits for the next prompt. */
  run(line: string): Promise<Shown>;
  /** Types a line, and waits for the pattern on the screen. */
  start(line: string, pattern: RegExp): Promise<void>;
  /** Presses a key, and waits for the prompt. */
  press(key: string): Promise<Shown>;
  /** Resolves when the pattern stands on the screen, behind the last prompt that was waited for. */
  shows(pattern: RegExp): Promise<void>;
  /** Closes the terminal, as by its window's button. */
  hangUp(): Promise<void>;
}

/**
 * Opens a terminal with an interactive shell, which reads no file of the user.
 *
 * @param shell `dash` or `bash`
 */
export async function openTerminal(
  shell: string,
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Terminal> {
  const command = shell === "bash" ? "exec bash --norc --noprofile -i" : `exec ${shell} -i`;
  const child = spawn("script", ["-qefc", command, "/dev/null"], {
    cwd,
    env: { ...env, TERM: "dumb", ENV: "", HISTFILE: "" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  // A test that failed before it closed the terminal would leave a shell behind.
  process.on("exit", () => child.kill("SIGKILL"));
  let screen = "";
  let seen = 0;
  let look = (): void => {};
  child.stdout.on("data", (bytes: Buffer) => {
    screen += bytes.toString().replaceAll("\r\n", "\n");
    look();
  });
  const closed = once(child, "close");
  const shows = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const fail = (why: string) => (): void =>
        reject(new Error(`${why} before ${String(pattern)} stood on the terminal, but this:\n${screen}`));
      const patience = setTimeout(fail(`${HANG_MS} ms were over`), HANG_MS);
      void closed.then(fail("it was closed"));
      look = () => {
        if (!pattern.test(screen.slice(seen))) return;
        clearTimeout(patience);
        resolve();
      };
      look();
    });
  const prompt = async (): Promise<Shown> => {
    await shows(PROMPT);
    // Behind the prompt there may be what a job in the background has printed since.
    const [found = "", status] = PROMPT.exec(screen.slice(seen)) ?? [];
    const end = screen.indexOf(found, seen);
    const shown = screen.slice(seen, end);
    seen = end + found.length;
    return { text: shown.slice(shown.indexOf("\n") + 1), status: Number(status) };
  };
  const type = (text: string): void => void child.stdin.write(text);
  // A shell of root takes no PS1 from outside. The quotes keep the echo of this line from looking like the prompt.
  type(`PS1='[$?]rea''dy>' PS2='[0]rea''dy>'\n`);
  await prompt();
  return {
    screen: () => screen,
    run: (line) => {
      type(`${line}\n`);
      return prompt();
    },
    start: (line, pattern) => {
      type(`${line}\n`);
      return shows(pattern);
    },
    press: (key) => {
      type(key);
      return prompt();
    },
    shows,
    hangUp: async () => {
      child.kill("SIGKILL");
      await closed;
    },
  };
}
