import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { UsageError } from "./errors.ts";
import { type Io, located } from "./io.ts";
import { readTextFile, statNamed } from "./read-file.ts";

/**
 * Reads the upstream's key from a variable of the environment or of `.env`.
 * @param option the option that names the variable
 * @throws UsageError if there is none
 */
export function keyFrom(name: string, io: Pick<Io, "cwd" | "env">, option = "--upstream-key-env"): string {
  const key = variables(io)[name];
  if (key === undefined || key === "")
    throw new UsageError(
      "option",
      {},
      `${option} ${name}: there is no such variable in the environment, nor in .env`,
      `export ${name}=sk-…, or write it into .env`,
    );
  return key;
}

/** Variables of the environment, and those of `.env` that it does not have. */
export function variables(io: Pick<Io, "cwd" | "env">): Readonly<Record<string, string | undefined>> {
  const file = located(io, ".env");
  return existsSync(file) ? { ...parseEnv(readFileSync(file, "utf8")), ...io.env } : io.env;
}

/** Path of the file of `--ca`. @throws UsageError if it holds no certificate */
export function certificateFile(file: string, io: Pick<Io, "cwd">): string {
  const path = located(io, file);
  const refuse = (code: "not-found" | "option", reason: string): never => {
    throw new UsageError(code, { option: "--ca", file }, reason, "give a file of certificates in PEM");
  };
  if (statNamed(path, "--ca")?.isFile() !== true) refuse("not-found", "no such file");
  const text = readTextFile(path, "check its permissions", "--ca");
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) refuse("option", "holds no certificate in PEM");
  for (const [i, block] of blocks.entries()) {
    const problem = certificateProblem(block);
    if (problem !== undefined) refuse("option", `certificate ${i + 1} can't be read: ${problem}`);
  }
  return path;
}

function certificateProblem(block: string): string | undefined {
  try {
    return new (process.getBuiltinModule("node:crypto").X509Certificate)(block).subject === undefined
      ? "it has no subject"
      : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
