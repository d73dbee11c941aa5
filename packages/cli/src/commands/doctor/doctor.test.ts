import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LinkError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import { modelledLine } from "@meterport/simulator";
import { eagerClock } from "../../testing/eager-clock.ts";
import { key, quietMeter, runCli, type World, withMeter } from "../../testing/run-cli.ts";

const words = ["doctor", "--link", "tcp://meter.example:4059"];
const overLine = (condition: Parameters<typeof modelledLine>[0] extends infer O ? Partial<O> : never): World => {
  const clock = eagerClock();
  const meter = quietMeter(clock);
  return { clock, env: { METERPORT_KEY: key }, openLink: async () => modelledLine({ meter, clock, ...condition }) };
};

describe("doctor", () => {
  test("reports a healthy meter, layer by layer", async () => {
    const { code, out, err } = await runCli(words, withMeter());
    assert.equal(code, 0, out + err);
    assert.match(out, /^Examination of a meter link\ntcp · NES 83331-3I, firmware 3\.70\.12\n/);
    assert.equal(out.match(/^✓ /gm)?.length, 12, out);
    assert.match(out, /The link is healthy\.\n$/);
  });

  test("names the sickness, the cause and the remedies, in three languages", async () => {
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

  test("uses the language of the environment", async () => {
    const world = withMeter();
    const { out } = await runCli(words, { ...world, env: { ...world.env, LANG: "de_AT.UTF-8" } });
    assert.match(out, /Die Verbindung ist gesund\.\n$/);
  });

  test("--json is one document", async () => {
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

  test("puts no key, serial number or address into page, text or document", async () => {
    for (const format of ["text", "html", "json"]) {
      const { out } = await runCli([...words, "--format", format], withMeter());
      for (const secret of ["0101010101", "12345678", "meter.example"])
        assert.ok(!out.includes(secret), `${format}: ${secret}`);
    }
  });

  test("writes a page into a file, and escapes foreign markup", async () => {
    const written = new Map<string, string>();
    const openLink = () =>
      Promise.reject(new LinkError("not-open", "x", "cannot open it: <b>no</b>", { reason: "missing" }));
    const { code, out } = await runCli([...words, "--format", "html", "--output", "a.html"], { written, openLink });
    const page = written.get("a.html") ?? "";
    assert.deepEqual([code, out], [1, ""]);
    assert.ok(page.startsWith('<!doctype html>\n<html lang="en">') && page.endsWith("</html>\n"));
    assert.ok(page.includes("The device was not found") && page.includes("&lt;b&gt;no&lt;/b&gt;"));
  });

  test("refuses a malformed key, and two formats at once", async () => {
    const world = withMeter();
    const short = await runCli([...words, "--key", "abc"], world);
    assert.deepEqual([short.code, /16 or 20 ASCII/.test(short.err)], [2, true], short.err);
    const both = await runCli([...words, "--json", "--format", "html"], world);
    assert.equal(both.code, 2);
  });

  describe("at an optical port", () => {
    const opticalKey = "0123456789abcdefghij";
    const through = ["doctor", "--link", "optical:///dev/ttyUSB0"];
    const head = (condition: Parameters<typeof modelledLine>[0] extends infer O ? Partial<O> : never = {}): World => {
      const clock = eagerClock();
      const readOnly = new Secret(Uint8Array.from(opticalKey, (character) => character.charCodeAt(0)));
      const { optical } = quietMeter(clock, { opticalKeys: { readOnly } });
      const openLink = async () => modelledLine({ meter: optical, clock, ...condition });
      return { clock, env: { METERPORT_KEY: opticalKey }, openLink };
    };

    test("reports a healthy head, layer by layer, and which key it was", async () => {
      const { code, out, err } = await runCli(through, head());
      assert.equal(code, 0, out + err);
      assert.match(out, /^Examination of a meter link\noptical · NES 83331-3I, firmware 3\.70\.12\n/);
      assert.equal(out.match(/^✓ /gm)?.length, 12, out);
      assert.match(out, /accepted, read as ASCII characters; it is RK\n/);
      assert.match(out, /The link is healthy\.\n$/);
    });

    test("has text, page and document for optical faults, without the key", async () => {
      for (const [language, name] of [
        ["en", "The meter refuses the key"],
        ["da", "Måleren afviser nøglen"],
        ["de", "Der Zähler lehnt den Schlüssel ab"],
      ] as const)
        for (const format of ["text", "html", "json"]) {
          const wrong = "zyxwvutsrqponmlkjihg";
          const options = ["--key", wrong, "--language", language, "--format", format];
          const { code, out } = await runCli([...through, ...options], head());
          assert.equal(code, 1);
          assert.ok(out.includes(name), out);
          for (const secret of [wrong, opticalKey, "12345678"])
            assert.ok(!out.includes(secret), `${format}: ${secret}`);
          if (format === "json") assert.equal(JSON.parse(out).sickness, "password-refused");
        }
    });

    test("tries the lines that power the head, and reports the setting that works", async () => {
      const world = head();
      const openLink: World["openLink"] = async (link, signal, baud) => {
        assert.ok(world.openLink !== undefined && world.clock !== undefined);
        if (link.includes("rts=off&dtr=on")) return world.openLink(link, signal, baud);
        return modelledLine({ meter: quietMeter(world.clock).optical, clock: world.clock, stuck: "silent" });
      };
      const { code, out } = await runCli([...through, "--json"], { ...world, openLink });
      const { sickness, checks } = JSON.parse(out);
      assert.deepEqual([code, sickness, checks[0].facts], [1, "head-supply", { setting: "rts=off&dtr=on" }]);
    });

    test("refuses options that would record the key or belong to the MEP port", async () => {
      const recorded = await runCli([...through, "--record", "a.capture"], head());
      assert.deepEqual([recorded.code, /the key crosses it in the clear/.test(recorded.err)], [2, true], recorded.err);
      const tls = await runCli([...through, "--security", "tls"], head());
      assert.deepEqual([tls.code, /offers no choice/.test(tls.err)], [2, true], tls.err);
    });
  });

  test("does not judge bytes of a link that never opened", async () => {
    const openLink = () => Promise.reject(new LinkError("not-open", "x", "cannot open it", { reason: "missing" }));
    const { out } = await runCli([...words, "--json"], { openLink });
    const checks: readonly { readonly name: string; readonly finding: string }[] = JSON.parse(out).checks;
    assert.deepEqual(
      checks.map(({ finding }) => finding),
      ["not-opened", ...Array.from({ length: 11 }, () => "not-examined")],
    );
  });
});
