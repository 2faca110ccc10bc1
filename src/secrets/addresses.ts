import { isIPv6 } from "node:net";

/** A text and where in it something was found. */
export interface Span {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Characters before a number that decide whether it is a version. */
const BEFORE = 40;
const VERSION_BEFORE =
  /(?:\b(?:v|ver|version|versions|release|released|rev|revision|build|section|sections|chapter|clause|rfc|§)[\s"':=.#]{0,4}|(?:^|[\s"'(;,])[A-Za-z][\w.-]{0,30}\/|[=~<>!^]=\s?|[~^<>]\s?|\bv|[#$§])$/i;
const VERSION_AFTER =
  /^(?:-(?:r\d|node|rc|alpha|beta|dev|pre|snapshot)|\+\w|[-_.]?(?:whl|tar|zip|jar|dll|exe|deb|rpm)\b)/i;

/** True for an IPv4 address that says where something is: no version number, loopback, netmask or documentation address. */
export function isIdentifyingIpv4({ text, start, end }: Span): boolean {
  const parts = text.slice(start, end).split(".").map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  if (a === 0 || a === 127 || a === 255) return false;
  if (a === 192 && b === 0 && c === 2) return false;
  if (a === 198 && ((b === 51 && c === 100) || b === 18 || b === 19)) return false;
  if (a === 203 && b === 0 && c === 113) return false;
  if (c === 0 && d === 0) return false;
  // Every cloud has its metadata there.
  if (a === 169 && b === 254 && c === 169 && d === 254) return false;
  if (PUBLIC_RESOLVERS.has(text.slice(start, end))) return false;
  return (
    !isNumbered(text.slice(Math.max(0, start - BEFORE), start)) &&
    !VERSION_BEFORE.test(text.slice(Math.max(0, start - BEFORE), start)) &&
    !VERSION_AFTER.test(text.slice(end, end + 10))
  );
}

/** Addresses that everybody knows: those of public resolvers. */
const PUBLIC_RESOLVERS: ReadonlySet<string> = new Set(
  "8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 149.112.112.112 208.67.222.222 208.67.220.220 4.2.2.2 80.67.169.12 80.67.169.40".split(
    " ",
  ),
);

/** Words after which four numbers are an address. */
const ADDRESS_WORDS =
  /\b(?:ips?|ipv4|hosts?|hostname|server|serveur|machine|node|address|adresse|addr|gateway|passerelle|proxy|router|routeur|dns|client|remote|peer|ping|ssh|telnet|curl|from|at|to|on|via|depuis|sur|listen|bind|connect|connected|login|origin|forwarded|inet|subnet|network|vpn|firewall|src|dst|source|destination|dest|upstream|backend|database|redis|postgres|mongo|endpoint|rhost|lhost)\b/i;
const WORD_BEFORE =
  /(?:^|[\s(["'*`|])([A-Z][A-Za-z+#.-]{1,30}|[A-Z]{2,10}|(?:article|art|chapitre|titre|annexe|alinéa|paragraphe|figure|fig|table|tableau|point|item|step|abschnitt|absatz|kapitel|edition|firmware|kernel|driver|driver version|build|jdk|dotnet))[ \u00a0]$/;

/** Words of statuses and errors, after which an address says where it happened. */
const STATUS_WORDS =
  /^(?:bad|ok|error|err|fail|failed|failure|unknown|invalid|blocked|denied|refused|forbidden|timeout|reset|rejected|banned|allowed|unreachable|down|up|and|or|the|is|was|with|by|for|of|in|not|no)$/i;

/** True after the name of a product or of a part of a document: `PostgreSQL 14.10.1.2`, `Article 12.3.4.5`. */
function isNumbered(before: string): boolean {
  const [, word = ""] = WORD_BEFORE.exec(before) ?? [];
  return word.length > 2 && !STATUS_WORDS.test(word) && !ADDRESS_WORDS.test(before);
}

/** Networks from which addresses are given out: global, unique local, link local and IPv4 in IPv6. */
const IN_USE = /^(?:[23][\da-f]{3}:|f[cd][\da-f]{2}:|fe[89ab][\da-f]:|(?:0:){0,5}:?:ffff:)/i;
const DOCUMENTATION = /^(?:2001:0?db8:|3fff:|fe80::\d{0,2}$)/i;

/** True for an IPv6 address that says where something is. */
export function isIdentifyingIpv6({ text, start, end }: Span): boolean {
  const address = text.slice(start, end);
  return isIPv6(address) && IN_USE.test(address) && !DOCUMENTATION.test(address);
}

/** Names that are the same everywhere. */
const EVERYWHERE =
  /^(?:metadata\.google\.internal|(?:host|gateway)\.docker\.internal|host\.(?:containers|testcontainers)\.internal|kubernetes(?:\.default)?\.svc(?:\.cluster\.local)?)$/i;
/** Names that stand for any host in explanations of such names. */
const EXAMPLE_HOST =
  /^(?:bonjour|example|exemple|beispiel|hostname|host|myhost|my-host|printer|imprimante|raspberrypi|mymachine|my-machine|foo|bar|device|name|nom|yourhost|your-host)\.(?:local|localdomain|internal|lan|corp)$/i;
/** Words before a dot after which `local` or `internal` is a member of an object, not a host's last name. */
const OBJECTS =
  /^(?:this|self|super|module|modules|exports|window|global|globalthis|process|threading|contextvars|node|env|config|settings|options|props|state|context|ctx|scope|storage|git|dotenv|error|errors|req|res|request|response|data|server|app|std|crate|pkg|package|lib|java|javax|com|org|net|io)$/i;
const CODE_AFTER = /^(?:[([{]|\s?(?:=>|[=!+-]=|= )|\.\w|[\w-])/;
const HOST_BEFORE = /(?:\/\/|@|\bhost\b["']?\s*[:=]\s*["']?)$/i;

/** True for a host of an internal network; not for a member of an object in code. */
export function isIdentifyingHost({ text, start, end }: Span): boolean {
  const name = text.slice(start, end);
  const labels = name.split(".");
  if (EVERYWHERE.test(name) || EXAMPLE_HOST.test(name)) return false;
  if (HOST_BEFORE.test(text.slice(Math.max(0, start - BEFORE), start))) return true;
  if (CODE_AFTER.test(text.slice(end, end + 4))) return false;
  // The name of a file.
  if (text[start - 1] === "/" && !/[:/]/.test(text.charAt(end))) return false;
  const [first = ""] = labels;
  // A word of a sentence or of code before `local`.
  if (
    labels.length === 2 &&
    /^[a-z]+$/i.test(first) &&
    /local$/i.test(name) &&
    !ADDRESS_WORDS.test(text.slice(Math.max(0, start - BEFORE), start))
  )
    return false;
  // `f(x.local)`: a member that is handed over.
  const handedOver =
    /[(,]\s?$/.test(text.slice(Math.max(0, start - 2), start)) && /[),]/.test(text.charAt(end));
  if (labels.length === 2 && (first.length === 1 || (handedOver && /local$/i.test(name)))) return false;
  return !OBJECTS.test(first) && !/[A-Z_]/.test(name);
}
