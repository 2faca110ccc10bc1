/** The rows under load, by groups of servers that are started once for all of them. */
import { type Task, taskOf } from "./expected.ts";
import { type BenchFiles, writeAnswers } from "./files.ts";
import { type ServerProcess, startServer } from "./processes.ts";
import { type Subject, honoWith, mockWith } from "./subjects.ts";
import { type Asked, STATE_READS, SYNTHESIZED, capture } from "./synthesized.ts";
import { type LoadRow, type Pace, type Runner, measureThroughput } from "./throughput.ts";
import { type Workload, makeWorkload, WORKLOAD_IDS } from "./workloads.ts";
import { WORLD_KEY, writeFullWorld, writeStateWorld } from "./worlds.ts";

export interface Setting {
  /** gatetape's `cli/main.js`. */
  readonly program: string;
  readonly files: BenchFiles;
  /** How aimock is started with so many ms between two chunks; `undefined` without aimock. */
  readonly aimock: ((latencyMs: number) => Subject) | undefined;
  /** Options of Node for gatetape alone. */
  readonly profiling: readonly string[];
  /** True if a row is wanted. */
  readonly wants: (id: string) => boolean;
  readonly pace: Pace;
}

const MANY = 64;
const FAULTY = "*=status:code=503~0.1";

export const GROUPS = {
  recorded: "Recorded answers, 64 connections",
  single: "Recorded answers, one connection",
  world: "The same in a world of 2,000 keys with limits and budgets, 64 connections",
  state: "The same with a state of 10,000 documents, 64 connections",
  faults: "The same with a fault, a 503, on one request in ten, 64 connections",
  synthesizer: "Answers made up by the synthesizer, 64 connections, 1,000 different requests",
} as const;
export type GroupId = keyof typeof GROUPS;

export const workloads: readonly Workload[] = WORKLOAD_IDS.map(makeWorkload);

export const LOAD_ROW_IDS: readonly string[] = [
  ...(["recorded", "single", "world", "state", "faults"] as const).flatMap((group) =>
    WORKLOAD_IDS.map((id) => `${group}/${id}`),
  ),
  ...STATE_READS.map(({ id }) => `state/${id}`),
  ...SYNTHESIZED.map(({ id }) => `synthesizer/${id}`),
];

/** All wanted rows of all groups. */
export async function measureLoad(setting: Setting): Promise<LoadRow[]> {
  const { program, files } = setting;
  const rows: LoadRow[] = [];
  rows.push(...(await besidePeers("recorded", MANY, setting)), ...(await besidePeers("single", 1, setting)));
  const plain = (more: Subject, group: GroupId, tasks: readonly Task[]): Promise<LoadRow[]> =>
    besidePlain(group, more, tasks, setting);
  const byKey = workloads.map((workload) => ofWorld(taskOf(workload, WORLD_KEY)));
  if (wanted("world", setting))
    rows.push(
      ...(await plain(
        mockWith(program, files.cassettes, "--world", writeFullWorld(files.folder)),
        "world",
        byKey,
      )),
    );
  if (wanted("state", setting)) {
    const mock = mockWith(program, files.cassettes, "--world", writeStateWorld(files.folder));
    rows.push(
      ...(await plain(mock, "state", byKey)),
      ...(await besideCopy("state", mock, STATE_READS, setting, WORLD_KEY)),
    );
  }
  const faulty = workloads.map((workload) => withStatuses(taskOf(workload), [200, 503]));
  rows.push(...(await plain(mockWith(program, files.cassettes, "--fault", FAULTY), "faults", faulty)));
  rows.push(...(await besideCopy("synthesizer", mockWith(program, "none"), SYNTHESIZED, setting)));
  return rows;
}

function wanted(group: GroupId, { wants }: Setting): boolean {
  return LOAD_ROW_IDS.some((id) => id.startsWith(`${group}/`) && wants(id));
}

/** The list of models is the world's: its bytes are not the cassette's. */
function ofWorld(task: Task): Task {
  return task.id === "models.list" ? { ...task, expected: { ...task.expected, writes: undefined } } : task;
}

function withStatuses(task: Task, statuses: readonly number[]): Task {
  return { ...task, expected: { ...task.expected, statuses } };
}

/** gatetape, plain node:http, Hono and aimock. */
async function besidePeers(group: GroupId, connections: number, setting: Setting): Promise<LoadRow[]> {
  if (!wanted(group, setting)) return [];
  const { program, files, profiling, aimock } = setting;
  const subjects = {
    gatetape: profiled(mockWith(program, files.cassettes), profiling),
    node: { name: "node:http", args: files.baseline },
    hono: honoWith(files.baseline[1]),
    ...(aimock === undefined ? {} : { aimock: aimock(0) }),
  };
  await using servers = await startAll(subjects);
  const rows: LoadRow[] = [];
  for (const workload of workloads) {
    const task = taskOf(workload);
    const runners = servers.list.map(({ name, server }): Runner => ({
      name,
      server,
      task: forServer(name, task),
    }));
    rows.push(...(await row(group, task, runners, connections, setting)));
  }
  return rows;
}

/** Hono cuts a stream as it likes; aimock's answers are its own. */
function forServer(name: Runner["name"], task: Task): Task {
  if (name === "hono") return { ...task, expected: { ...task.expected, anyChunks: true } };
  if (name !== "aimock") return task;
  return withStatuses({ ...task, expected: { ...task.expected, writes: undefined } }, [200]);
}

/** gatetape and plain node:http, which gives the recorded answers. */
async function besidePlain(
  group: GroupId,
  mock: Subject,
  tasks: readonly Task[],
  setting: Setting,
): Promise<LoadRow[]> {
  if (!tasks.some(({ id }) => setting.wants(`${group}/${id}`))) return [];
  const node = { name: "node:http", args: setting.files.baseline };
  await using servers = await startAll({ gatetape: profiled(mock, setting.profiling), node });
  const rows: LoadRow[] = [];
  for (const task of tasks) {
    const runners = servers.list.map(({ name, server }): Runner => ({
      name,
      server,
      task: name === "node" ? plainTask(task) : task,
    }));
    rows.push(...(await row(group, task, runners, MANY, setting)));
  }
  return rows;
}

function plainTask(task: Task): Task {
  const { statuses: _, ...expected } = task.expected;
  return { ...task, expected };
}

/** gatetape and plain node:http, which gives the bytes of gatetape's own first answers. */
async function besideCopy(
  group: GroupId,
  mock: Subject,
  asked: readonly Asked[],
  setting: Setting,
  key?: string,
): Promise<LoadRow[]> {
  const chosen = asked.filter(({ id }) => setting.wants(`${group}/${id}`));
  if (chosen.length === 0) return [];
  await using server = await startServer(mock.name, profiled(mock, setting.profiling).args);
  const captured = await Promise.all(chosen.map((one) => capture(one, server, key)));
  const answers = captured.map(({ answer }) => answer);
  const file = writeAnswers(setting.files.folder, `${group}-copy`, answers);
  await using node = await startServer("node:http", [setting.files.baseline[0], file]);
  const rows: LoadRow[] = [];
  for (const { task } of captured) {
    const runners: Runner[] = [
      { name: "gatetape", server, task },
      { name: "node", server: node, task },
    ];
    rows.push(...(await row(group, task, runners, MANY, setting)));
  }
  return rows;
}

async function row(
  group: GroupId,
  { id: taskId, title }: Task,
  runners: readonly Runner[],
  connections: number,
  { wants, pace }: Setting,
): Promise<LoadRow[]> {
  const id = `${group}/${taskId}`;
  if (!wants(id)) return [];
  process.stderr.write(`${id}\n`);
  return [{ id, group, title, connections, ...(await measureThroughput(runners, connections, pace)) }];
}

function profiled({ name, args }: Subject, profiling: readonly string[]): Subject {
  return { name, args: [...profiling, ...args] };
}

interface Started extends AsyncDisposable {
  readonly list: readonly { readonly name: Runner["name"]; readonly server: ServerProcess }[];
}

/** Servers started one after the other, in the order of their names in the table. */
export async function startAll(subjects: { readonly [name in Runner["name"]]?: Subject }): Promise<Started> {
  const stack = new AsyncDisposableStack();
  try {
    const list: { name: Runner["name"]; server: ServerProcess }[] = [];
    for (const [name, { args }] of Object.entries(subjects))
      list.push({ name: name as Runner["name"], server: stack.use(await startServer(name, args)) });
    const all = stack.move();
    return { list, [Symbol.asyncDispose]: () => all.disposeAsync() };
  } finally {
    await stack.disposeAsync();
  }
}
