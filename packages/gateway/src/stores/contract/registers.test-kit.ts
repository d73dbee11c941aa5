/** What every store must do with the states of registers. */
import assert from "node:assert/strict";
import type { RegisterState } from "@meterport/engine/model/register-state";
import { always, type Check, journalOf, proof, register, t0 } from "./under-test.test-kit.ts";

const registerProofChecks = (check: Check): void => {
  check("a register state can say how it came to be, each tier for itself", async ({ store, reopen }) => {
    const next = { time: t0 + 86_400_000 };
    const other = { ...proof, table: null, offset: null, raw: null, profile: null, clockOffset: null, note: "typed" };
    await store.write({
      registers: [register({ proof }), register({ tier: 1, proof: other }), register(next)],
    });
    await store.write({ registers: [register({ value: 7, proof: other })] });
    const again = await reopen();
    const ask = (changed: Partial<RegisterState> = {}, point = "home") => again.registerProof(point, register(changed));
    assert.deepEqual(await ask(), { state: register(), proof }, "the first one stays");
    assert.deepEqual(await ask({ tier: 1 }), { state: register({ tier: 1 }), proof: other });
    assert.deepEqual(await ask(next), { state: register(next), proof: null });
    for (const absent of [{ time: t0 + 1 }, { tier: 2 }, { register: "energy_export_wh" }, { register: "a\0b" }])
      assert.equal(await ask(absent), undefined, JSON.stringify(absent));
    assert.equal(await ask({}, "nobody"), undefined);
    assert.ok((await again.registers("home", always)).every((each) => !("proof" in each)));
  });
};

export const registerChecks = (check: Check): void => {
  check("a register state is stored once, and found by time, register and tier", async ({ store }) => {
    const all = [
      register(),
      register({ tier: 1, value: 600 }),
      register({ register: "energy_export_wh", value: 5, serial: null, reason: "first" }),
      register({ time: t0 + 86_400_000, value: 1_100.5, reason: "exchange" }),
    ];
    const written = await store.write({ registers: [...all, { ...register(), value: 7, proof }] });
    assert.deepEqual([written.registers, written.journal], [4, 4]);
    assert.equal((await store.write({ registers: all })).registers, 0);
    assert.deepEqual(await store.registers("home", always), [all[2], all[0], all[1], all[3]]);
    assert.deepEqual(await store.registers("home", { ...always, register: "energy_import_wh", tier: 0 }), [
      all[0],
      all[3],
    ]);
    assert.deepEqual(await store.registers("home", { ...always, tier: 1 }), [all[1]]);
    assert.deepEqual(await store.registers("home", { ...always, from: t0, to: t0 + 1, limit: 1 }), [all[2]]);
    assert.deepEqual(await store.registers("home", { ...always, from: t0 + 1 }), [all[3]]);
    assert.deepEqual(await store.registers("home", { ...always, to: t0 }), []);
    assert.deepEqual(await store.registers("nobody", always), []);
    assert.deepEqual(
      (await journalOf(store)).map((entry) => entry.kind === "register" && entry.register),
      all,
    );
  });
  registerProofChecks(check);
};
