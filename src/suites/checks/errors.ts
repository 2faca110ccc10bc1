/** Checks of errors: that there is one, that it says what the server said, that nothing is lost in silence. */
import type { Check, ErrorKind, Outcome } from "../model/index.ts";
import { OK, type Weight, outcomeCheck, shown } from "./check.ts";
import { raised, outcomeText } from "./content.ts";

/** The client raised an error; of one of these kinds, if they are given. */
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

/** The error is told apart as the server's refusal, not as trouble of the client's own. */
export function refusal(weight: Weight = {}): Check {
  const says = "raises it as a refusal of the server";
  return outcomeCheck("kind", says, weight, (outcome) => {
    const kind = outcome.error?.kind;
    if (kind === undefined || kind === "other") return null;
    return kind === "api" ? OK : [`the error is ${raised(outcome)}, expected the kind api`];
  });
}

/** An error, or a result that is marked as cut short: everything but a part that looks like a whole. */
export function noSilentLoss(weight: Weight = {}): Check {
  const says = "raises an error or marks the result as incomplete";
  return outcomeCheck("silent-loss", says, weight, (outcome) =>
    outcome.error || outcome.truncated === true
      ? OK
      : [`the answer was cut short, and the client says nothing of it; ${surfaced(outcome)}`],
  );
}

/** The whole text, or an error; never less in silence. */
export function textOrError(expected: string, weight: Weight = {}): Check {
  const says = `gives exactly ${shown(expected)} or raises an error`;
  return outcomeCheck("text-or-error", says, weight, (outcome) => {
    if (outcome.error || outcome.truncated === true) return OK;
    const got = outcomeText(outcome);
    if (got === undefined) return null;
    return got === expected
      ? OK
      : [`the text is ${shown(got)}, and no error was raised; sent was ${shown(expected)}`];
  });
}

/** What the server said reaches the user. */
export function message(part: string, weight: Weight = {}): Check {
  return outcomeCheck("message", `the error says ${shown(part)}`, weight, ({ error: raisedError }) => {
    if (!raisedError) return null; // that there is none is another check's finding
    const got = raisedError.message;
    if (got === null || got === undefined) return null;
    return got.includes(part) ? OK : [`the error says ${shown(got)}, without ${shown(part)}`];
  });
}

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
  return `surfaced was ${parts.join(", ")}`;
}
