/** Checks of errors: that one is raised, that it carries the server's message, that no loss is silent. */
import { type Check, type ErrorKind, type Outcome, type RunTrace, lastOutcome } from "../model/index.ts";
import { OK, type Weight, outcomeCheck, shown } from "./check.ts";
import { raised, outcomeText } from "./content.ts";

/** Passes if the client raised an error, of one of `kinds` if given. */
export function error(weight: Weight & { readonly kinds?: readonly ErrorKind[] } = {}): Check {
  const { kinds, ...rest } = weight;
  const says = kinds ? `raises an error of the kind ${kinds.join(" or ")}` : "raises an error";
  return outcomeCheck("error", says, rest, (outcome) => {
    if (!outcome.error) return [`no error was raised; ${surfaced(outcome)}`];
    return kinds === undefined || kinds.includes(outcome.error.kind)
      ? OK
      : [`the error is ${raised(outcome)}, expected the kind ${kinds.join(" or ")}`];
  });
}

/** Passes if the client still waits when the runner stops watching, or has raised an error. */
export function waitsOrError(weight: Weight = {}): Check {
  const says = "waits on, or raises an error";
  const check = outcomeCheck("waits-or-error", says, weight, (outcome) =>
    outcome.error ? OK : [`the client gave up, and no error was raised; ${surfaced(outcome)}`],
  );
  const waits = (trace: RunTrace): boolean => trace.calls.length > 0 && lastOutcome(trace) === undefined;
  return { ...check, test: (trace) => (waits(trace) ? OK : check.test(trace)) };
}

/** Passes if the client surfaced something of the answer, and no error. */
export function surfacesSomething(weight: Weight = {}): Check {
  return outcomeCheck("surfaced", "gives what came until then", weight, (outcome) => {
    const problem = raised(outcome);
    if (problem !== undefined) return [`the client raised ${problem}`];
    return (outcome.events ?? 0) > 0 || outcome.final?.text ? OK : [surfaced(outcome)];
  });
}

/** Passes if the error is classified as the server's refusal, not as a problem of the client. */
export function refusal(weight: Weight = {}): Check {
  const says = "raises it as a refusal of the server";
  return outcomeCheck("kind", says, weight, (outcome) => {
    const kind = outcome.error?.kind;
    if (kind === undefined || kind === "other") return null;
    return kind === "api" ? OK : [`the error is ${raised(outcome)}, expected the kind api`];
  });
}

/** Passes if there is an error or a result marked as cut short. */
export function noSilentLoss(weight: Weight = {}): Check {
  const says = "raises an error or marks the result as incomplete";
  return outcomeCheck("silent-loss", says, weight, (outcome) =>
    outcome.error || outcome.truncated === true
      ? OK
      : [`the answer was cut short, and the client does not report it; ${surfaced(outcome)}`],
  );
}

/** Passes if the result is the whole text, marked as cut short, or an error. */
export function textOrError(expected: string, weight: Weight = {}): Check {
  const says = `gives exactly ${shown(expected)} or raises an error`;
  return outcomeCheck("text-or-error", says, weight, (outcome) => {
    if (outcome.error || outcome.truncated === true) return OK;
    const got = outcomeText(outcome);
    if (got === undefined) return null;
    return got === expected
      ? OK
      : [`the text is ${shown(got)}, and no error was raised; the server sent ${shown(expected)}`];
  });
}

/** Passes if the error's message contains a part of the server's message. */
export function message(part: string, weight: Weight = {}): Check {
  return outcomeCheck("message", `the error says ${shown(part)}`, weight, ({ error: raisedError }) => {
    if (!raisedError) return null; // the check `error` reports a missing error
    const got = raisedError.message;
    if (got === null || got === undefined) return null;
    return got.includes(part) ? OK : [`the error says ${shown(got)}, without ${shown(part)}`];
  });
}

/** Passes if the error has this HTTP status. */
export function status(expected: number, weight: Weight = {}): Check {
  return outcomeCheck("status", `the error has the status ${expected}`, weight, ({ error: raisedError }) => {
    if (!raisedError) return null;
    const got = raisedError.status;
    if (got === null || got === undefined) return null;
    return got === expected ? OK : [`the error has the status ${got}, expected ${expected}`];
  });
}

function surfaced(outcome: Outcome): string {
  const { final } = outcome;
  if (!final) return "nothing was surfaced";
  const parts = [
    `text ${shown(final.text ?? null)}`,
    ...(final.toolCalls?.length ? [`tool calls ${shown(final.toolCalls)}`] : []),
    `finish reason ${shown(final.finishReason ?? null)}`,
  ];
  return `the client surfaced ${parts.join(", ")}`;
}
