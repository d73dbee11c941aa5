import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import { UsageError } from "@meterport/protocol/errors";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { accessBook } from "../access/access-book.ts";
import { openDoor, openFront } from "./front.ts";

const setup = (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-door-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const lines: string[] = [];
  const shown: string[] = [];
  const note = (line: string) => void lines.push(line);
  const options = {
    folder,
    clock: new VirtualClock(),
    entropy: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
    log: { ...silentLog, info: note, warn: note },
    console: { info: (line: string) => void shown.push(line) },
  };
  const open = (host: string, pairing = false, allowedHosts: readonly string[] = []) =>
    openDoor({ ...options, host, pairing, allowedHosts });
  return { folder, lines, shown, open, book: accessBook(options) };
};

test("beyond loopback nobody is served before somebody has a right, and the refusal says how to give one", (t) => {
  const { open, book, folder } = setup(t);
  for (const host of ["0.0.0.0", "::", "192.168.1.5", "meter.example.org", "[2001:db8::1]"])
    assert.throws(
      () => open(host),
      (error: unknown) => {
        assert.ok(error instanceof UsageError);
        for (const part of [host, "meterport user add NAME", "meterport token add NAME", "--pair", folder])
          assert.ok(error.message.includes(part), `${error.message} lacks ${part}`);
        return true;
      },
    );
  for (const host of ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.2"])
    assert.equal(open(host).hasUsers(), false);
  book.addToken("script", "read");
  assert.equal(open("0.0.0.0").isConfigured(), true);
});

test("with --pair it is served, and the code is in the log", (t) => {
  const { open, lines, shown } = setup(t);
  assert.equal(open("0.0.0.0", true).isPairing(), true);
  assert.doesNotMatch(lines.join("\n"), /\d{4} \d{4}/, "the log is an answer of the API too");
  assert.match(shown[0] ?? "", /^access: pairing code \d{4} \d{4}: enter it on the page within 10 minutes/);
});

test("behind a proxy without users, a warning says who may do what", (t) => {
  const { open, lines, book } = setup(t);
  open("127.0.0.1");
  assert.deepEqual(lines, []);
  open("127.0.0.1", false, ["meter.example.org"]);
  assert.match(lines[0] ?? "", /everybody who reaches this gateway by the name meter\.example\.org may do everything/);
  book.addToken("script", "read");
  open("127.0.0.1", false, ["meter.example.org"]);
  assert.equal(lines.length, 2);
});

test("if the ingress cannot listen, neither does the page", async () => {
  const ingress = { host: "192.0.2.1", port: 8099, allowed: "192.0.2.2", userHeader: "X-User", scope: "read" } as const;
  const http = { host: "127.0.0.1", port: 0, portAsked: true, allowedHosts: [], ingress };
  const fetch = () => new Response("ok");
  await assert.rejects(openFront({ http, fetch, log: silentLog }), /192\.0\.2\.1 is not an address of this machine/);
});
