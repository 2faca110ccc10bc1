/** Requests as they should not be: seeded, so that a difference can be looked at again. */

const METHODS =
  "GET POST PUT DELETE PATCH HEAD OPTIONS FOO get PRI CONNECT TRACE SOURCE M-SEARCH QUERY G@T".split(" ");
const TARGETS = [
  ...'/x /stream /unread /empty /a?b=c&d /a#b /a?b#c?d#e // * foo http://h/x host:80 /%zz /"<>|^`{}\\'.split(
    " ",
  ),
  ..."/s/1/v1/models ?x /\x7f /\xe9 /\x01 /a\x00b".split(" "),
  "/a b",
  "/a\tb",
  "",
  `/${"y".repeat(5000)}`,
];
const VERSIONS =
  "HTTP/1.0 HTTP/0.9 HTTP/2.0 HTTP/9.9 HTTP/1.2 HTTP/1.10 http/1.1 HTTP/11 ICE/1.0 RTSP/1.0 HTTP/1.1x HTTP/a.b".split(
    " ",
  );
const ODD_HEADERS = [
  "Host: y",
  "HOST:z",
  "Host:",
  "Host: a b,c@",
  "X-A: b\r\n c",
  "X-A: b\r\n\t \r\n c\td",
  "X-A:\r\n\tc",
  "X-A: b\n c",
  "X-A : b",
  " X-A: b",
  "\tX-A: b",
  ": b",
  "X-A",
  "X A: b",
  "X-A:",
  "X-A: \t b \t ",
  "X-A: b\x01c\x1f\x7f",
  "X-A: b\x00",
  "X-A: b\x0bc",
  "X-A: b\x0c",
  "X-A: b\rc",
  "X-\xc9: b",
  "X-B: \xc9\xff\x80\x85\xa0",
  "X-(a): b",
  "!#$%&'*+-.^_`|~9: b",
  `X-Long: ${"z".repeat(8000)}`,
  "Content-Length: 5",
  "Content-Length: 3",
  "Content-Length: 0",
  "Content-Length: 5, 5",
  "Content-Length: 5, 6",
  "Content-Length:",
  "Content-Length: +5",
  "Content-Length: -1",
  "Content-Length: 5 5",
  "Content-Length: 0x5",
  "Content-Length: 00005",
  "Content-Length: 00000000000000000005",
  "Content-Length: 000000000000000000005",
  "Content-Length: 18446744073709551617",
  "Content-Length: 5,",
  "Content-Length: 1e1",
  "content-length:5",
  "Transfer-Encoding: chunked",
  "transfer-encoding: CHUNKED",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: chunked, chunked",
  "Transfer-Encoding: identity",
  "Transfer-Encoding:",
  "Transfer-Encoding: chunked;q=1",
  "Connection: close",
  "Connection: Close",
  "Connection: keep-alive",
  "connection: keep-alive, Close",
  "Connection: x,close ,y",
  "Connection: upgrade, HTTP2-Settings",
  "Connection: Upgrade",
  "Connection: closed",
  "Connection:",
  "Proxy-Connection: close",
  "Keep-Alive: timeout=1",
  "Upgrade: h2c",
  "Upgrade: websocket",
  "Expect: 100-continue",
  "Expect: 100-Continue, x",
  "expect: 200-ok",
  "Expect:",
  "TE: trailers",
  "Trailer: X-T",
  "Accept-Encoding: gzip",
  "X-Dup: 1\r\nX-Dup: 2\r\nx-dup: 3",
];
const CHUNKED = [
  "5\r\nhello\r\n0\r\n\r\n",
  "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
  "5;ext=1\r\nhello\r\n0;last\r\n\r\n",
  '5;a="b\\"\r\nhello\r\n0\r\n\r\n',
  "5;\r\nhello\r\n0\r\n\r\n",
  "5 ;x\r\nhello\r\n0\r\n\r\n",
  "5 \t\r\nhello\r\n0\r\n\r\n",
  " 5\r\nhello\r\n0\r\n\r\n",
  "05\r\nhello\r\n000\r\n\r\n",
  "00000000000000000005\r\nhello\r\n0\r\n\r\n",
  "000000000000000000005\r\nhello\r\n0\r\n\r\n",
  "A\r\nhellohello\r\n0\r\n\r\n",
  "a\r\nhellohello\r\n0\r\n\r\n",
  "5\nhello\n0\n\n",
  "5\r\nhello\n0\r\n\r\n",
  "5\r\nhello\r0\r\n\r\n",
  "5\r\nhelloX\r\n0\r\n\r\n",
  "5\r\nhell\r\n0\r\n\r\n",
  "5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
  "5\r\nhello\r\n0\r\nX-T: 1\n\n",
  "5\r\nhello\r\n0\r\nX-T: 1\r\n fold\r\n\r\n",
  "5\r\nhello\r\n0\r\n bad\r\n\r\n",
  "5\r\nhello\r\n0\r\nX T: 1\r\n\r\n",
  "5\r\nhello\r\n0\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
  "5\r\nhello\r\n0\r\nTransfer-Encoding: x\r\n\r\n",
  "5\r\nhello\r\n0\n\n",
  "5\r\nhello\r\n0\r\n\n",
  "0\r\n\r\n",
  "0x5\r\nhello\r\n0\r\n\r\n",
  "-5\r\nhello\r\n0\r\n\r\n",
  "g\r\n",
  "\r\n",
  "5\r\nhel",
  "5\r",
  "ffffffffffffffffffff\r\nhello",
  "5;\x00\x01\xff\r\nhello\r\n0\r\n\r\n",
  "5;a\nb\r\nhello\r\n0\r\n\r\n",
];
const GARBAGE = [
  "\r\n",
  "\n",
  "\r",
  " ",
  "x",
  "\x00",
  "\x16\x03\x01\x02",
  "GET",
  "GET /x HTTP/1.1\r\nHost",
  "\r\n\r\n",
  "garbage\r\n\r\n",
  "\x7f\r\n\r\n",
];

/** Some requests, as one client might send them in a row, and perhaps something after them. */
export function sequenceOf(random: () => number): string {
  const chance = (share: number): boolean => random() < share;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const count = chance(0.5) ? 1 : 2 + Math.floor(random() * 3);
  // The more requests, the less odd each: a refusal ends the sequence.
  const odd = count === 1 ? 0.3 : 0.12;
  let text = "";
  for (let i = 0; i < count; i++) text += requestOf(chance, pick, odd);
  return chance(0.25) ? text + pick(GARBAGE) : text;
}

function requestOf(
  chance: (share: number) => boolean,
  pick: <T>(list: readonly T[]) => T,
  odd: number,
): string {
  const usual = <T>(value: T, others: readonly T[]): T => (chance(odd) ? pick(others) : value);
  const lineEnd = chance(odd / 2) ? "\n" : "\r\n";
  const end = (): string => (chance(odd / 10) ? pick(["\n", "\r", "\r\r\n", "\r\n\r\n", " \r\n"]) : lineEnd);
  const blank = (): string => (chance(odd / 8) ? pick(["  ", "\t", "", " \t"]) : " ");
  const method = usual(chance(0.5) ? "GET" : "POST", METHODS);
  const target = usual(pick(["/x", "/stream", "/v1/models?a=%20b", "/unread"]), TARGETS);
  const version = usual("HTTP/1.1", VERSIONS);
  const line = `${method}${blank()}${target}${blank()}${version}${chance(odd / 20) ? " " : ""}`;
  const headers: string[] = [];
  if (!chance(odd / 4)) headers.push("Host: 127.0.0.1");
  headers.push("Accept: */*");
  while (chance(odd * 1.5)) headers.push(pick(ODD_HEADERS));
  let body = "";
  if (method === "POST" && chance(0.9)) {
    if (chance(0.5)) {
      body = pick(["", "hello", '{"a":1}', "x".repeat(3000)]);
      headers.push(`Content-Length: ${body.length + (chance(odd / 10) ? 1 : 0)}`);
    } else {
      headers.push("Transfer-Encoding: chunked");
      body = usual("5\r\nhello\r\n0\r\n\r\n", CHUNKED);
    }
  } else if (chance(odd)) body = pick(["hello", "5\r\nhello\r\n0\r\n\r\n"]);
  if (chance(odd)) headers.reverse();
  const head = [line, ...headers].map((one) => one + end()).join("");
  return (chance(odd / 10) ? pick(["\r\n", "\n", " ", "\r"]) : "") + head + end() + body;
}
