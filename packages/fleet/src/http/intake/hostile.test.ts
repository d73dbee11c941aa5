import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { describe, test } from "node:test";
import { writeBody } from "@meterport/gateway/outputs/upstream/upstream-wire";
import { peer } from "../../../../../test/support/peers.ts";
import { begin, device, entryOf, intakeSuite, interval, quarter } from "./intake-world.test-kit.ts";

const { skip } = peer("pg_createcluster");

describe("gateways that say what cannot be, or break off", { skip }, () => {
  const { fleet, bring, gateway } = intakeSuite();

  test("values of the future are left out and told, and do not hold up those behind them", async () => {
    const token = await fleet().token("ahead", { points: ["ahead"] });
    const now = Math.floor(Date.now() / quarter);
    const at = (quarters: number) => ({ ...interval("ahead", 0), end: quarters * quarter });
    const entries = [at(now + 8), at(now), { ...at(now + 900_000) }].map((own, n) => entryOf("interval", own, n + 1));
    const { taken, left_out, why } = await fleet().json<Record<string, unknown>>(bring(token, entries));
    assert.deepEqual([taken, left_out], [3, 2]);
    assert.match(String(why), /^ahead has values until \S+Z, which is in the future: look at its clock$/);
    const { rows } = await fleet().database.run(
      "SELECT d.rank FROM profile_day d JOIN channel USING (channel_id) JOIN metering_point p USING (point_id) WHERE p.id = 'ahead'",
    );
    assert.equal(rows.length, 1);
    const odd = await bring(token, [entryOf("interval", { ...at(now), seconds: 7 } as never)]);
    assert.deepEqual([odd.status, ((await odd.json()) as { readonly left_out: number }).left_out], [200, 1]);
  });

  test("times that no calendar of the database has are refused in one sentence, not taken for a database that is away", async () => {
    const token = await fleet().token("odd", { points: ["odd"] });
    const event = (more: object) => ({
      ...{ number: 1, stored: begin, point: "odd", kind: "event" },
      event: {
        ...{ point: "odd", id: "e", time: begin, until: null, kind: "log", number: 1, origin: "meter", detail: "{}" },
        ...more,
      },
    });
    const proof = { time: 8.64e15, table: null, offset: null, raw: null, profile: null, clockOffset: null, note: "" };
    const bodies: readonly string[] = [
      ...[8.64e15, -8.64e15].map((time) => [{ entry: event({ time }), proof: undefined }]),
      [{ entry: event({ until: 8.64e15 }), proof: undefined }],
      [{ entry: { ...event({}), stored: -8.64e15 }, proof: undefined }],
      [{ entry: entryOf("device", { ...device("odd", "907"), to: 8.64e15 } as never), proof: undefined }],
      [{ entry: entryOf("device", device("odd", "907", -8.64e15)), proof: undefined }],
      [{ entry: entryOf("interval", interval("odd", 0)), proof }],
    ].map((entries) => writeBody(entries as never).text);
    for (const body of bodies) {
      const answer = await fleet().send("/intake", {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body,
      });
      const text = await answer.text();
      assert.equal(answer.status, 400, `${body} ${text}`);
      assert.match(text, /nothing of the batch is booked/);
    }
  });

  test("a body that was under way when its token was removed is not booked", async () => {
    const token = await fleet().token("slow", { points: ["slow"] });
    const { text } = writeBody([{ entry: entryOf("interval", interval("slow", 1)) as never, proof: undefined }]);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, "content-length": Buffer.byteLength(text) };
      const sending = httpRequest(`${fleet().url}/api/v1/fleet/intake`, { method: "POST", headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sending.on("error", reject);
      sending.write(text.slice(0, 40));
      // It is looked at before its body is awaited.
      setTimeout(() => {
        fleet()
          .send("/intake/tokens/slow", { method: "DELETE" })
          .then(() => sending.end(text.slice(40)), reject);
      }, 300);
    });
    assert.equal(status, 401);
    assert.deepEqual((await fleet().database.run("SELECT FROM metering_point WHERE id = 'slow'")).rows, []);
  });

  test("the links of its points are listed as those of any other meter, as long as it is heard", async () => {
    const token = await gateway("lodge", "930");
    const meter = async () =>
      (await fleet().json<{ readonly meters: readonly Record<string, unknown>[] }>(fleet().send("/meters?q=lodge")))
        .meters[0];
    const pageState = async () => {
      const answer = await fetch(`${fleet().url}/api/v1/points?q=lodge`);
      return ((await answer.json()) as { readonly points: readonly { readonly link: { state: string } }[] }).points[0]
        ?.link.state;
    };
    assert.deepEqual([(await meter())?.state, await pageState()], ["free", "connecting"]);
    const since = Date.UTC(2026, 0, 1);
    const tell = (...links: readonly object[]) => fleet().post("/intake/links", { links }, token);
    const silent = { point: "lodge", state: "silent", cause: "the meter\u0007 does not answer", since };
    assert.equal((await tell(silent)).status, 200);
    const { state, cause, since: from, holder } = (await meter()) ?? {};
    assert.deepEqual([state, from, holder], ["silent", new Date(since).toISOString(), "intake lodge"]);
    assert.match(String(cause), /^the meter\P{Cc} does not answer$/u);
    assert.equal(await pageState(), "silent");
    const refused = await tell({ ...silent, state: "up" }, { ...silent, point: "flat-1" });
    assert.equal(refused.status, 403);
    assert.match(((await refused.json()) as { readonly message: string }).message, /^this token is not for "flat-1"/);
    for (const wrong of [{ state: "fine" }, { since: -1 }, { since: 1e15 }])
      assert.equal((await tell({ ...silent, ...wrong })).status, 400);
    assert.equal((await fleet().post("/intake/links", { links: [] })).status, 401);
    assert.equal((await meter())?.state, "silent");
    await fleet().database.run("UPDATE intake SET seen = now() - interval '4 minutes' WHERE name = 'lodge'");
    assert.deepEqual([(await meter())?.state, await pageState()], ["free", "connecting"]);
    assert.equal((await tell()).status, 200);
    assert.equal((await meter())?.state, "silent", "it is there again");
    assert.equal((await fleet().send("/intake/tokens/lodge", { method: "DELETE" })).status, 204);
    assert.equal((await meter())?.state, "free");
  });

  test("a gateway that invents names without end is stopped, and others go on", async () => {
    const token = await fleet().token("inventor", { points: ["inventor", "plain", "inventor-2"] });
    const behind = (from: number, point = "inventor") =>
      Array.from({ length: 250 }, (_, n) => entryOf("interval", interval(`${point}.${from + n}`, 0)));
    const status = async (entries: readonly object[]) => (await bring(token, entries)).status;
    assert.deepEqual([await status(behind(0)), await status(behind(0)), await status(behind(250))], [200, 200, 200]);
    const refused = await bring(token, behind(500));
    const { error, message } = (await refused.json()) as { readonly error: string; readonly message: string };
    assert.deepEqual([refused.status, error], [403, "too-many-names"]);
    assert.match(message, /^the books have more channels, or meters at and behind "inventor", than can be true/);
    for (const point of ["plain", "inventor-2"])
      assert.equal(await status([entryOf("interval", interval(point, 0))]), 200, point);
    const serials = (from: number) =>
      Array.from({ length: 250 }, (_, n) => entryOf("device", device("plain", `s${from + n}`, begin + from + n)));
    assert.deepEqual(
      [await status(serials(0)), await status(serials(250)), await status(serials(500))],
      [200, 200, 403],
    );
  });

  test("half of a body is nothing, and no mistake of the fleet", async () => {
    const token = await fleet().token("half", { points: ["half"] });
    const entries = Array.from({ length: 90 }, (_, n) => ({
      entry: entryOf("interval", interval("half", n)) as never,
      proof: undefined,
    }));
    const { text } = writeBody(entries);
    for (const path of ["intake", "intake/outcomes"]) {
      const headers = {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "content-length": text.length,
      };
      const sending = httpRequest(`${fleet().url}/api/v1/fleet/${path}`, { method: "POST", headers });
      const closed = new Promise((resolve) => sending.on("error", resolve));
      // It ends with a whole line.
      sending.write(text.slice(0, text.lastIndexOf("\n", text.length / 2) + 1));
      await new Promise((resolve) => setTimeout(resolve, 300));
      sending.destroy(new Error("the connection is lost"));
      await closed;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual((await fleet().database.run("SELECT FROM metering_point WHERE id = 'half'")).rows, []);
    assert.deepEqual(fleet().mistakes, []);
  });
});
