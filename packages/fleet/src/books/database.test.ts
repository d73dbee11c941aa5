import assert from "node:assert/strict";
import { after, test } from "node:test";
import { peer } from "../../../../test/support/peers.ts";
import { Database } from "./database.ts";
import { FleetServer } from "./fleet-database.test-kit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const shown = async (url: string, setting: string): Promise<unknown> => {
  const database = await Database.open(url);
  try {
    return Object.values((await database.run(`SHOW ${setting}`)).rows[0] ?? {})[0];
  } finally {
    await database.close();
  }
};

test("statements are not compiled unless the address says so, and the schema is that of the address or fleet", {
  skip,
}, async () => {
  const { url } = await servers.server();
  assert.equal(await shown(url, "jit"), "off");
  assert.equal(await shown(`${url}?options=-c%20jit=on&schema=other`, "jit"), "on");
  assert.equal(await shown(`${url}?options=-c%20work_mem=5MB`, "work_mem"), "5MB");
  assert.equal(await shown(url, "search_path"), "fleet");
  assert.equal(await shown(`${url}?connect_timeout=3&schema=other`, "search_path"), "other");
});
