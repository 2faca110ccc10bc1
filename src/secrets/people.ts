/** Kinds of bodies in which OGL names people: `accounts` of users, keys and organizations, and their `usage`. */
export type People = "accounts" | "usage";

const ACCOUNTS =
  /^\/v1\/(?:me(?:\/info|\/keys(?:\/[^/?]*)?)?|auth\/login|(?:keys|admin\/(?:users|keys|tokens|organizations)|organizations)(?:\/[^/?]*)?)(?:\?|$)/;
const USAGE = /^\/v1\/(?:me\/)?usage(?:\?|$)/;
/** Members that say who somebody is. */
const PERSON_MEMBERS: ReadonlySet<string> = new Set(
  "name email sub organization_name user_name username".split(" "),
);
/** Members that hold a credential of an account, whatever it looks like. In answers of usage `key` is the name of one. */
const CREDENTIAL_MEMBERS: ReadonlySet<string> = new Set(["key", "token"]);

/** Kind of people that the bodies of a request target name; `undefined` for all other targets. */
export function peopleOf(target: string): People | undefined {
  if (ACCOUNTS.test(target)) return "accounts";
  return USAGE.test(target) ? "usage" : undefined;
}

/** True for a member that holds a key of OGL. */
export function isCredentialMember(name: string | undefined, people: People | undefined): boolean {
  return people === "accounts" && name !== undefined && CREDENTIAL_MEMBERS.has(name);
}

/** True for a member that holds the name of a person, a key or an organization. */
export function isPersonMember(name: string | undefined, people: People | undefined): boolean {
  if (people === undefined || name === undefined) return false;
  return PERSON_MEMBERS.has(name) || (people === "usage" && name === "key");
}
