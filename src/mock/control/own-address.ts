import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";

const FAMILIES = { 4: "ipv4", 6: "ipv6" } as const;

/**
 * Whether an address is one of this machine's own: a loopback one, or one of its network interfaces at this moment.
 * @param address of a socket's peer (`::ffff:127.0.0.1`, `fe80::1%eth0` are understood), or the name in a `Host`; any text
 */
export function isOwnAddress(address: string): boolean {
  const [plain = "", zone] = address.replace(/^::ffff:(?=\d+\.)/i, "").split("%", 2);
  const family = isIP(plain);
  if (family !== 4 && family !== 6) return false;
  return ownAddresses(zone).check(plain, FAMILIES[family]);
}

/** @param zone interface that a link-local address was seen on; without it all interfaces count */
function ownAddresses(zone: string | undefined): BlockList {
  const own = new BlockList();
  own.addSubnet("127.0.0.0", 8, "ipv4");
  own.addAddress("::1", "ipv6");
  for (const [name, addresses = []] of Object.entries(interfaces())) {
    if (zone !== undefined && name !== zone) continue;
    for (const { address, family } of addresses) own.addAddress(address, family === "IPv4" ? "ipv4" : "ipv6");
  }
  return own;
}

function interfaces(): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces();
  } catch {
    return {}; // some sandboxes forbid it
  }
}
