/** Targets of OGL under which `name` is that of a user, a key or an organization. */
const PEOPLE =
  /^\/v1\/(?:me(?:\/info|\/keys)?|keys|auth\/login|admin\/(?:users|keys|tokens|organizations)|organizations(?:\/me)?)(?:\/[^/?]*)?(?:\?|$)/;
/** Members that say who somebody is. */
const PERSON_MEMBERS: ReadonlySet<string> = new Set(
  "name email sub organization_name user_name username".split(" "),
);

/** Members that hold a credential there, whatever it looks like. */
const CREDENTIAL_MEMBERS: ReadonlySet<string> = new Set(["key", "token"]);

/** True for a member that holds a key of OGL in an answer about users and keys. */
export function isCredentialMember(name: string | undefined): boolean {
  return name !== undefined && CREDENTIAL_MEMBERS.has(name);
}

/** True for a request target whose bodies name OGL's own users, keys or organizations. */
export function namesPeople(target: string): boolean {
  return PEOPLE.test(target);
}

/** True for a member that holds the name of a person, a key or an organization. */
export function isPersonMember(name: string | undefined): boolean {
  return name !== undefined && PERSON_MEMBERS.has(name);
}
