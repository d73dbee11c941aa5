/** `/api/v1/points/{id}/quality`, `children` and `tables/{table}`: read from the meter on request. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { readDevices } from "@meterport/client/readers/mbus";
import { readPowerQuality } from "@meterport/client/readers/power-quality";
import { toHex } from "@meterport/protocol/bytes";
import type { Clock } from "@meterport/protocol/ports";
import { parseTableId } from "@meterport/protocol/tables/catalogue";
import { tablesById } from "@meterport/protocol/tables/index";
import type { Context } from "hono";
import { refuse, shown } from "../answers.ts";
import { type BodyOf, give, iso, noPoint, type Points, pointOf } from "../give.ts";
import { meterProblem } from "./meter-problem.ts";
import { type MeterRead, MeterReads } from "./meter-reads.ts";
import { childrenRoute, qualityRoute, tableRoute, tablesRoute } from "./routes.ts";
import * as schema from "./schemas.ts";
import { readTableList } from "./table-list.ts";
import { isReadable, readTable, readTablePart } from "./table-read.ts";

/** Bytes within become hex. */
const plain = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? toHex(part) : part))) as T;

const qualityRead = {
  name: "quality",
  label: "read the power quality",
  run: (meter, signal) => readPowerQuality(meter, { signal }),
} satisfies MeterRead<unknown>;

const childrenRead = {
  name: "children",
  label: "read the devices",
  run: (meter, signal) => readDevices(meter, { signal }),
} satisfies MeterRead<unknown>;

/** A value and when it was read, or the answer that says why there is none. */
const readOr = async <T>(
  c: Context,
  { reads, points, id }: { readonly reads: MeterReads; readonly points: Points; readonly id: string },
  read: MeterRead<T>,
  { what, code }: { readonly what: string; readonly code: string },
) => {
  const point = pointOf(points, id);
  if (point === undefined) return { refusal: noPoint(c, id) };
  try {
    const rested = await reads.read(point, read);
    return (
      rested ?? { refusal: refuse(c, 503, "busy", "other requests wait for this meter: try again in some seconds") }
    );
  } catch (error) {
    const { status, problem } = meterProblem(error, what, code);
    return { refusal: refuse(c, status, problem.error, problem.message) };
  }
};

const tableListRead = {
  name: "tables",
  label: "read which tables there are",
  run: (meter, signal) => readTableList(meter, signal),
} satisfies MeterRead<unknown>;

const addTables = (app: OpenAPIHono, points: Points, reads: MeterReads): void => {
  app.openapi(tablesRoute, async (c) => {
    const { id } = c.req.valid("param");
    const got = await readOr(c, { reads, points, id }, tableListRead, {
      what: "the list of tables",
      code: "no-tables",
    });
    if ("refusal" in got) return got.refusal;
    return give(c, schema.tablesAnswer, { id, time_read: iso(got.time), ...got.value });
  });

  app.openapi(tableRoute, async (c) => {
    const { id, table: name } = c.req.valid("param");
    if (pointOf(points, id) === undefined) return noPoint(c, id);
    const tableId = parseTableId(name.slice(0, 40));
    const table = tableId === undefined ? undefined : tablesById.get(tableId);
    if (table === undefined)
      return refuse(
        c,
        404,
        "no-such-table",
        `${shown(name)} is not a table with a known layout: meterport tables lists all`,
      );
    if (!isReadable(table))
      return refuse(
        c,
        409,
        "withheld",
        `${table.id} carries other messages, which may hold keys: meterport read shows it`,
      );
    const { from } = c.req.valid("query");
    const read = {
      name: from === undefined ? table.id : `${table.id} from ${from}`,
      label: `read ${table.id}`,
      run: (meter, signal) =>
        from === undefined ? readTable(meter, table, signal) : readTablePart(meter, table, from, signal),
    } satisfies MeterRead<unknown>;
    const got = await readOr(c, { reads, points, id }, read, { what: table.id, code: "no-such-table" });
    if ("refusal" in got) return got.refusal;
    return give(c, schema.tableAnswer, {
      id,
      time_read: iso(got.time),
      table: table.id,
      title: table.title,
      ...got.value,
    });
  });
};

export const addMeterReads = (app: OpenAPIHono, points: Points, clock: Clock): void => {
  const reads = new MeterReads(clock);

  app.openapi(qualityRoute, async (c) => {
    const { id } = c.req.valid("param");
    const got = await readOr(c, { reads, points, id }, qualityRead, { what: "power quality", code: "no-quality" });
    if ("refusal" in got) return got.refusal;
    return give(c, schema.qualityAnswer, { id, time_read: iso(got.time), power_quality: got.value });
  });

  app.openapi(childrenRoute, async (c) => {
    const { id } = c.req.valid("param");
    const got = await readOr(c, { reads, points, id }, childrenRead, {
      what: "the list of devices",
      code: "no-children",
    });
    if ("refusal" in got) return got.refusal;
    const children = plain(got.value) as unknown as BodyOf<typeof schema.childrenAnswer>["children"];
    return give(c, schema.childrenAnswer, { id, time_read: iso(got.time), children });
  });

  addTables(app, points, reads);
};
