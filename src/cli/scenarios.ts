import { Command, Option } from "commander";
import { exchangeLines } from "../report/index.ts";
import { PROFILES, type Scenario, plannedExchange, selectScenarios } from "../suites/index.ts";
import type { ExchangeLine } from "../trace/index.ts";
import { type CommandIo, count } from "./support/index.ts";

interface Flags {
  readonly profile?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  gatetape scenarios                            all scenarios, a line each
  gatetape scenarios 'stream/*'                 the scenarios of one area
  gatetape scenarios stream/stall-midway        one scenario: answer, checks, and reason
  gatetape scenarios --json                     for programs`;

/** Makes the command `gatetape scenarios`. */
export function scenariosCommand(io: CommandIo): Command {
  return new Command("scenarios")
    .description("List the scenarios that clients are judged by, or explain one.")
    .argument("[pattern...]", "ids, or patterns in which * stands for any characters")
    .addOption(new Option("--profile <name>", "scenarios of a frozen list").choices(Object.keys(PROFILES)))
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action((patterns: string[], flags: Flags) => list(patterns, flags, io));
}

function list(patterns: string[], { profile, json }: Flags, io: CommandIo): void {
  const scenarios = selectScenarios({ only: patterns, ...(profile === undefined ? {} : { profile }) });
  const [first] = scenarios;
  if (json) io.stdout.write(`${JSON.stringify({ scenarios: scenarios.map(exported) }, undefined, 2)}\n`);
  else if (scenarios.length === 1 && first !== undefined) io.stdout.write(explained(first));
  else io.stdout.write(scenarioTable(scenarios));
}

function scenarioTable(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ id }) => id.length));
  const lines = scenarios.map(
    ({ id, level, tier, title }) => `${tier}  ${level.padEnd(6)}  ${id.padEnd(width)}  ${title}`,
  );
  return `${lines.join("\n")}\n\n${count(scenarios.length, "scenario")}: tier, level, id, what the server does\n`;
}

function explained(scenario: Scenario): string {
  const { id, title, level, tier, why, evidence, since, calls, checks, capabilities } = scenario;
  const planned = plannedExchange(scenario);
  const lines = [
    `${id}  (${level.toUpperCase()}, tier ${tier}, since ${since})`,
    "",
    `The server: ${title}`,
    `Why it matters: ${why}`,
    "",
    "The client must call:",
    ...calls.map(({ operation, params, control }) => {
      const how = control === undefined ? "" : `, with ${JSON.stringify(control)}`;
      return `  ${operation} ${JSON.stringify(params)}${how}`;
    }),
    ...(capabilities.length > 0 ? [`  needs the capability ${capabilities.join(" and ")}`] : []),
    "",
    ...(planned === undefined
      ? ["The answer depends on the request."]
      : ["The answer to the first request:", ...exchangeLines(planned)]),
    "",
    "The client:",
    ...checks.map((check) => {
      const optional = check.optional ? " (if observable)" : "";
      return `  ${(check.level ?? level).toUpperCase().padEnd(6)}  ${check.says}${optional}`;
    }),
    "",
    "Seen elsewhere:",
    ...evidence.map((entry) => `  ${entry}`),
  ];
  return `${lines.join("\n")}\n`;
}

function plannedAnswer({ answer, delivered }: ExchangeLine): object {
  const { status, reason, framing, headers, writes } = answer;
  const head = status === null ? undefined : { status, reason, framing, headers };
  return { head, writes, end: delivered.ended };
}

/** Data of a scenario as JSON, without its functions. */
function exported(scenario: Scenario): object {
  const { answers: _, checks, ...data } = scenario;
  const planned = plannedExchange(scenario);
  return {
    ...data,
    checks: checks.map(({ id, says, needs, level = scenario.level, optional = false }) => ({
      id,
      says,
      needs,
      level,
      optional,
    })),
    ...(planned === undefined ? {} : { answer: plannedAnswer(planned) }),
    profiles: Object.entries(PROFILES).flatMap(([name, ids]) => (ids.includes(scenario.id) ? [name] : [])),
  };
}
