import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Scope } from "../../access/scope.ts";
import { deviceFolderOf } from "../../device/device-files.ts";
import { httpSetup } from "../../testing/http-setup.ts";
import type { DeviceFilesAnswer, DevicePointsAnswer, DeviceStatusAnswer } from "./device.ts";

const at = "/api/v1/points/home/device";
const json = { "content-type": "application/json" };

const setup = async () => {
  const made = await httpSetup("127.0.0.1", [], false, true);
  const put = (source: string, body: unknown) =>
    made.get(`${at}/sources/${encodeURIComponent(source)}`, {
      ...{ method: "PUT", headers: json, body: typeof body === "string" ? body : JSON.stringify(body) },
    });
  return { ...made, put };
};

describe("a point as a device over HTTP", () => {
  test("tells its rights, sources and display; a point that only reads says so", async () => {
    const { json: ask, done } = await setup();
    const status = await ask<DeviceStatusAnswer>(at);
    assert.deepEqual([status.id, status.phase, status.handle, status.lines], ["home", "off", null, []]);
    assert.equal(status.identification.length, 60);
    assert.deepEqual(status.display, [{ place: 0, key: "power_w", icons: ["kW"], value: null }]);
    const [water] = status.sources;
    assert.deepEqual([water?.value, water?.age_s, water?.fresh, water?.topic], [null, null, false, null]);
    const points = await ask<DevicePointsAnswer>("/api/v1/device-points");
    assert.deepEqual(
      [points.points.map(({ id, sources, sources_fresh }) => [id, sources, sources_fresh]), points.next],
      [[["home", 1, 0]], null],
    );
    await done();
    const plain = await httpSetup();
    const refused = await plain.get(at);
    assert.equal(refused.status, 409);
    assert.match(await refused.text(), /only reads its meter: grant rights under device/);
    assert.deepEqual((await plain.json<DevicePointsAnswer>("/api/v1/device-points")).points, []);
    await plain.done();
  });

  test("takes a value and a telegram of a source, and tells how old they are", async () => {
    const { json: ask, put, clock, done } = await setup();
    assert.equal((await put("water", { value: 123.456 })).status, 200);
    await clock.advance(90_000);
    const [water] = (await ask<DeviceStatusAnswer>(at)).sources;
    assert.deepEqual([water?.value, water?.age_s, water?.fresh], [123.456, 90, true]);
    await clock.advance(3_600_000);
    assert.equal((await ask<DeviceStatusAnswer>(at)).sources[0]?.fresh, false);
    assert.equal((await put("water", { telegram: "0c1378563412" })).status, 200);
    const later = (await ask<DeviceStatusAnswer>(at)).sources[0];
    assert.deepEqual([later?.value, later?.telegram, later?.fresh], [null, "0c1378563412", true]);
    await done();
  });

  test("refuses what cannot be sent, each in one sentence", async () => {
    const { put, clock, done } = await setup();
    const wrong: readonly (readonly [string, unknown, RegExp])[] = [
      ["water", {}, /give either value or telegram/],
      ["water", { value: 1, telegram: "00" }, /give either value or telegram/],
      ["water", { telegram: "0g" }, /telegram is not hex/],
      ["water", { telegram: "0c13" }, /these bytes are not whole M-Bus records/],
      ["water", { value: 1, time: "soon" }, /is not a time/],
      ["water", { value: 1, time: new Date(clock.wall() + 120_000).toISOString() }, /time is in the future/],
      ["steam", { value: 1 }, /there is no source .*steam/],
      ["water", { value: "1" }, /./],
      ["water", { value: 1, more: 2 }, /./],
      ["water", "{", /./],
    ];
    for (const [source, body, sentence] of wrong) {
      const answer = await put(source, body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.match(await answer.text(), sentence);
    }
    await done();
  });

  test("no body makes it fail, and none but a whole reading is taken", async () => {
    const { put, device, done } = await setup();
    const seed = 1 + Math.floor(Math.random() * 2 ** 31);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.record(
            { value: fc.double(), telegram: fc.string({ maxLength: 2_000 }), time: fc.string() },
            { requiredKeys: [] },
          ),
          fc.record({ telegram: fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes).toString("hex")) }),
          fc.json(),
        ),
        async (body) => {
          const answer = await put("water", body);
          assert.ok(answer.status === 200 || answer.status === 400, `${answer.status}: ${await answer.text()}`);
        },
      ),
      { seed, numRuns: 300 },
    );
    const said = device?.status().sources[0]?.said;
    assert.ok(said === null || said === undefined || "records" in said || Number.isFinite(said.value), `seed ${seed}`);
    await done();
  });

  test("lists files with their hash and gives one, and nothing else of its folder", async () => {
    const { folder, json: ask, get, done } = await setup();
    const files = deviceFolderOf(folder, "home");
    mkdirSync(files, { recursive: true });
    writeFileSync(join(files, "1767268740000-verified.bin"), "abc");
    writeFileSync(join(files, "role.json"), "{}");
    const listed = (await ask<DeviceFilesAnswer>(`${at}/files`)).files;
    assert.deepEqual(
      listed.map(({ name, bytes, verified, time }) => [name, bytes, verified, time]),
      [["1767268740000-verified.bin", 3, true, "2026-01-01T11:59:00.000Z"]],
    );
    // FIPS 180-2, B.1.
    assert.equal(listed[0]?.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const answer = await get(`${at}/files/1767268740000-verified.bin`);
    assert.deepEqual([answer.status, await answer.text()], [200, "abc"]);
    for (const name of ["role.json", "..%2F..%2Fmeterport.sqlite", "1.bin", "%00"]) {
      const refused = await get(`${at}/files/${name}`);
      assert.ok(refused.status === 404 || refused.status === 400, `${name}: ${refused.status}`);
    }
    await done();
  });
});

describe("rights to a device over HTTP", () => {
  const lan = { address: "192.168.1.20", reached: "192.168.1.5", tls: false };

  test("reading sees it; saying what the head-end reads and fetching files needs operate", async () => {
    const { get, book, clock, folder, done } = await httpSetup("0.0.0.0", [], true, true);
    const files = deviceFolderOf(folder, "home");
    mkdirSync(files, { recursive: true });
    writeFileSync(join(files, "1.bin"), "abc");
    const tokens = new Map<Scope | undefined, string>();
    for (const scope of ["read", "operate"] as const) tokens.set(scope, book.addToken(scope, scope).token);
    await clock.advance(1_000);
    const asked = async (scope: Scope | undefined, path: string, init: RequestInit = {}): Promise<number> => {
      const token = tokens.get(scope);
      const headers = {
        ...{ host: "192.168.1.5:8765", ...json },
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      return (await get(path, { ...init, headers }, lan)).status;
    };
    const put = { method: "PUT", body: '{"value":1}' };
    const expected: readonly (readonly [Scope | undefined, readonly number[]])[] = [
      [undefined, [401, 401, 401, 401, 401]],
      ["read", [200, 200, 200, 403, 403]],
      ["operate", [200, 200, 200, 200, 200]],
    ];
    for (const [scope, statuses] of expected)
      assert.deepEqual(
        [
          await asked(scope, "/api/v1/device-points"),
          await asked(scope, at),
          await asked(scope, `${at}/files`),
          await asked(scope, `${at}/files/1.bin`),
          await asked(scope, `${at}/sources/water`, put),
        ],
        statuses,
        scope ?? "without a token",
      );
    await done();
  });
});
