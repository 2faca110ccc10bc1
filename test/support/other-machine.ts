/** Another machine: a network namespace of this one, joined to it by a pair of interfaces. Needs root and iproute2. */
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { promisify } from "node:util";

export interface OtherMachine {
  /** Address by which it reaches this machine; one of this machine's own, and no loopback one. */
  readonly reachesUsAt: string;
  /** Address that this machine sees it by. */
  readonly address: string;
  /** Sends a GET from there. @returns status and body */
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<{ status: number; body: string }>;
  remove(): void;
}

/** Whether this process may make another machine. */
export function canMakeOtherMachine(): boolean {
  const name = `gt-probe-${process.pid}`;
  const made = spawnSync("ip", ["netns", "add", name]).status === 0;
  if (made) spawnSync("ip", ["netns", "del", name]);
  return made;
}

export function makeOtherMachine(): OtherMachine {
  const name = `gt-${process.pid}`;
  const [here, there] = [`gta${process.pid}`, `gtb${process.pid}`];
  // 198.18.0.0/15 is reserved for tests of networks (RFC 2544).
  const net = `198.18.${process.pid % 256}`;
  const ip = (...args: string[]): void => void execFileSync("ip", args);
  ip("netns", "add", name);
  ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name);
  ip("addr", "add", `${net}.1/30`, "dev", here);
  ip("link", "set", here, "up");
  ip("-n", name, "addr", "add", `${net}.2/30`, "dev", there);
  ip("-n", name, "link", "set", there, "up");
  return {
    reachesUsAt: `${net}.1`,
    address: `${net}.2`,
    get: async (url, headers = {}) => {
      const args = ["netns", "exec", name, process.execPath, "-e", GET, url, JSON.stringify(headers)];
      const { stdout } = await promisify(execFile)("ip", args);
      return JSON.parse(stdout) as { status: number; body: string };
    },
    remove: () => ip("netns", "del", name), // its interface goes with it, and takes ours along
  };
}

/** A program: `fetch` would not send a Host of one's own. */
const GET = `
const [, url, headers] = process.argv;
require("node:http").get(url, { headers: JSON.parse(headers) }, async (response) => {
  let body = "";
  for await (const bytes of response) body += bytes;
  console.log(JSON.stringify({ status: response.statusCode, body }));
});`;
