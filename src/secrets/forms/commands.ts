import { isAssignedSecret, isSecretValue } from "../names/index.ts";
import type { NamedValue } from "./named-value.ts";

/** Forms in which commands and files of tools hold a password; the last group is the password. */
const FORMS: readonly (readonly [hint: RegExp, form: RegExp])[] = [
  // `curl -u name:…`, `wget --user name:…`
  [
    /(?:-u|--user|--proxy-user|-U)\b/,
    /(?:^|\s)(?:-u|--user|--proxy-user|-U)[ =]?["']?[\w.@+-]{1,64}[:%]["']?([^\s"'`:@/][^\s"'`]{2,255})/g,
  ],
  // `docker login -p …`, `mysql -p…`, `sshpass -p …`, `redis-cli -a …`, `ldapsearch -w …`
  [
    /(?:login|mysql|maria|mongo|sshpass|redis-cli|ldap|sqlcmd|psql|7z|zip|unzip|smbclient|htpasswd|rabbitmq|influx|cqlsh|xfreerdp|rdesktop|kinit|az |oc |helm|twine)/i,
    /(?:login|mysql\w*|mariadb\w*|mongo\w*|sshpass|redis-cli|ldap\w+|sqlcmd|psql|7za?|zip|unzip|smbclient|rabbitmq\w*|influx|cqlsh|xfreerdp|rdesktop|az|oc|helm|twine)\b[^\n|;&]{0,160}?\s-[pPawW][ =]?["']?([^\s"'`$-][^\s"'`]{2,255})/g,
  ],
  // `.netrc`
  [/\bmachine\b|\blogin\b/, /\b(?:login|account)\s+\S{1,128}\s+password\s+["']?([^\s"'`]{3,255})/g],
  [/\bpassword\b/, /\bmachine\s+\S{1,255}\s[^\n]{0,160}?\bpassword\s+["']?([^\s"'`]{3,255})/g],
  // `.pgpass`: host:port:database:user:password
  [
    /:(?:\d{2,5}|\*):/,
    /(?<![\w.:/-])(?:\*|[\d.]{7,15}|[\w.-]{0,60}[a-zA-Z]{3}[\w.-]{0,200}):(?:\d{2,5}|\*):(?:\*|(?=[\w-]*[a-zA-Z])[\w-]{1,63}):(?:\*|(?=[\w.@-]*[a-zA-Z])[\w.@-]{1,63}):([^\s"'`\\]{3,255})(?=[\s"'`\\]|$)/g,
  ],
  // `htpasswd -b file name …`, `net use … /user:name …`
  [
    /htpasswd|\/user:/,
    /(?:htpasswd\s+-\w*b\w*\s+\S+\s+\S+\s+|\/user:\S+\s+)["']?([^\s"'`-][^\s"'`]{2,255})/g,
  ],
  // `openssl -passin pass:…`, `--pass …`
  [/-pass/, /(?<![\w-])--?pass(?:in|out|word)?[ =](?:pass:)?["']?([^\s"'`$-][^\s"'`]{2,255})/g],
  // `.npmrc`
  [/_auth/, /:_auth(?:Token)?\s*=\s*["']?([^\s"'`$]{6,512})/g],
  // `echo … | docker login --password-stdin`
  [/password-stdin/, /\becho\s+(?:-n\s+)?["']?([^\s"'`$|]{4,255})["']?\s*\|[^\n]{0,80}--password-stdin/g],
  // SQL, PowerShell, `echo … | sudo -S`
  [/IDENTIFIED/i, /\bIDENTIFIED\s+(?:WITH\s+\S{1,64}\s+)?BY\s+(?:PASSWORD\s+)?["']([^"'\n]{3,255})["']/gi],
  [/SecureString/i, /ConvertTo-SecureString\s+(?:-String\s+)?["']([^"'\n]{3,255})["']/gi],
  [/sudo/, /\becho\s+(?:-n\s+)?["']?([^\s"'`$|]{4,255})["']?\s*\|\s*sudo\s+-S/g],
];

/** A quick look: most texts have none of it. */
const ANY =
  /IDENTIFIED|SecureString|sudo|-[uUpPawW][ =\w"']|-user|\b(?:login|machine|password|htpasswd)\b|\/user:|-pass|_auth|:(?:\d{2,5}|\*):/i;

/** Calls that take a password or a token: `login("bob", "…")`, `bearer_auth("…")`, `auth=("bob", "…")`. */
const CALL =
  /\b(?:\w*bearer_?auth|\w*basic_?auth|set_?(?:password|token|api_?key|secret)|with_?(?:password|token|api_?key|secret)|log_?in|authenticate|auth)\s{0,2}[(=]\s{0,2}\(?(?:["'][^"'\n]{0,64}["']\s{0,2},\s{0,2}(?:Some\()?)?["']([^"'\n]{4,255})["']/gi;

/** Passwords that are handed to a function. */
export function* callValues(text: string): Generator<NamedValue> {
  for (const match of text.matchAll(CALL)) {
    const value = match[1] ?? "";
    if (!isAssignedSecret(value, "strong", true)) continue;
    const start = match.index + match[0].length - 1 - value.length;
    yield { name: "call", start, end: start + value.length };
  }
}

/** Passwords in commands and in the files of tools, where no name stands before them. */
export function* commandValues(text: string): Generator<NamedValue> {
  if (!ANY.test(text)) return;
  for (const [hint, form] of FORMS) {
    if (!hint.test(text)) continue;
    for (const match of text.matchAll(form)) {
      const value = match[1] ?? "";
      if (!isSecretValue(value, "strong")) continue;
      const at = match[0].lastIndexOf(value);
      yield { name: "command", start: match.index + at, end: match.index + at + value.length };
    }
  }
}
