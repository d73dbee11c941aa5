import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { modelledLine } from "@meterport/simulator";
import { eagerClock } from "../testing/eager-clock.ts";
import { key, quietMeter, runCli, type World, withMeter } from "../testing/run-cli.ts";

const words = ["doctor", "--link", "tcp://meter.example:4059"];
const overLine = (condition: Parameters<typeof modelledLine>[0] extends infer O ? Partial<O> : never): World => {
  const clock = eagerClock();
  const meter = quietMeter(clock);
  return { clock, env: { METERPORT_KEY: key }, openLink: async () => modelledLine({ meter, clock, ...condition }) };
};

describe("doctor", () => {
  it("says of a healthy meter that it is, layer by layer", async () => {
    const { code, out, err } = await runCli(words, withMeter());
    assert.equal(code, 0, out + err);
    assert.match(out, /^Examination of a meter link\ntcp · NES 83331-3I, firmware 3\.70\.12\n/);
    assert.equal(out.match(/^✓ /gm)?.length, 12, out);
    assert.match(out, /The link is healthy\.\n$/);
  });

  it("names the sickness, the cause and the remedies, in three languages", async () => {
    for (const [language, name] of [
      ["en", "The meter talks, but does not hear us"],
      ["da", "Måleren taler, men hører os ikke"],
      ["de", "Der Zähler spricht, hört uns aber nicht"],
    ] as const) {
      const { code, out } = await runCli([...words, "--language", language], overLine({ deaf: true, alerts: true }));
      assert.equal(code, 1);
      assert.ok(out.includes(`${name}\n`), out);
      assert.match(out, /^ 1\. .+\n(.+\n)* 2\. /m);
    }
  });

  it("takes the language of the environment", async () => {
    const world = withMeter();
    const { out } = await runCli(words, { ...world, env: { ...world.env, LANG: "de_AT.UTF-8" } });
    assert.match(out, /Die Verbindung ist gesund\.\n$/);
  });

  it("--json is one document", async () => {
    const { code, out } = await runCli([...words, "--json"], overLine({ cut: 101 }));
    assert.equal(code, 1);
    const document = JSON.parse(out);
    assert.deepEqual([document.format, document.sickness, document.usable], ["meterport-doctor", "sag", false]);
    assert.deepEqual(
      document.broken.map(({ from, to }: { from: number; to: number }) => [from, to]),
      [[96, 111]],
    );
    assert.equal(document.checks.length, 12);
  });

  it("no page, text or document holds the key, a serial number or an address", async () => {
    for (const format of ["text", "html", "json"]) {
      const { out } = await runCli([...words, "--format", format], withMeter());
      for (const secret of ["0101010101", "12345678", "meter.example"])
        assert.ok(!out.includes(secret), `${format}: ${secret}`);
    }
  });

  it("a page is written into a file, and its markup is no one else's", async () => {
    const written = new Map<string, string>();
    const openLink = () =>
      Promise.reject(new LinkError("not-open", "x", "cannot open it: <b>no</b>", { reason: "missing" }));
    const { code, out } = await runCli([...words, "--format", "html", "--output", "a.html"], { written, openLink });
    const page = written.get("a.html") ?? "";
    assert.deepEqual([code, out], [1, ""]);
    assert.ok(page.startsWith('<!doctype html>\n<html lang="en">') && page.endsWith("</html>\n"));
    assert.ok(page.includes("There is no such device") && page.includes("&lt;b&gt;no&lt;/b&gt;"));
  });

  it("a key that is none in any form, and two formats at once, are wrong usage", async () => {
    const world = withMeter();
    const short = await runCli([...words, "--key", "abc"], world);
    assert.deepEqual([short.code, /16 or 20 ASCII/.test(short.err)], [2, true], short.err);
    const both = await runCli([...words, "--json", "--format", "html"], world);
    assert.equal(both.code, 2);
  });

  it("an optical port is none of its own", async () => {
    const { code, err } = await runCli(["doctor", "--link", "optical:///dev/ttyUSB0", "--key", key], withMeter());
    assert.deepEqual([code, /examines the MEP port.+meterport read/.test(err)], [2, true], err);
  });

  it("what was never opened has no bytes to judge", async () => {
    const openLink = () => Promise.reject(new LinkError("not-open", "x", "cannot open it", { reason: "missing" }));
    const { out } = await runCli([...words, "--json"], { openLink });
    const checks: readonly { readonly name: string; readonly finding: string }[] = JSON.parse(out).checks;
    assert.deepEqual(
      checks.map(({ finding }) => finding),
      ["not-opened", ...Array.from({ length: 11 }, () => "not-examined")],
    );
  });
});
