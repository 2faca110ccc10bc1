import { taskOf } from "./expected.ts";
import { type Setting, startAll, workloads } from "./groups.ts";
import { runLoad } from "./load.ts";
import { rssMib } from "./processes.ts";
import { mockWith } from "./subjects.ts";
import type { ServerName } from "./throughput.ts";

const CONNECTIONS = 64;

export interface MemoryRow {
  readonly name: ServerName;
  /** Resident memory in MiB after the first answer, and after load of every kind. */
  readonly idleMib: number;
  readonly loadedMib: number;
}

/** Memory of servers that were started for it, before and after so many ms of each recorded workload. */
export async function measureMemory(setting: Setting, ms: number): Promise<MemoryRow[]> {
  if (!setting.wants("memory")) return [];
  process.stderr.write("memory\n");
  const { program, files } = setting;
  await using servers = await startAll({
    gatetape: mockWith(program, files.cassettes),
    node: { name: "node:http", args: files.baseline },
  });
  const rows: MemoryRow[] = [];
  for (const { name, server } of servers.list) {
    const load = (connections: number, milliseconds: number, some = workloads): Promise<void> =>
      some.reduce<Promise<void>>(async (before, workload) => {
        await before;
        const { port } = server;
        await runLoad({
          ...taskOf(workload),
          port,
          connections,
          ms: milliseconds,
          awake: false,
          cpuMs: () => 0,
        });
      }, Promise.resolve());
    await load(1, 1, workloads.slice(0, 1));
    const idleMib = rssMib(server.pid);
    await load(CONNECTIONS, ms);
    rows.push({ name, idleMib, loadedMib: rssMib(server.pid) });
  }
  return rows;
}
