import { after, before } from "node:test";
import { silentLog } from "@meterport/engine/ports/log";
import { peer } from "../../../../../test/support/peers.ts";
import { type Server, startPostgres } from "../../../../../test/support/postgres.ts";
import { storeContract } from "../store-contract.test-kit.ts";
import { openPostgresStore } from "./postgres-store.ts";

const { skip } = peer("pg_createcluster");
let server: Server;
before(async () => {
  if (skip === false) server = await startPostgres();
});
after(async () => server?.stop());

let schemas = 0;
storeContract(
  "PostgreSQL",
  async (wall) => {
    const schema = `test_${++schemas}`;
    const url = `${server.url}?schema=${schema}`;
    let store = await openPostgresStore(url, { log: silentLog, wall });
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await openPostgresStore(url, { log: silentLog, wall });
        return store;
      },
      proofs: () => Number(server.sql(`SELECT count(*) FROM ${schema}.proof`)),
      done: () => store.close(),
    };
  },
  skip,
);
