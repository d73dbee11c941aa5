import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Recorder, type RecorderOptions } from "@meterport/client/readers/load-profile.test-kit";
import { type EndpointLine, endpointLine } from "@meterport/client/testing/endpoint-line.test-kit";
import { parseProfile } from "@meterport/protocol/layout/index";
import { BT20, BT21, ET55 } from "@meterport/protocol/tables/index";
import { zoneOf } from "../../format/moment.ts";
import { eagerClock } from "../../testing/eager-clock.ts";
import { key, type Ran, runCli, type World, withMeter } from "../../testing/run-cli.ts";
import { parquetLines } from "./profile-parquet.ts";

const start = Date.UTC(2026, 9, 25, 0, 30);
const quarter = 15 * 60_000;
const defaults: RecorderOptions = {
  profile: parseProfile("meter:3.50"),
  blocks: 4,
  intervals: 4,
  sources: [0, 15],
  start,
};

/** A meter whose active energy rises by 10 Wh per interval, with 230 V. */
const recorded = (count: number, options: Partial<RecorderOptions> = {}): Recorder => {
  const recorder = new Recorder({ ...defaults, ...options });
  for (let i = 0; i < count; i++)
    recorder.record({
      values: recorder.options.sources.map((source) => (source === 15 ? 230_000 + i : 1000 + 10 * i)),
    });
  return recorder;
};

const meterWith = (recorder: Recorder): { readonly world: World; readonly line: EndpointLine } => {
  const clock = eagerClock(start + 6 * quarter);
  const line = endpointLine(clock, recorder.tables());
  return { line, world: { clock, env: { METERPORT_KEY: key }, openLink: async () => line.transport } };
};
const profile = (recorder: Recorder, args: readonly string[], more: World = {}, device = "meter:3.50"): Promise<Ran> =>
  runCli(["profile", "--link", "tcp://meter:1", "--profile", device, "--zone", "Europe/Copenhagen", ...args], {
    ...meterWith(recorder).world,
    ...more,
  });

describe("profile as CSV", () => {
  test("distinguishes the two repeated hours in autumn", async () => {
    const { code, out } = await profile(recorded(6), []);
    assert.equal(code, 0);
    assert.deepEqual(out.split("\n"), [
      "time_utc,time_local,duration_min,status,forwardActiveEnergy_Wh,rmsVoltageL1_V",
      "2026-10-25T00:45:00Z,2026-10-25T02:45:00+02:00,15,ok,1000,230",
      "2026-10-25T01:00:00Z,2026-10-25T02:00:00+01:00,15,ok,1010,230.001",
      "2026-10-25T01:15:00Z,2026-10-25T02:15:00+01:00,15,ok,1020,230.002",
      "2026-10-25T01:30:00Z,2026-10-25T02:30:00+01:00,15,ok,1030,230.003",
      "2026-10-25T01:45:00Z,2026-10-25T02:45:00+01:00,15,ok,1040,230.004",
      "2026-10-25T02:00:00Z,2026-10-25T03:00:00+01:00,15,ok,1050,230.005",
      "",
    ]);
  });

  test("takes a whole day of the zone, even of 25 hours, and names the zone", async () => {
    const recorder = new Recorder({ ...defaults, blocks: 60, start: Date.UTC(2026, 9, 24, 12) });
    for (let i = 0; i < 230; i++) recorder.record({ values: [1000 + i, 230_000] });
    const clock = eagerClock(Date.UTC(2026, 9, 27));
    const line = endpointLine(clock, recorder.tables());
    const world = { clock, openLink: async () => line.transport };
    const args = ["--since", "2026-10-25", "--until", "2026-10-26T00:00"];
    const { code, out, err } = await profile(recorder, args, world);
    assert.equal(code, 0, err);
    const lines = out.trimEnd().split("\n").slice(1);
    assert.equal(lines.length, 100);
    assert.match(lines[0] ?? "", /,2026-10-25T00:15:00\+02:00,/);
    assert.match(lines.at(-1) ?? "", /,2026-10-26T00:00:00\+01:00,/);
    assert.match(err, /from 2026-10-25 00:00:00 to 2026-10-26 00:00:00, in the zone Europe\/Copenhagen/);
  });

  test("puts anything unusual into the status, and never a number", async () => {
    const recorder = new Recorder(defaults);
    recorder.record({ values: [1000, 1] });
    recorder.record(undefined);
    recorder.record({ common: 2 | 4, statuses: [2, 4], values: [1010, 0] });
    recorder.record({ statuses: [4, 4], values: [0, 0] });
    recorder.record({ statuses: [0, 13], values: [1020, 7] });
    const { out } = await profile(recorder, []);
    assert.deepEqual(
      out
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(",").slice(3)),
      [
        ["ok", "1000", "0.001"],
        ["missing", "", ""],
        ["powerFail; clockForward; forwardActiveEnergy_Wh: partialInterval; rmsVoltageL1_V: skipped", "1010", ""],
        ["skipped", "", ""],
        ["rmsVoltageL1_V: status 13", "1020", ""],
      ],
    );
  });

  test("counts consumption from the interval before the first requested one", async () => {
    const { out } = await profile(recorded(6), ["--consumption", "--since", "2026-10-25T01:30Z"]);
    assert.deepEqual(out.split("\n"), [
      "time_utc,time_local,duration_min,status,forwardActiveEnergy_delta_Wh",
      "2026-10-25T01:45:00Z,2026-10-25T02:45:00+01:00,15,ok,10",
      "2026-10-25T02:00:00Z,2026-10-25T03:00:00+01:00,15,ok,10",
      "",
    ]);
  });

  test("prints the requested times and channels", async () => {
    const times = ["--since", "30min", "--until", "2026-10-25T01:45Z"];
    const { out } = await profile(recorded(6), [...times, "--channel", "1", "--channel", "forwardactiveenergy"]);
    assert.deepEqual(out.trim().split("\n"), [
      "time_utc,time_local,duration_min,status,rmsVoltageL1_V,forwardActiveEnergy_Wh",
      "2026-10-25T01:45:00Z,2026-10-25T02:45:00+01:00,15,ok,230.004,1040",
    ]);
  });

  test("gives registers of unknown unit as raw values, and reports that", async () => {
    const recorder = recorded(1, { profile: parseProfile("meter:3.70") });
    const { world, line } = meterWith(recorder);
    // ET54 says that the unit can be chosen, but ET55, which holds it, cannot be read.
    for (const table of [BT20, BT21, ET55]) line.memory.set(table.number, { refuse: 3 });
    const { out, err } = await profile(recorder, [], world, "meter:3.70");
    assert.match(out, /forwardActiveEnergy_raw,rmsVoltageL1_V\n/);
    assert.match(err, /does not report the unit/);
  });

  test("gives a device's values as raw, and two channels of one source different titles", async () => {
    const recorder = recorded(1, { sources: [112, 0, 0], mapped: [0x4105] });
    const { out } = await profile(recorder, ["--channel", "0x4105", "--channel", "0x0000"]);
    assert.match(out, /status,device1Type5_raw,forwardActiveEnergy_Wh,forwardActiveEnergy_Wh_2\n/);
  });

  test("names the device whose values a channel has, and finds the channel by what it measures", async () => {
    // The virtual meter records its gas meter in data set 2.
    const args = ["profile", "--link", "tcp://meter:1", "--set", "2", "--since", "2h", "--channel", "volume"];
    const people = await runCli(args, withMeter({ days: 2 }));
    assert.match(people.out, /^time_utc,time_local,duration_min,status,device0Type1_m3$/m);
    const [, serial] =
      /device0Type1_m3: volume, uncorrected, .* slot 0, gas, serial number (\d{8})$/m.exec(people.err) ?? [];
    const programs = await runCli([...args, "--json"], withMeter({ days: 2 }));
    const [channel, ...others] = JSON.parse(programs.out.split("\n")[0] ?? "").channels;
    assert.deepEqual(others, []);
    assert.deepEqual(channel.device, {
      slot: 0,
      dataType: 1,
      quantity: "volume",
      notes: ["uncorrected"],
      medium: "gas",
      serialNumber: serial,
    });
  });

  test("writes to a file, and shows a person the progress", async () => {
    const written = new Map<string, string>();
    const { out, err } = await profile(recorded(6), ["--output", "profile.csv"], { written, terminal: true });
    assert.equal(out, "");
    assert.equal(written.get("profile.csv")?.split("\n").length, 8);
    assert.ok(err.endsWith("\r\u001b[Kblock 2 of 2\r\u001b[K"));
    const piped = await profile(recorded(6), []);
    assert.doesNotMatch(piped.err, /block/);
  });

  test("reports that nothing is recorded for that time", async () => {
    const { code, out, err } = await profile(recorded(2), ["--since", "2027-01-01"]);
    assert.deepEqual([code, out.trim().split("\n").length], [0, 1]);
    assert.match(err, /no intervals are recorded for that time/);
    const backwards = await profile(recorded(2), ["--since", "2026-10-25", "--until", "2026-10-24"]);
    assert.equal(backwards.code, 2);
    assert.match(backwards.err, /--until is not later than --since/);
  });
});

describe("profile as JSON", () => {
  test("prints one document per line", async () => {
    for (const args of [["--json"], ["--format", "json"]]) {
      const { code, out } = await profile(recorded(2), [...args, "--channel", "0"]);
      assert.equal(code, 0);
      assert.deepEqual(
        out
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as unknown)[1],
        {
          time: "2026-10-25T01:00:00Z",
          local: "2026-10-25T02:00:00+01:00",
          set: 1,
          block: 0,
          index: 1,
          durationMinutes: 15,
          dst: false,
          powerFail: false,
          clockForward: false,
          clockBackward: false,
          channels: [
            {
              index: 0,
              source: 0,
              name: "forwardActiveEnergy",
              value: 1010,
              unit: "Wh",
              status: "ok",
              valid: true,
              raw: 1010,
            },
          ],
          valid: true,
        },
      );
    }
  });

  test("gives no value for a gap", async () => {
    const recorder = new Recorder(defaults);
    for (const slot of [{}, undefined, {}]) recorder.record(slot);
    const { out } = await profile(recorder, ["--json", "--consumption"]);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { valid: boolean; channels: { value: unknown; status: string }[] });
    assert.deepEqual(
      lines.map(({ valid, channels }) => [valid, channels[0]?.value, channels[0]?.status]),
      [
        [false, null, "missing"],
        [true, null, "gap"],
      ],
    );
  });
});

describe("failures", () => {
  const usage: Record<string, readonly [readonly string[], RegExp]> = {
    "a data set that no meter has": [["--set", "5"], /--set "5" is not a whole number from 1 to 4/],
    "a data set that is not in use": [["--set", "3"], /data set 3 of this meter is not in use/],
    "an unknown channel": [["--channel", "forwardActivEnergy"], /did you mean forwardActiveEnergy\?/],
    "no register among the channels": [
      ["--consumption", "--channel", "1"],
      /"1" is unknown; known: 0 forwardActiveEnergy/,
    ],
    "a malformed time": [["--until", "soon"], /--until "soon" is not a time/],
    "an unknown zone": [["--zone", "Europe/Atlantis"], /is not a time zone/],
    "an unknown format": [["--format", "xml"], /Allowed choices are csv, json/],
  };
  for (const [name, [args, message]] of Object.entries(usage))
    test(name, async () => {
      const { code, out, err } = await profile(recorded(2), args);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
    });

  test("impossible dimensions", async () => {
    const recorder = recorded(2);
    recorder.dimensions = { channels: 255 };
    const { code, err } = await profile(recorder, []);
    assert.equal(code, 1);
    assert.match(err, /255 channels; no meter has such a load profile/);
  });

  test("prints a refusal as the one document", async () => {
    const recorder = recorded(2);
    const { world, line } = meterWith(recorder);
    line.memory.set(64, { refuse: 3 });
    const { code, out } = await profile(recorder, ["--json"], world);
    assert.equal(code, 1);
    assert.equal((JSON.parse(out) as { error: { code: string } }).error.code, "no-permission");
  });
});

describe("profile as Parquet", () => {
  const file = "out/profile.parquet";

  test("holds the same as the CSV, typed, by an independent reader", async () => {
    const recorder = recorded(1);
    recorder.record(undefined);
    recorder.record({ values: [1100, 231_000] });
    const written = new Map<string, string>();
    const { code, out, err } = await profile(recorder, ["--format", "parquet", "--output", file], { written });
    assert.deepEqual([code, out], [0, ""], err);
    const bytes = Uint8Array.from(Buffer.from(written.get(file) ?? "", "latin1"));
    const { parquetMetadata, parquetReadObjects } = await import("hyparquet");
    const rows = await parquetReadObjects({ file: bytes.buffer });
    const csv = (await profile(recorder, [])).out.trim().split("\n").slice(1);
    assert.equal(rows.length, csv.length);
    assert.deepEqual(
      rows.map((row) =>
        [
          `${(row.time_utc as Date).toISOString().slice(0, 19)}Z`,
          row.time_local,
          row.duration_min,
          row.status,
          row.forwardActiveEnergy_Wh ?? "",
          row.rmsVoltageL1_V ?? "",
        ].join(","),
      ),
      csv,
    );
    // Unknown is null, never 0.
    assert.deepEqual([rows[1]?.status, rows[1]?.forwardActiveEnergy_Wh], ["missing", null]);
    const types = parquetMetadata(bytes.buffer)
      .schema.slice(1)
      .map(({ name, type, converted_type }) => [name, type, converted_type]);
    assert.deepEqual(types.slice(0, 3), [
      ["time_utc", "INT64", "TIMESTAMP_MILLIS"],
      ["time_local", "BYTE_ARRAY", "UTF8"],
      ["duration_min", "INT32", undefined],
    ]);
  });

  test("without intervals is a file without rows", async () => {
    const written = new Map<string, string>();
    const { code } = await profile(recorded(0), ["--format", "parquet", "--output", file], { written });
    assert.equal(code, 0);
    const bytes = Uint8Array.from(Buffer.from(written.get(file) ?? "", "latin1"));
    const { parquetMetadata } = await import("hyparquet");
    assert.equal(parquetMetadata(bytes.buffer).num_rows, 0n);
  });

  test("needs a file, no second format, and the package", async () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [["--format", "parquet"], /needs a file: --output profile\.parquet/],
      [["--format", "parquet", "--json", "--output", file], /contradict each other; omit one/],
    ];
    for (const [args, sentence] of wrong) {
      const { code, out, err } = await profile(recorded(1), args);
      assert.equal(code, 2);
      assert.match(out + err, sentence);
    }
    const missing = parquetLines([], zoneOf("UTC"), () => Promise.reject(new Error("ERR_MODULE_NOT_FOUND")));
    await assert.rejects(missing, { code: "parquet-missing", message: /npm install hyparquet-writer/ });
  });
});
