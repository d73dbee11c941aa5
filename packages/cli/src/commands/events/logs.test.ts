/** The commands that list a meter's history, on a virtual meter whose log bytes we set. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { plainMoment, spanText, zoneOf } from "../../format/moment.ts";
import { parseLocalSince, parseSince } from "../../options/since-option.ts";
import { runCli, withMeter } from "../../testing/run-cli.ts";

const commands = [
  "events",
  "outages",
  "billing",
  "alarms",
  "calendar",
  "tariffs",
  "demands",
  "devices",
  "recurring",
  "quality",
];

describe("commands that read logs", () => {
  for (const command of commands) {
    test(`${command} runs on a virtual meter, for people and for programs`, async () => {
      const people = await runCli([command, "--link", "memory"], withMeter());
      assert.equal(people.code, 0, people.err);
      const programs = await runCli([command, "--link", "memory", "--json"], withMeter());
      assert.equal(programs.code, 0, programs.err);
      for (const line of programs.out.split("\n").filter((text) => text !== ""))
        assert.equal(typeof JSON.parse(line), "object");
    });
  }

  test("tell how old each scheduled read is, and which tier begins next", async () => {
    const at = ["--link", "memory"];
    const [newest, before] = (await runCli(["recurring", ...at, "--json"], withMeter())).out
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line).age_s);
    assert.ok(newest >= 0 && newest < 86_400, String(newest));
    assert.equal(before - newest, 86_400);
    assert.match((await runCli(["recurring", ...at], withMeter())).out, / by the meter's clock, .* ago$/m);
    const { next, present } = JSON.parse((await runCli(["calendar", ...at, "--json"], withMeter())).out);
    assert.ok(next.at > present.time.slice(0, 16) && next.tier !== present.tier, JSON.stringify(next));
    assert.match(
      (await runCli(["calendar", ...at], withMeter())).out,
      /^next, T\d begins at 20\d\d-\d\d-\d\d \d\d:\d\d$/m,
    );
  });

  test("name tariffs consistently, as the meter's display does", async () => {
    for (const command of ["billing", "tariffs"]) {
      const { out } = await runCli(
        [command, "--link", "memory"],
        withMeter({ profile: { family: "meter", firmware: [3, 70] } }),
      );
      assert.match(out, /^ +total +T1 +T2$/m, command);
    }
  });

  test("report a wrong option before asking the meter", async () => {
    const wrong = [
      ["events", "--zone", "Mars/Base"],
      ["events", "--since", "yesterday"],
      ["outages", "--since", "2026-02-31"],
      ["billing", "--since", "2026-02-30"],
      ["billing", "--kind", "bill"],
      ["calendar", "--on", "2026-02-29"],
      ["recurring", "--since", "2026-02-29"],
    ];
    for (const argv of wrong) {
      const ran = await runCli([...argv, "--link", "memory"]);
      assert.equal(ran.code, 2, argv.join(" "));
      assert.ok(ran.err.includes(String(argv[2])), ran.err);
    }
  });
});

describe("moments", () => {
  test("follow the clock of a zone, including daylight saving time", () => {
    const berlin = zoneOf("Europe/Berlin");
    assert.equal(berlin.text("2026-07-01T22:30:00Z"), "2026-07-02 00:30:00");
    assert.equal(berlin.text("2026-01-01T00:00:05Z"), "2026-01-01 01:00:05");
    assert.equal(zoneOf("UTC").text("2026-01-01T00:00:00Z"), "2026-01-01 00:00:00");
    assert.deepEqual([plainMoment("2026-01-01T00:00:00Z"), plainMoment(null)], ["2026-01-01 00:00:00", "–"]);
  });

  test("are short as durations", () => {
    assert.deepEqual([0, 59, 60, 3725, 90_061].map(spanText), ["0 s", "59 s", "1 min", "1 h 2 min", "1 d 1 h"]);
  });

  test("are parsed as people write them, in the given zone if they name none", () => {
    const now = Date.UTC(2026, 0, 8);
    const [utc, copenhagen] = [zoneOf("UTC"), zoneOf("Europe/Copenhagen")];
    assert.equal(parseSince("7d", now, copenhagen), Date.UTC(2026, 0, 1));
    assert.equal(parseSince("2026-01-31", now, utc), Date.UTC(2026, 0, 31));
    assert.equal(parseSince("2026-01-31", now, copenhagen), Date.UTC(2026, 0, 30, 23));
    assert.equal(parseSince("2026-07-31T12:00", now, copenhagen), Date.UTC(2026, 6, 31, 10));
    for (const absolute of ["2026-01-31T12:00+02:00", "2026-01-31T10:00Z"])
      assert.equal(parseSince(absolute, now, copenhagen), Date.UTC(2026, 0, 31, 10));
    for (const text of ["", "2026-13-01", "2026-02-30", "soon", "2026-01-01T25:00Z", "2026-01-31T12:00+2"])
      assert.throws(() => parseSince(text, now, utc), { code: "since" }, text);
    assert.equal(parseLocalSince("2026-01-31T12:30", 0, copenhagen), "2026-01-31T12:30:00");
    assert.equal(parseLocalSince("2026-01-31T12:30Z", 0, copenhagen), "2026-01-31T13:30:00");
    assert.equal(parseLocalSince("7d", now, copenhagen), "2026-01-01T01:00:00");
    for (const text of ["", "2026-02-30", "2026-01-01T25:00"])
      assert.throws(() => parseLocalSince(text, 0, utc), { code: "since" }, text);
  });

  test("make days of 23, 24 and 25 hours in any zone, even if midnight is skipped or comes twice", () => {
    const hours = (zone: string, day: string, next: string): number =>
      (zoneOf(zone).millis(`${next}T00:00:00`) - zoneOf(zone).millis(`${day}T00:00:00`)) / 3_600_000;
    assert.deepEqual(
      [
        hours("Europe/Copenhagen", "2026-11-20", "2026-11-21"),
        hours("Europe/Copenhagen", "2026-03-29", "2026-03-30"),
        hours("Europe/Copenhagen", "2026-10-25", "2026-10-26"),
        hours("America/New_York", "2026-11-01", "2026-11-02"),
        // Its day begins at 1 o'clock.
        hours("America/Santiago", "2026-09-06", "2026-09-07"),
        hours("Australia/Lord_Howe", "2026-10-04", "2026-10-05"),
        hours("America/Havana", "2026-11-01", "2026-11-02"),
      ],
      [24, 23, 25, 25, 23, 23.5, 25],
    );
    const copenhagen = zoneOf("Europe/Copenhagen");
    assert.equal(copenhagen.millis("2026-10-25T02:30:00"), Date.UTC(2026, 9, 25, 0, 30));
    assert.equal(copenhagen.millis("2026-03-29T02:30:00"), Date.UTC(2026, 2, 29, 1, 30));
  });

  test("in a log have one column if the zone is UTC", async () => {
    for (const command of ["events", "outages"]) {
      const head = async (zone: string): Promise<string> =>
        (await runCli([command, "--link", "memory", "--zone", zone], withMeter())).out.split("\n")[0] ?? "";
      assert.equal((await head("UTC")).match(/UTC/g)?.length, command === "events" ? 1 : 2);
      assert.match(await head("Europe/Berlin"), /Europe\/Berlin/);
    }
  });
});
