import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { parseProfile, profileName, tableExists } from "@meterport/protocol/layout/index";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import type { Transport } from "@meterport/protocol/ports";
import { numberOf } from "@meterport/protocol/tables/catalogue";
import { BT00, ET57, tables } from "@meterport/protocol/tables/index";
import { memoryLine } from "@meterport/simulator";
import { runCli, type World, withMeter } from "../../testing/run-cli.ts";

const link = ["--link", "tcp://meter:1"];
interface Dump {
  readonly meter: Readonly<Record<string, unknown>>;
  readonly time: string;
  readonly tables: Readonly<Record<string, unknown>>;
  readonly raw?: Readonly<Record<string, string>>;
  readonly refused: readonly { readonly id: string; readonly code: string; readonly message: string }[];
  readonly error?: { readonly code: string };
}
const parsed = (text: string | undefined): Dump => JSON.parse(text ?? "") as Dump;
const dump = async (args: readonly string[], world: World) => {
  const written = new Map<string, string>();
  const ran = await runCli(["dump", ...link, ...args], { ...world, written });
  return { ...ran, written };
};
const readable = (name: string): string[] => {
  const profile = parseProfile(name);
  return tables.filter((table) => table.access.read !== "never" && tableExists(table, profile)).map(({ id }) => id);
};

/** A transport that ends after a number of bytes sent to the meter. */
const breaksAfter = (world: World, bytes: number): World => ({
  ...world,
  openLink: async (name) => {
    const inner: Transport = await (world.openLink ?? assert.fail)(name);
    let sent = 0;
    const write: Transport["write"] = (data, ...rest) => {
      sent += data.length;
      if (sent > bytes)
        return inner.close().then(() => Promise.reject(new LinkError("closed", name, "the cable is out")));
      return inner.write(data, ...rest);
    };
    return new Proxy(inner, {
      get: (target, key) => {
        if (key === "write") return write;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  },
});

/** A meter whose BT00 ends before its sets. */
const withoutSets = (options: Parameters<typeof withMeter>[0] = {}) => {
  const world = withMeter(options);
  const { memory } = world.meter;
  memory.set(BT00.number, (memory.get(BT00.number) ?? assert.fail()).subarray(0, 19));
  return world;
};

/** Tables that the meter was asked for. */
const asked = ({ meter }: ReturnType<typeof withMeter>): ReadonlySet<number> => {
  const found = new Set<number>();
  meter.use(({ request }) => {
    if ("table" in request) found.add(request.table);
    return undefined;
  });
  return found;
};

describe("dump", () => {
  test("inside TLS, while the meter restarts again and again, nothing is missing", async () => {
    const profile = parseProfile("meter:4.30");
    const whole = parsed((await dump([], withMeter({ profile }))).out);
    const world = withMeter({ profile, tls: ["required"] });
    let asked = 0;
    world.meter.use(({ request }) => {
      if (request.kind === "read" || request.kind === "read-at") asked++;
      if (asked % 25 === 0) world.meter.port(1).dropSession();
      return undefined;
    });
    const { code, out, err } = await dump(["--security", "tls"], world);
    assert.equal(code, 0, err);
    const document = parsed(out);
    assert.deepEqual(Object.keys(document.tables), Object.keys(whole.tables));
    assert.deepEqual(document.refused, whole.refused);
    assert.ok(asked > 100);
  });

  for (const [seconds, ends] of [
    [8, 0],
    [60, 1],
  ] as const)
    test(`a meter that is silent for ${seconds} s ${ends === 0 ? "is waited for, and nothing is missing" : "ends the dump"}`, async () => {
      for (const tls of ["off", "required"] as const) {
        const profile = parseProfile("meter:4.30");
        const { clock, meter, env } = withMeter({ profile, tls: [tls] });
        assert.ok(clock);
        const line = memoryLine({ meter, clock });
        let asked = 0;
        meter.use(() => {
          if (++asked === 60) {
            // Not within the answer, whose line this is.
            clock.at(clock.now() + 1, () => line.become({ mute: true }));
            clock.at(clock.now() + seconds * 1000, () => {
              meter.port(1).dropSession();
              line.become({});
            });
          }
          return undefined;
        });
        const { code, out, err } = await dump([], { clock, env: env ?? {}, openLink: async () => line });
        assert.equal(code, ends, err);
        const { tables: read, refused, error } = parsed(out);
        assert.match(err, /no answer.*; waiting for the meter, up to 30 s\n/);
        assert.equal(error?.code, ends === 0 ? undefined : "no-answer");
        const left = readable("meter:4.30").length - Object.keys(read).length - refused.length;
        assert.equal(left > 0, ends !== 0, `${left}`);
      }
    });

  for (const name of ["meter:3.70", "meter:4.30", "module:1.20"])
    test(`holds every table of ${name}, or gives the reason`, async () => {
      const { code, out } = await dump([], withMeter({ profile: parseProfile(name) }));
      assert.equal(code, 0);
      const document = parsed(out);
      assert.deepEqual(Object.keys(document), ["meter", "time", "tables", "refused"]);
      assert.equal(document.meter.profile, profileName(parseProfile(name)));
      assert.match(document.time, /^2026-01-01T00:0\d:\d\d\.\d{3}Z$/);
      const ids = [...Object.keys(document.tables), ...document.refused.map(({ id }) => id)];
      assert.deepEqual(ids.sort(), readable(name).sort());
      assert.equal((document.tables.BT21 as { tiers: number }).tiers, 4);
    });

  test("into a file, reports its contents; with --json as a document", async () => {
    const world = withMeter();
    const people = await dump(["--output", "meter.json"], world);
    assert.equal(people.code, 0);
    const document = parsed(people.written.get("meter.json"));
    const count = Object.keys(document.tables).length;
    assert.match(people.out, new RegExp(`^${count} tables in meter\\.json(, \\d+ refused)?\\n`));
    assert.ok(
      people.written
        .get("meter.json")
        ?.split("\n")
        .some((line) => line.startsWith('"ET13":{')),
    );
    const programs = await dump(["--output", "meter.json", "--json"], withMeter());
    const summary = JSON.parse(programs.out) as { read: string[]; refused: unknown[] };
    assert.equal(summary.read.length, count);
    assert.ok(!programs.out.includes("presentValues"));
  });

  test("into a folder, writes a file per table", async () => {
    const { code, written } = await dump(["--output", "out/"], withMeter());
    assert.equal(code, 0);
    assert.equal((JSON.parse(written.get("out/BT21.json") ?? "") as { tiers: number }).tiers, 4);
    const head = parsed(written.get("out/meter.json"));
    assert.deepEqual(Object.keys(head), ["meter", "time", "refused"]);
    assert.equal(written.size, 1 + readable("meter:3.70").length - head.refused.length);
  });

  test("lists what the meter refuses, and reads the rest", async () => {
    const world = withMeter();
    world.meter.use(({ request }) =>
      "table" in request && request.table === ET57.number
        ? { kind: "error", code: code.inappropriateAction }
        : undefined,
    );
    const { code: ended, out, written } = await dump(["--output", "x.json"], world);
    assert.equal(ended, 0);
    const { refused, tables: read } = parsed(written.get("x.json"));
    const missing = refused.find(({ id }) => id === "ET57");
    assert.deepEqual([missing?.code, /^read ET57: /.test(missing?.message ?? "")], ["no-such-table", true]);
    assert.ok("BT21" in read && !("ET57" in read));
    assert.match(out, /\n {2}ET57 +no-such-table /);
  });

  test("keeps tables without a declaration as bytes under their number", async () => {
    const world = withMeter({ locked: [numberOf("ET33")] });
    const long = Uint8Array.from({ length: 1000 }, (_, i) => 1 + (i % 200));
    world.meter.memory.set(2, Uint8Array.of(1, 2, 0xff));
    world.meter.memory.set(numberOf("ET08"), long);
    world.meter.memory.set(numberOf("ET33"), long);
    const { code, out, written } = await dump(["--output", "x.json"], world);
    assert.equal(code, 0);
    const document = parsed(written.get("x.json"));
    assert.deepEqual(Object.keys(document), ["meter", "time", "tables", "raw", "refused"]);
    assert.deepEqual(Object.keys(document.raw ?? {}), ["BT02", "ET08"]);
    assert.equal(document.raw?.BT02, "0102ff");
    const { ET08 = "" } = document.raw ?? {};
    assert.ok(ET08.startsWith(Buffer.from(long).toString("hex")) && /^0*$/.test(ET08.slice(2000)), ET08.slice(1990));
    assert.ok(document.refused.some(({ id, code }) => id === "ET33" && code === "no-permission"));
    assert.match(out, /^\d+ tables in x\.json, 2 of them as bytes because their layout is not known, \d+ refused\n/);
    const folder = await dump(["--output", "out/"], world);
    assert.equal(folder.written.get("out/BT02.json"), '{"raw":"0102ff"}\n');
  });

  test("asks only for tables that BT00 names, also as pending; without sets, for all that may exist", async () => {
    for (const world of [withMeter(), withoutSets()]) {
      for (const id of ["ET81", "BT54", "BT4150"] as const) world.meter.memory.delete(numberOf(id));
      const seen = asked(world);
      const { refused } = parsed((await dump([], world)).out);
      const told = (world.meter.memory.get(0)?.length ?? 0) > 19;
      assert.deepEqual(
        (["ET81", "BT54", "BT4150"] as const).map((id) => [
          seen.has(numberOf(id)),
          refused.some((one) => one.id === id),
        ]),
        [0, 1, 2].map(() => [!told, !told]),
      );
    }
  });

  test("dumps what this firmware should not have as bytes", async () => {
    const world = withMeter();
    world.meter.memory.set(numberOf("ET70"), Uint8Array.of(7));
    assert.deepEqual(parsed((await dump([], world)).out).raw, { ET70: "07" });
  });

  test("ends with exit 1 when the link breaks, and keeps what was read", async () => {
    const { code, err, written } = await dump(["--output", "x.json"], breaksAfter(withMeter(), 800));
    assert.equal(code, 1);
    const { tables: read, error } = parsed(written.get("x.json"));
    const ids = Object.keys(read);
    assert.ok(ids.length > 3 && ids.length < 60, ids.join(" "));
    assert.deepEqual(ids, readable("meter:3.70").slice(0, ids.length));
    assert.equal(error?.code, "closed");
    assert.match(err, /\nmeterport: x\.json holds what was read before; \d+ tables are missing\n$/);
    const again = await dump(["--json"], breaksAfter(withMeter(), 800));
    assert.equal(again.code, 1);
    assert.equal(parsed(again.out).error?.code, "closed");
  });

  test("prints a message on its own line, and continues the bar below it", async () => {
    const world = withMeter();
    const line = memoryLine({ meter: world.meter, clock: world.clock ?? assert.fail() });
    let asked = 0;
    world.meter.use(() => {
      if (++asked === 60) {
        const { clock = assert.fail() } = world;
        clock.at(clock.now() + 1, () => line.become({ mute: true }));
        clock.at(clock.now() + 5000, () => line.become({}));
      }
      return undefined;
    });
    const { code, err } = await dump(["--output", "x.json"], { ...world, openLink: async () => line, terminal: true });
    assert.equal(code, 0, err);
    assert.match(
      err.replaceAll(String.fromCharCode(27), ""),
      /\r\[Kmeterport: [^\r\n]*; waiting for the meter, up to 30 s\n\r\[/,
    );
  });

  test("shows a person the progress, in one line that is cleared", async () => {
    const { err } = await dump(["--output", "x.json"], { ...withMeter(), terminal: true });
    const lines = err.split("\r");
    assert.match(lines[1] ?? "", /^\[\.{24}\] {3}0 % {2}1 of \d+ tables {2}BT00/);
    const percents = lines.flatMap((line) => /(\d+) %/.exec(line)?.[1] ?? []).map(Number);
    assert.ok(percents.every((percent, i) => i === 0 || percent >= (percents[i - 1] ?? 0)));
    assert.ok((percents.at(-1) ?? 0) > 90 && (percents.at(-1) ?? 0) <= 100);
    const bare = lines.at(-1)?.replace(String.fromCharCode(27), "");
    assert.equal(bare, "[K");
  });
});
