import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Meter } from "@meterport/client";
import { ET13 } from "@meterport/protocol/tables/extended/et13-device-configuration";
import { tables } from "@meterport/protocol/tables/index";
import { httpSetup } from "../../testing/http-setup.ts";
import { memoryMeter } from "../../testing/memory-meter.ts";
import type { ApiProblem } from "../api.ts";
import { childrenAnswer, qualityAnswer, tableAnswer, tablesAnswer } from "./schemas.ts";
import { isReadable } from "./table-read.ts";

const home = "/api/v1/points/home";

describe("reads from the meter on request", () => {
  let connected: Meter;
  before(async () => {
    connected = await memoryMeter();
  });
  after(() => connected.close());

  const setup = async () => {
    const made = await httpSetup();
    await made.clock.advance(1_000);
    made.meter.connected = connected;
    return made;
  };

  test("power quality and children, in the shapes of the document", async () => {
    const { json, done } = await setup();
    const { power_quality } = qualityAnswer.parse(await json(`${home}/quality`));
    const whole = await json<{ readonly power_quality: unknown }>(`${home}/quality`);
    assert.deepEqual(power_quality, whole.power_quality, "the schema knows each key");
    const children = await json(`${home}/children`);
    assert.deepEqual(childrenAnswer.parse(children), children);
    await done();
  });

  test("any table, with offsets, units and bytes", async () => {
    const { json, done } = await setup();
    const answer = await json(`${home}/tables/ET55`);
    const table = tableAnswer.parse(answer);
    assert.deepEqual(table, answer);
    assert.equal(table.raw.length, 2 * table.size);
    assert.equal(table.profile, "meter:3.70");
    for (const { start, end, path } of table.fields) assert.ok(start < end && end <= table.size, path);
    const described = table.fields.filter(({ reserved }) => !reserved);
    for (const { type, note, path } of described) assert.ok(type !== "" && note !== "", path);
    await done();
  });

  test("a part of a table that is too long, at the places of the whole", async () => {
    const { json, get, done } = await setup();
    const whole = await json<ApiProblem>(`${home}/tables/BT64`);
    assert.match(whole.message, /at most 8192 are read at once: ask for a part with from=0/);
    const part = tableAnswer.parse(await json(`${home}/tables/BT64?from=9180`));
    const [first] = part.fields;
    const end = part.from + part.raw.length / 2;
    assert.ok(part.from >= 9180 && part.from < 9200 && end > part.from + 100 && part.size > end);
    assert.equal(first?.start, part.from);
    assert.match(first?.path ?? "", /^blocks\.\d+\.intervals\./);
    assert.ok(part.fields.every((field) => field.start >= part.from && field.end <= end));
    // The next part begins where this one ends, with other bytes of the same block.
    const next = tableAnswer.parse(await json(`${home}/tables/BT64?from=${end}`));
    assert.equal(next.from, end);
    assert.equal((await get(`${home}/tables/BT64?from=999999`)).status, 404);
    // The contents of short tables may decide where keys lie.
    const short = await get(`${home}/tables/ET13?from=10`);
    assert.equal(short.status, 404);
    assert.match(((await short.json()) as ApiProblem).message, /leave from= out and read it whole/);
    await done();
  });

  test("which tables the meter has, in the words of its BT00", async () => {
    const { json, done } = await setup();
    const answer = await json(`${home}/tables`);
    const { tables, from } = tablesAnswer.parse(answer);
    assert.deepEqual(tablesAnswer.parse(answer), answer);
    assert.equal(from, "meter");
    const found = await connected.capabilities();
    assert.deepEqual(
      tables.map(({ table }) => table),
      found?.tables.map(({ id }) => id),
    );
    const of = (id: string) => tables.find(({ table }) => table === id);
    assert.deepEqual(of("BT00"), {
      ...{ table: "BT00", number: 0, title: "General Configuration", known: true, withheld: false, writable: false },
    });
    assert.deepEqual([of("BT07")?.known, of("BT07")?.withheld], [true, true]);
    await done();
  });

  test("which tables firmware like this may have, if BT00 names none", async () => {
    const { json, meter, done } = await setup();
    meter.connected = Object.create(connected, {
      capabilities: { value: async () => undefined },
      profile: { value: connected.profile },
    }) as Meter;
    const { tables, from } = tablesAnswer.parse(await json(`${home}/tables`));
    assert.equal(from, "profile");
    assert.ok(tables.some(({ table }) => table === "BT52"));
    assert.ok(tables.every(({ known, writable }) => known && writable === null));
    await done();
  });

  test("no table gives a key away", async () => {
    const { get, json, done } = await setup();
    for (const table of tables) {
      const answer = await get(`${home}/tables/${table.id}`);
      assert.ok([200, 404, 409, 502].includes(answer.status), `${table.id}: ${answer.status}`);
      if (answer.status !== 200) continue;
      assert.ok(isReadable(table), table.id);
      const { fields, raw } = (await answer.json()) as {
        readonly fields: readonly {
          readonly path: string;
          readonly start: number;
          readonly end: number;
          readonly secret: boolean;
          readonly value: unknown;
        }[];
        readonly raw: string;
      };
      for (const { path, secret, value, start, end } of fields) {
        if (!secret) assert.ok(!/securityKey$/.test(path) || /^0*$/.test(String(value)), `${table.id}.${path}`);
        else {
          assert.equal(value, null);
          assert.match(raw.slice(2 * start, 2 * end), /^0*$/);
        }
      }
    }
    const problem = await json<ApiProblem>(`${home}/tables/BT07`);
    assert.equal(problem.error, "withheld");
    await done();
  });

  const withKey = (device: ET13["devices"][number]): ET13["devices"][number] =>
    device.securityKey === undefined ? device : { ...device, securityKey: device.securityKey.slice().fill(0x77) };

  test("the bytes of a key are zeros, and its value is null, where the meter gives it", async () => {
    const { get, done, meter } = await setup();
    meter.connected = Object.create(connected, {
      readPath: {
        value: async () => {
          const whole = await connected.read(ET13);
          return { ...whole, devices: whole.devices.map(withKey) };
        },
      },
      environment: { value: (table: typeof ET13) => connected.environment(table) },
      profile: { value: connected.profile },
    }) as Meter;
    const answer = await get(`${home}/tables/ET13`);
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    assert.doesNotMatch(text, /7777/);
    const secret = tableAnswer.parse(JSON.parse(text)).fields.filter((field) => field.secret);
    assert.ok(secret.length > 0);
    assert.ok(secret.every(({ path, value }) => value === null && path.endsWith("securityKey")));
    await done();
  });

  test("asks the meter once a minute, however many clients ask", async () => {
    const { clock, meter, get, done } = await setup();
    let reads = 0;
    const ask = meter.ask;
    Object.assign(meter, {
      ask: (task: Parameters<typeof ask>[0]) => {
        // The gateway itself reads the clock and what the meter remembers.
        if (task.label === "read the power quality") reads++;
        return ask(task);
      },
    });
    const answers = await Promise.all(Array.from({ length: 4 }, () => get(`${home}/quality`)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    await clock.advance(59_000);
    await get(`${home}/quality`);
    assert.equal(reads, 1);
    await clock.advance(2_000);
    await get(`${home}/quality`);
    assert.equal(reads, 2);
    const many = await Promise.all(
      ["quality", "children", "tables/ET55", "tables/BT52", "tables/BT55"].map((what) => get(`${home}/${what}`)),
    );
    assert.equal(many.filter(({ status }) => status === 503).length, 1, "the fifth is told to wait");
    await done();
  });

  test("says whether the meter refuses or does not answer", async () => {
    const { clock, meter, get, done } = await httpSetup();
    await clock.advance(1_000);
    const cases: readonly (readonly [path: string, status: number, message: RegExp])[] = [
      ["quality", 503, /^the meter does not answer: read the power quality/],
      ["tables/BT999", 404, /^"BT999" is not a table with a known layout/],
      ["tables/BT07", 409, /may hold keys/],
    ];
    for (const [path, status, message] of cases) {
      const answer = await get(`${home}/${path}`);
      assert.equal(answer.status, status, path);
      assert.match(((await answer.json()) as ApiProblem).message, message);
    }
    meter.connected = connected;
    assert.equal((await get(`${home}/quality`)).status, 503, "it rests after a failure");
    await clock.advance(5_000);
    assert.equal((await get(`${home}/quality`)).status, 200);
    await done();
  });
});
