import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DeviceRole } from "./device-role.ts";
import { other, own, registered, setting, testForms, wall } from "./fake-port.test-kit.ts";

const hour = 3_600_000;
const day = 24 * hour;

describe("registration", () => {
  test("writes the identification before the flags, follows the handle, and then looks at the alerts", () => {
    const set = setting();
    set.start(undefined);
    assert.deepEqual(set.lines(), [
      "read ET51",
      "read ET50",
      "read ET14",
      "remember",
      "write identification",
      "write mepDeviceRegistered et59Response mbusAlerts deltaDataAlerts",
      "read ET14",
      "remember",
      "! registered with handle 1000",
      "read flags",
    ]);
    assert.deepEqual(set.port.flags, {
      mepDeviceRegistered: true,
      et59Response: true,
      mbusAlerts: false,
      deltaDataAlerts: false,
    });
    assert.equal(set.role.phase, "registered");
  });

  test("at port 2 leaves the choice of ET59 alone, and expects a handle from 2000 on", () => {
    const set = setting({ port: 2, mbusAlerts: true, deltaAlerts: true });
    set.start(undefined);
    assert.equal(set.role.deviceHandle, 2000);
    assert.deepEqual(set.port.flags, {
      mepDeviceRegistered: true,
      et59Response: false,
      mbusAlerts: true,
      deltaDataAlerts: true,
    });
  });

  test("writes nothing if it is registered already", () => {
    const { port } = registered();
    const set = setting({}, port);
    set.start();
    assert.deepEqual(
      set.lines().filter((line) => !line.startsWith("read")),
      ["! is registered with handle 1000"],
    );
  });

  test("only writes the flags that changed, at once, without another registration", () => {
    const { port } = registered();
    const set = setting({ mbusAlerts: true }, port);
    set.start();
    assert.deepEqual(
      set.lines().filter((line) => line.startsWith("write")),
      ["write mepDeviceRegistered et59Response mbusAlerts deltaDataAlerts"],
    );
    assert.equal(port.handle, 1000);
  });

  test("stops at another device's port, unless it may replace it", () => {
    for (const replace of [false, true]) {
      const set = setting({ replace });
      Object.assign(set.port, { identification: other, handle: 1007, status: 3, nextHandle: 1008 });
      set.port.flags.mepDeviceRegistered = true;
      set.start(undefined);
      const lines = set.lines();
      assert.equal(lines.includes("remove 1007"), replace);
      assert.equal(
        lines.some((line) => line.startsWith("write")),
        replace,
      );
      assert.equal(set.role.phase, replace ? "registered" : "blocked");
      if (!replace) {
        set.pass(10 * hour);
        assert.equal(
          set.lines().some((line) => line.startsWith("write")),
          false,
        );
        assert.equal(set.port.handle, 1007);
      } else assert.equal(set.role.deviceHandle, 1008);
    }
  });

  test("waits for the handle up to a minute, then looks again later without writing", () => {
    const set = setting();
    set.port.nextHandle = 0;
    set.start(undefined);
    set.lines();
    set.pass(70_000);
    const lines = set.lines();
    assert.ok(lines.length >= 25 && lines.length <= 32, lines.join(", "));
    assert.equal(lines.at(-1), "! the meter gave no handle; looking again later");
    Object.assign(set.port, { handle: 1003, status: 3 });
    set.pass(600_000);
    assert.equal(set.role.deviceHandle, 1003);
    assert.equal(
      set.lines().some((line) => line.startsWith("write")),
      false,
    );
  });

  test("takes no handle outside of its range, nor one whose device is not up", () => {
    for (const bad of [{ handle: 2000 }, { handle: 999 }, { status: 4 }, { status: 0 }]) {
      const set = setting();
      set.port.nextHandle = 0;
      Object.assign(set.port, { identification: own, handle: 1000, status: 3, ...bad });
      set.start(undefined);
      set.pass(30_000);
      assert.equal(set.role.phase, "searching", JSON.stringify(bad));
    }
  });

  test("takes a state of 0 where the meter does not watch the device's health", () => {
    const set = setting();
    set.port.settings.monitorMepHealth = false;
    set.port.before = (step) => {
      if (step.type === "read") set.port.status = 0;
    };
    set.start(undefined);
    assert.equal(set.role.phase, "registered");
  });

  test("registers again when the grid removed it, each time after a longer rest, so that handles last", () => {
    const set = registered();
    let registrations = 0;
    set.port.before = (step) => {
      if (step.type === "write" && step.fields.length > 1) registrations++;
    };
    // Removed whenever it is registered, for 30 days.
    for (let minute = 0; minute < 30 * 24 * 60; minute++) {
      if (set.port.handle !== 0) {
        set.port.remove();
        set.give({ type: "doubt" });
      }
      set.pass(60_000);
    }
    assert.ok(registrations >= 20 && registrations <= 40, `${registrations} registrations in 30 days`);
    const waits = set.events.flatMap((event) => (event.type === "registration-waits" ? [event.until] : []));
    assert.equal(waits[0], wall + 60_000);
    assert.ok((waits.at(-1) as number) - (waits.at(-2) as number) >= day);
  });

  test("looks once after a power failure, and then keeps the registration that is still there", () => {
    const set = registered();
    set.pass(60_000);
    set.lines();
    for (let i = 0; i < 5; i++) set.give({ type: "doubt" });
    set.pass(5_000);
    assert.deepEqual(
      set.lines().filter((line) => line === "read ET50" || line.startsWith("write")),
      ["read ET50"],
    );
    assert.equal(set.role.deviceHandle, 1000);
  });

  test("a restart in the middle of a registration does not register twice", () => {
    const set = setting();
    set.port.nextHandle = 0;
    set.start(undefined);
    set.lines();
    set.restart();
    Object.assign(set.port, { handle: 1000, status: 3 });
    set.pass(10_000);
    assert.equal(
      set.lines().some((line) => line.startsWith("write")),
      false,
    );
    assert.equal(set.role.deviceHandle, 1000);
  });

  test("another meter gets a new registration, whatever was remembered of the one before", () => {
    const { port } = registered();
    const set = setting();
    set.start(port.saved, "87654321");
    assert.equal(set.role.phase, "registered");
    assert.deepEqual((set.port.saved as { registrations: number[] }).registrations, [wall]);
  });

  test("goes on after faults of the line, and says so once", () => {
    const set = setting();
    const failure = { kind: "link", detail: "read ET51: no answer" } as const;
    for (let i = 0; i < 4; i++) set.port.failing.push({ type: "read", failure });
    set.start(undefined);
    set.pass(2_000 + 4_000 + 8_000 + 16_000);
    const lines = set.lines();
    assert.deepEqual(
      lines.filter((line) => line.startsWith("!")),
      ["! paused: read ET51: no answer", "! continues", "! registered with handle 1000"],
    );
    assert.equal(lines.filter((line) => line === "read ET51").length >= 5, true);
  });

  test("while the link is down it sends nothing", () => {
    const set = registered();
    set.give({ type: "link", up: false });
    set.port.request(7, 2, 1000);
    set.give({ type: "alert" });
    set.pass(hour);
    assert.deepEqual(set.lines(), ["! paused: the link is down"]);
    set.give({ type: "link", up: true });
    assert.ok(set.lines().includes("? on-demand-read"));
  });

  test("refuses an identification of another length", () => {
    assert.throws(() => new DeviceRole({ port: 1, identification: own.subarray(1), forms: testForms }), {
      name: "UsageError",
      code: "identification",
    });
  });
});
