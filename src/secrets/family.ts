/** Pseudonyms of one kind of secret, numbered together. */
export interface Family {
  readonly id: string;
  /** Form by which redacted requests are compared: a secret of one form stands for any other of it. */
  readonly redactedForm: string;
  /** The n-th pseudonym. */
  readonly pseudonym: (n: number) => string;
  /** Finds pseudonyms of this family; has the flag `g`. */
  readonly pattern: RegExp;
  /** The number of a pseudonym that the pattern found. */
  readonly numberOf: (pseudonym: string) => number;
}

/** Pseudonyms like `customer-1`. */
export function prefixFamily(prefix: string, redactedForm: string = prefix): Family {
  return {
    id: prefix,
    redactedForm,
    pseudonym: (n) => `${prefix}-${n}`,
    pattern: new RegExp(`(?<![\\w-])${prefix}-\\d{1,6}(?![\\w-])`, "g"),
    numberOf: (found) => Number(found.slice(prefix.length + 1)),
  };
}

function mailFamily(id: string, before: string, after: string): Family {
  const literal = (text: string): string => text.replaceAll(".", String.raw`\.`);
  return {
    id,
    redactedForm: id,
    pseudonym: (n) => `${before}${n}${after}`,
    pattern: new RegExp(`(?<![\\w.%+-])${literal(before)}\\d{1,6}${literal(after)}(?![\\w-]|\\.\\w)`, "g"),
    numberOf: (found) => Number(found.slice(before.length, found.length - after.length)),
  };
}

/** The networks kept for documentation (RFC 5737) and, when those are used up, for benchmarks (RFC 2544). */
const DOCUMENTATION_NETWORKS = ["192.0.2", "198.51.100", "203.0.113"];
const HOSTS = 254;
const BENCHMARK = /^198\.(1[89])\.(\d+)\.(\d+)$/;

function ipv4Of(n: number): string {
  const network = DOCUMENTATION_NETWORKS[Math.floor((n - 1) / HOSTS)];
  if (network !== undefined) return `${network}.${((n - 1) % HOSTS) + 1}`;
  const rest = n - 1 - HOSTS * DOCUMENTATION_NETWORKS.length;
  return `198.${18 + (rest >> 16)}.${(rest >> 8) & 255}.${rest & 255}`;
}

function numberOfIpv4(address: string): number {
  const last = address.lastIndexOf(".");
  const network = DOCUMENTATION_NETWORKS.indexOf(address.slice(0, last));
  if (network !== -1) return network * HOSTS + Number(address.slice(last + 1));
  const [, second = 0, third = 0, fourth = 0] = BENCHMARK.exec(address)?.map(Number) ?? [];
  return 1 + HOSTS * DOCUMENTATION_NETWORKS.length + (((second - 18) << 16) | (third << 8) | fourth);
}

const IPV4: Family = {
  id: "ipv4",
  redactedForm: "ip",
  pseudonym: ipv4Of,
  pattern: /(?<![\w.])(?:192\.0\.2|198\.51\.100|203\.0\.113|198\.1[89]\.\d{1,3})\.\d{1,3}(?!\w|\.\d)/g,
  numberOf: numberOfIpv4,
};

const IPV6: Family = {
  id: "ipv6",
  redactedForm: "ip",
  pseudonym: (n) => `2001:db8::${n.toString(16)}`,
  pattern: /(?<![\w:.])2001:db8::[\da-f]{1,4}(?![\w:])/g,
  numberOf: (found) => Number.parseInt(found.slice("2001:db8::".length), 16),
};

type FamilyName =
  | "key"
  | "jwt"
  | "secret"
  | "privateKey"
  | "cookie"
  | "email"
  | "host"
  | "ipv4"
  | "ipv6"
  | "person"
  | "personal";

/** The families of gatetape's own rules. */
export const FAMILIES: Readonly<Record<FamilyName, Family>> = {
  key: prefixFamily("sk", "secret"),
  jwt: prefixFamily("jwt", "secret"),
  secret: prefixFamily("secret"),
  privateKey: prefixFamily("private-key", "secret"),
  cookie: prefixFamily("cookie"),
  email: mailFamily("email", "user-", "@example.org"),
  host: mailFamily("internal-host", "host-", ".example.org"),
  ipv4: IPV4,
  ipv6: IPV6,
  person: prefixFamily("person"),
  personal: prefixFamily("personal"),
};

export const ALL_FAMILIES: readonly Family[] = Object.values(FAMILIES);

/** A reference to large binary content that was left out: its hash, size and type. */
export const BLOB_REFERENCE: RegExp =
  /data:[\w.+-]+\/[\w.+-]+(?:;[\w.-]+=[\w.-]+)*;sha256=[\da-f]{64};bytes=\d+,/g;

/** True if a text is a pseudonym, or a blob's reference, and nothing else. */
export function isPseudonym(text: string, families: readonly Family[] = ALL_FAMILIES): boolean {
  return [...families.map(({ pattern }) => pattern), BLOB_REFERENCE].some((pattern) => {
    const found = text.match(pattern);
    return found?.[0] === text;
  });
}

/** The family of a host's pseudonym: that of its addresses, or of its name. */
export function hostFamily(host: string): Family {
  if (/^\d+(?:\.\d+){3}$/.test(host)) return FAMILIES.ipv4;
  return host.includes(":") ? FAMILIES.ipv6 : FAMILIES.host;
}
