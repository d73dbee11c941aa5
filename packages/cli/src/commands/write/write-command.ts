/** `meterport write`: changes fields of a meter's tables, after showing what would change. */
import type { Meter, Steps, TableWrite, TransactionPlan } from "@meterport/client";
import { toHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import { encodeRequest } from "@meterport/protocol/mep/frame/apdu";
import { tableIdOf } from "@meterport/protocol/tables/catalogue";
import { toJson } from "../../format/json.ts";
import { alignedTable } from "../../format/table.ts";
import { shownValue, valueText } from "../../format/value.ts";
import { type Exit, exit, type Io, print } from "../../io/io.ts";
import { permitted } from "../../io/permission.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import { changesOf, parseAssignment, type TableChange } from "./assignments.ts";
import type { WriteCommandOptions } from "./options.ts";

/** How a change is to be made. */
type ChangeOptions = Pick<WriteCommandOptions, "dryRun" | "yes" | "json" | "transaction">;

/** One field, before and after. */
interface Step {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

interface Planned {
  readonly change: TableChange;
  readonly steps: readonly Step[];
  readonly requests: readonly TableWrite[];
}

/** A change is planned once: the plan is shown, and what is sent is compared with it. */
const planned = async (meter: Meter, change: TableChange, signal: AbortSignal): Promise<Planned> => {
  const { table, fields } = change;
  const { requests, before } = await meter.writeFields(table, fields, { dryRun: true, signal });
  const steps = fields.map(({ path, value }, i): Step => {
    const name = [table.id, ...path].join(".");
    return { name, before: shownValue(name, before[i]), after: shownValue(name, value) };
  });
  return { change, steps, requests };
};

const plain = (value: unknown): string =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array) ? toJson(value) : valueText(value);

/** Request bytes, beginning with the code; what follows them is made when they are sent. */
const bytesOf = ({ table, offset, data }: TableWrite): Uint8Array =>
  encodeRequest({ kind: "write-at", table, offset, data });

/** `seal` names what is appended when they are sent. */
const tell = (
  plans: readonly Planned[],
  requests: readonly TableWrite[],
  { dryRun, seal }: { readonly dryRun: boolean; readonly seal: string },
  io: Io,
): void => {
  const write = dryRun ? io.stdout.write : io.stderr.write;
  const rows = plans.flatMap(({ steps }) =>
    steps.map(({ name, before, after }) => [name, plain(before), "->", plain(after)]),
  );
  write(alignedTable(rows, { indent: "", width: Number.POSITIVE_INFINITY }));
  if (!dryRun) return;
  if (requests.length === 0) write("nothing would be sent: the meter has these values already\n");
  for (const request of requests) {
    const { table, offset, data } = request;
    const place = data.length === 1 ? `byte ${offset}` : `bytes ${offset} to ${offset + data.length - 1}`;
    write(`would send ${toHex(bytesOf(request), " ")}  (${tableIdOf(table)}, ${place}; then ${seal})\n`);
  }
};

const requestDocument = (request: TableWrite) => ({
  table: tableIdOf(request.table),
  offset: request.offset,
  data: request.data,
  bytes: bytesOf(request),
});

const documentOf = (plans: readonly Planned[], sent: boolean, carried: readonly TableWrite[] | undefined) => ({
  changes: plans.flatMap(({ steps }) => steps.map(({ name, before, after }) => ({ field: name, before, after }))),
  requests: plans.flatMap(({ requests }) => requests.map(requestDocument)),
  ...(carried === undefined ? {} : { transaction: carried.map(requestDocument) }),
  sent,
});

const stepsOf = (changes: readonly TableChange[]) => (steps: Steps) =>
  changes.map(({ table, fields }) => steps.writeFields(table, fields));

const inOneTransaction = async (
  meter: Meter,
  changes: readonly TableChange[],
  shown: TransactionPlan,
  signal: AbortSignal,
): Promise<void> => {
  const outcomes = await meter.transaction(stepsOf(changes), { shown, signal });
  for (const outcome of outcomes) if (!outcome.ok) throw outcome.error;
  // A transaction does not report what it did to the bytes, so they are read again.
  for (const { table, fields, label } of changes)
    if ((await meter.writeFields(table, fields, { dryRun: true, signal })).requests.length > 0)
      throw new UsageError("transaction", `${label}: the transaction ran, but the meter has other values`);
};

/** Reports which tables were written before one failed. */
const oneByOne = async (meter: Meter, plans: readonly Planned[], io: Io): Promise<void> => {
  const done: string[] = [];
  for (const { change, requests } of plans) {
    try {
      await meter.writeFields(change.table, change.fields, { shown: requests, signal: io.interrupted });
      done.push(change.table.id);
    } catch (error) {
      if (done.length > 0) io.stderr.write(`meterport: ${done.join(", ")} written before this failed\n`);
      throw error;
    }
  }
};

/**
 * Shows what would change, asks, writes only what differs, and reads it back.
 *
 * @throws UsageError, LayoutError, LinkError, ResponseError
 */
export const changeMeter = async (
  meter: Meter,
  changes: readonly TableChange[],
  options: ChangeOptions,
  io: Io,
): Promise<Exit> => {
  const signal = io.interrupted;
  const dryRun = options.dryRun === true;
  const json = options.json === true;
  const plans: Planned[] = [];
  for (const change of changes) plans.push(await planned(meter, change, signal));
  const changed = plans.filter(({ requests }) => requests.length > 0);
  const changing = changed.map(({ change }) => change);
  const needed = changed.length > 0;
  const together = options.transaction === true && needed;
  const requests = changed.flatMap((plan) => plan.requests);
  const plan = together ? await meter.planTransaction(stepsOf(changing), { signal }) : undefined;
  const carried = dryRun ? plan?.requests : undefined;
  const seal = meter.optical ? "a checksum" : "sequence number and digest";
  if (!json || !dryRun) tell(plans, carried ?? requests, { dryRun: dryRun && !json, seal }, io);
  if (!dryRun && needed) {
    await permitted("write this to the meter?", options.yes === true, io);
    if (plan !== undefined) await inOneTransaction(meter, changing, plan, signal);
    else await oneByOne(meter, changed, io);
  }
  if (json) print(io, toJson(documentOf(plans, needed && !dryRun, carried)));
  else if (!dryRun) io.stdout.write(needed ? "written, and read back\n" : "the meter has these values already\n");
  return exit.done;
};

/** @throws UsageError, LayoutError, LinkError, ResponseError */
export const writeCommand = (words: readonly string[], options: WriteCommandOptions, io: Io): Promise<Exit> => {
  const assignments = words.map(parseAssignment);
  const task = async (meter: Meter): Promise<Exit> =>
    changeMeter(meter, await changesOf(meter, assignments, io.interrupted), options, io);
  return withOpenMeter(options, io, task, { writable: true });
};
