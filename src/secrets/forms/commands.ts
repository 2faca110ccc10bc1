import { credentialHeader, isSecretValue, splitCredential } from "../names/index.ts";
import type { NamedValue } from "./named-value.ts";

/** Forms in which commands and files of tools hold a password; the last group is the password. */
const FORMS: readonly (readonly [hint: RegExp, form: RegExp])[] = [
  // `curl -u name:…`, `wget --user name:…`
  [
    /(?:-u|--user|--proxy-user|-U)\b/,
    /(?:^|\s)(?:-u|--user|--proxy-user|-U)[ =]?["']?(?!\d+:\d+(?![\w-])|([\w-]+):\1(?![\w-]))[\w.@+-]{1,64}[:%]["']?([^\s"'`:@/][^\s"'`]{2,255})/g,
  ],
  // `curl -u key:`
  [/-u/, /(?:^|\s)-u ?["']?(?=[\w-]*\d)([\w-]{16,255}):["']?(?=\s|$)/g],
  // `http -a name:…`
  [
    /\bhttps?\s/,
    /(?:^|[\s`$])https?\s(?:[^\n]{0,160}?\s)?-a[ =]?["']?(?:[\w.@+-]{1,64}:)?([^\s"'`:@/][^\s"'`]{5,255})/g,
  ],
  // `docker login -p …`, `mysql -p…`, `sshpass -p …`, `redis-cli -a …`, `ldapsearch -w …`
  [
    /(?:login|user(?:add|mod)|mysql|maria|mongo|sshpass|redis-cli|ldap|sqlcmd|psql|7z|zip|unzip|smbclient|htpasswd|rabbitmq|influx|cqlsh|xfreerdp|rdesktop|kinit|az |oc |helm|twine)/i,
    /(?:login|user(?:add|mod)|mysql\w*|mariadb\w*|mongo\w*|sshpass|redis-cli|ldap\w+|sqlcmd|psql|7za?|zip|unzip|smbclient|rabbitmq\w*|influx|cqlsh|xfreerdp|rdesktop|az|oc|helm|twine)\b[^\n|;&]{0,160}?\s-[pPawW][ =]?["']?([^\s"'`$-][^\s"'`]{2,255})/g,
  ],
  // `.netrc`
  [/\bmachine\b|\blogin\b/, /\b(?:login|account)\s+\S{1,128}\s+password\s+["']?([^\s"'`]{3,255})/g],
  [/\bpassword\b/, /\bmachine\s+\S{1,255}\s[^\n]{0,160}?\bpassword\s+["']?([^\s"'`]{3,255})/g],
  // `.pgpass`: host:port:database:user:password
  [
    /:(?:\d{2,5}|\*):/,
    /(?<![\w.:/-])(?:\*|[\d.]{7,15}|[\w.-]{0,60}[a-zA-Z]{3}[\w.-]{0,200}):(?:\d{2,5}|\*):(?:\*|(?=[\w-]*[a-zA-Z])[\w-]{1,63}):(?:\*|(?=[\w.@-]*[a-zA-Z])[\w.@-]{1,63}):([^\s"'`\\]{3,255})(?=[\s"'`\\]|$)/g,
  ],
  // `net user name … /add`, `vault login …`, `gh secret set NAME --body …`
  [/\bnet\s/i, /\bnet\s+user\s+\S{1,64}\s+([^\s/]\S{3,127})\s+\/add/gi],
  [/\bvault\s/, /\bvault\s+login\s+(?=\S*\d)([^\s=-][^\s=]{7,255})(?=\s|$)/g],
  [/\bset\s/, /\bset\s+\S{1,64}\s+(?:--body|-b)[ =]["']?([^\s"'`$]{4,512})/g],
  // `sqlplus name/…@host`
  [
    /sqlplus|(?:imp|exp)dp|sqlldr/,
    /\b(?:sqlplus|impdp|expdp|sqlldr)\s+(?:-\S+\s+)*["']?[\w$#]{1,64}\/([^\s"'@/]{3,255})(?=[@"'\s]|$)/g,
  ],
  // `openssl enc -k …`
  [/\bopenssl\s/, /\bopenssl\s+\w+\s[^\n|;&]{0,160}?-[kK]\s+["']?([^\s"'`$-][^\s"'`]{3,255})/g],
  // Settings of LDAP, Redis, Postfix, OpenVPN; QR codes of a wireless network.
  [
    /bindpw|requirepass|masterauth|rootpw/,
    /\b(?:bindpw|requirepass|masterauth|rootpw)[ \t]+["']?(?=\S*[\d!@#%^&*])([^\s"'`]{4,255})/g,
  ],
  [/^\[/m, /^\[[\w.-]{1,128}\]:\d{1,5}[ \t]+[^\s:]{1,128}:(\S{3,255})/gm],
  [/<auth-user-pass>/, /<auth-user-pass>\s{0,8}\S{1,128}\s{1,8}([^\s<]{3,255})/g],
  [/WIFI:/, /WIFI:[^\n]{0,200}?;P:([^;\s]{4,128})/g],
  // `htpasswd -b file name …`, `net use … /user:name …`
  [
    /htpasswd|\/user:/,
    /(?:htpasswd\s+-\w*b\w*\s+\S+\s+\S+\s+|\/user:\S+\s+)["']?([^\s"'`-][^\s"'`]{2,255})/g,
  ],
  // `openssl -passin pass:…`, `--pass …`
  [
    /-\w*pass/,
    /(?<![\w-])--?(?:(?:src|dest|new)?(?:store|key)?|admin-?|root-?|db-?|http-?|ftp-?)pass(?:in|out|word|wd|phrase)?[ =](?:pass:)?["']?([^\s"'`$-][^\s"'`]{2,255})/g,
  ],
  // `expect "Password:"` and, in the next line, `send "…\r"`
  [/\bsend/, /[Pp]ass(?:word|phrase)[^\n]{0,20}\n\s{0,16}send(?:line|_user)?[ (]["']([^"'\\\s]{4,255})/g],
  // "identifiants : name / …", "log in with name/…"
  [
    /identifiant|login|log in|credential|connexion/i,
    /\b(?:identifiants?(?: de connexion)?|logins?|credentials|log in|connexion)(?:\s{1,2}(?:is|are|with|as|using|sont|est|suivants?))?\s{0,2}:?\s{1,2}["'«]?\s?[\w.@+-]{2,64}\s?[/|]\s?((?=[^\s]*\d)(?=[^\s]*[A-Za-z])[^\s"'»/,;]{6,255}[^\s"'»/,;.!?]?)/gi,
  ],
  // The words of a wallet.
  [
    /\b(?:seed|recovery|mnemonic|backup)/i,
    /\b(?:seed|recovery|mnemonic|backup)[ _-]?(?:phrase|words|mnemonic)?["']?\s{0,3}(?:\bis\b|[:=])\s{0,3}["']?((?:[a-z]{3,8}[ ,]{1,2}){11,23}[a-z]{3,8})/gi,
  ],
  // `.npmrc`
  [/_auth/, /:_auth(?:Token)?\s*=\s*["']?([^\s"'`$]{6,512})/g],
  // `echo … | docker login --password-stdin`
  [
    /--(?:password-)?stdin|--with-token/,
    /\becho\s+(?:-n\s+)?["']?([^\s"'`$|]{4,255})["']?\s*\|[^\n]{0,80}--(?:(?:password-)?stdin|with-token)/g,
  ],
  [/chpasswd/, /\becho\s+(?:-e\s+)?["']?[\w.-]{1,64}:([^\s"'`$|]{4,255})["']?\s*\|[^\n]{0,40}chpasswd/g],
  [/chpasswd/, /\bchpasswd:\s[^:]{0,80}:\s*(?:\||\n\s*-)?\s+["']?[\w.-]{1,64}:([^\s"'`$|]{4,255})/g],
  // SQL, PowerShell, `echo … | sudo -S`
  [/IDENTIFIED/i, /\bIDENTIFIED\s+(?:WITH\s+\S{1,64}\s+)?BY\s+(?:PASSWORD\s+)?["']([^"'\n]{3,255})["']/gi],
  [
    /IDENTIFIED/i,
    /\b(?:USER|ROLE)\s+\S{1,64}\s+IDENTIFIED\s+BY\s+(?!PASSWORD\b|VALUES\b)([^\s"';,)]{4,255})/gi,
  ],
  [/SecureString/i, /ConvertTo-SecureString\s+(?:-String\s+)?["']([^"'\n]{3,255})["']/gi],
  [/sudo/, /\becho\s+(?:-n\s+)?["']?([^\s"'`$|]{4,255})["']?\s*\|\s*sudo\s+-S/g],
];

/** A quick look: most texts have none of it. */
const ANY =
  /IDENTIFIED|SecureString|sudo|-[uUpPawW][ =\w"']|-user|\b(?:login|machine|password|htpasswd)\b|\/user:|-\w*pass|_auth|\bopenssl\s|\bset\s|--(?:stdin|with-token)|chpasswd|sqlplus|expdp|impdp|\bvault\s|bindpw|requirepass|masterauth|rootpw|WIFI:|\bhttps?\s|\bsend|seed|mnemonic|recovery|identifiant|log in|credential|connexion|\bnet\s|:(?:\d{2,5}|\*):/i;

/** `curl -H 'Session-Id: …'`: what a header's name says of its value. */
const HEADER = /(?<![\w-])(?:-H|--header)[ =]?(["'])([\w-]{2,64}):[ \t]{0,4}([^"'\n]{3,512})\1/g;
/** The head of a message of HTTP, as a log or a tool shows it, and one of its lines. */
const HEAD = /\bHTTP\/\d[^\n]{0,80}\n(?:[\w-]{2,64}:[^\n]{0,4096}(?:\n|$)){1,100}/g;
const LINE = /^()([\w-]{2,64}):[ \t]{0,4}([^\r\n]{3,512})(?=\r?$)/gm;

function* headerSecrets(text: string): Generator<NamedValue> {
  for (const match of text.matchAll(HEADER)) yield* headerSecret(match, match.index + match[0].length - 1);
  for (const { index, 0: head } of text.matchAll(HEAD))
    for (const match of head.matchAll(LINE))
      yield* headerSecret(match, index + match.index + match[0].length);
}

function* headerSecret({ 2: name = "", 3: value = "" }: RegExpExecArray, end: number): Generator<NamedValue> {
  if (credentialHeader(name) !== "authorization") return;
  const { scheme, credential } = splitCredential(value);
  if (!isSecretValue(credential, "strong") || !/[\d!#%&*+/=?^|~-]/.test(credential)) return;
  yield { name, start: end - value.length + scheme.length, end };
}

/** Passwords in commands and in the files of tools, where no name stands before them. */
export function* commandValues(text: string): Generator<NamedValue> {
  if (/-H|--header|HTTP\/\d/.test(text)) yield* headerSecrets(text);
  if (!ANY.test(text)) return;
  for (const [hint, form] of FORMS) {
    if (!hint.test(text)) continue;
    for (const match of text.matchAll(form)) {
      const value = match.at(-1) ?? "";
      if (!isSecretValue(value, "strong")) continue;
      const at = match[0].lastIndexOf(value);
      yield { name: "command", start: match.index + at, end: match.index + at + value.length };
    }
  }
}
