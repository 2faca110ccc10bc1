import { relative } from "node:path";
import { shellQuoted } from "./shell.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The words by which the user called gatetape: `npx --no-install gatetape` from a package runner or a project's own install, the script
 * of a checkout, or `gatetape`.
 *
 * @param argv program, script and arguments, as in `process.argv`
 */
export function invocationOf(argv: readonly string[], env: Environment, cwd: string): string {
  const [, script = ""] = argv;
  const path = script.replaceAll("\\", "/");
  const isInstalled = path.includes("/node_modules/");
  if (isInstalled || env["npm_command"] !== undefined) return runnerOf(env["npm_config_user_agent"] ?? "");
  if (/\.[cm]?[jt]s$/.test(path)) return `node ${shellQuoted(relative(cwd, script) || script)}`;
  return "gatetape";
}

function runnerOf(userAgent: string): string {
  if (userAgent.startsWith("pnpm/")) return "pnpm exec gatetape";
  if (userAgent.startsWith("yarn/")) return "yarn gatetape";
  if (userAgent.startsWith("bun/")) return "bunx --no-install gatetape";
  return "npx --no-install gatetape";
}
