import { headerValue } from "../../http/index.ts";
import { type Difference, differenceSize, differences, without } from "../../util/index.ts";
import type { MatchRequest } from "../format/index.ts";
import { type Credential, credentialOf } from "./credentials.ts";
import { type Matchable, ignoredBy } from "./match-key.ts";
import { hasPseudonym, redactedFormOf } from "./redacted-pattern.ts";
import { redactedHeaderOf, redactedHeader } from "./redaction.ts";

export interface Nearest<T extends Matchable> {
  readonly item: T;
  readonly differences: readonly Difference[];
}

/** Finds the nearest item to a request that nothing matches: same method and path, smallest difference. */
export function nearestOf<T extends Matchable>(
  items: readonly T[],
  request: MatchRequest,
): Nearest<T> | undefined {
  let best: Nearest<T> | undefined;
  let least = Infinity;
  for (const item of items) {
    if (item.request.method !== request.method || item.request.path !== request.path) continue;
    const all = [
      ...queryDifferences(item, request),
      ...bodyDifferences(item, request),
      ...headerDifferences(item, request),
      ...credentialDifferences(item, request),
    ];
    // A value in a pseudonym's location counts as a difference only if there is no other: it is then not the value of before.
    const unlike = all.filter((difference) => !isRedactedAlike(difference));
    const found = unlike.length > 0 ? unlike : all;
    const size = found.reduce((sum, difference) => sum + sizeOfDifference(difference), 0);
    if (size < least) {
      best = { item, differences: found };
      least = size;
    }
  }
  return best;
}

/** Size of a body of another kind than the request's: it is nearer only than one that differs in as much. */
const OTHER_KIND = 100;

function sizeOfDifference(difference: Difference): number {
  const { pointer, recorded, got } = difference;
  const otherKind = pointer === "" && (typeof recorded === "string") !== (typeof got === "string");
  return differenceSize(difference) + (otherKind ? OTHER_KIND : 0);
}

function queryDifferences({ request: recorded, match }: Matchable, request: MatchRequest): Difference[] {
  return differences(
    Object.fromEntries(recorded.query),
    Object.fromEntries(request.query),
    match.body === "subset",
  ).map((found) => ({ ...found, pointer: `?${found.pointer.slice(1)}` }));
}

function bodyDifferences({ request: recorded, match }: Matchable, request: MatchRequest): Difference[] {
  const { paths } = ignoredBy(match.ignore ?? []);
  const subset = match.body === "subset";
  const body = comparable(recorded);
  if (subset && body === "") return []; // a body that was not recorded may be anything
  return differences(without(body, paths), without(comparable(request), paths), subset);
}

function headerDifferences({ request: recorded, match }: Matchable, request: MatchRequest): Difference[] {
  return (match.headers ?? []).flatMap((name): Difference[] => {
    const [one, other] = [headerValue(recorded.headers, name), headerValue(request.headers, name)];
    const redactedForm = redactedHeaderOf(name, one);
    if (
      other === undefined ? one === undefined : other === one || redactedHeader(name, other) === redactedForm
    )
      return [];
    // A message never has a credential; the redacted form has its scheme.
    const got = other && redactedHeader(name, other).replace(/\0[\w-]+\0/, "(secret)");
    return [{ pointer: `header ${name}`, recorded: one, got }];
  });
}

/** The difference of the credentials as they are sent. Keys are in no message; labels of keys are compared by the session. */
function credentialDifferences({ credential, match }: Matchable, request: MatchRequest): Difference[] {
  if (credential === undefined) return [];
  if (match.headers?.some((name) => credential.form.startsWith(`${name.toLowerCase()} `))) return [];
  const got = credentialOf(request.headers);
  return got.form === credential.form
    ? []
    : [{ pointer: CREDENTIAL, recorded: shownCredential(credential), got: shownCredential(got) }];
}

/** The pointer of a difference in credentials. */
const CREDENTIAL = "the credential";

function shownCredential({ form, key }: Credential): string | undefined {
  if (form === "") return undefined;
  return key === undefined ? form : `${form}(key)`;
}

function isRedactedAlike({ recorded, got }: Difference): boolean {
  return (
    typeof recorded === "string" &&
    typeof got === "string" &&
    hasPseudonym(recorded) &&
    redactedFormOf(recorded) === redactedFormOf(got)
  );
}

function comparable({ json, form, body }: MatchRequest): unknown {
  return json ?? form ?? Buffer.from(body).toString("latin1");
}
