import { after } from "node:test";
import { Secret } from "@meterport/protocol/mep/security/key";
import { peer } from "../../../../../test/support/peers.ts";
import { type Server, startPostgres } from "../../../../../test/support/postgres.ts";
import { outputKinds } from "../list.ts";
import { type Consumer, outputContract } from "../output-contract.test-kit.ts";
import { firstHour, hour } from "../output-world.test-kit.ts";
import { openValve, throughValve } from "../valve.test-kit.ts";

const postgres = peer("pg_createcluster");

/** One server for all tests: each leaves it without the tables of the output. */
let server: Server | undefined;
after(async () => server?.stop());

const open = async (): Promise<Consumer> => {
  server ??= await startPostgres();
  const { sql, end } = server.session();
  const url = new URL(server.url);
  const valve = await openValve(() => Number(url.port));
  const through = server.url.replace(`:${url.port}/`, `:${valve.port}/`);
  return {
    output: outputKinds.postgresql.create({ url: new Secret(new TextEncoder().encode(through)) } as never),
    ...throughValve(valve),
    changes: async () => {
      // Before the output has made its tables there are no rows.
      const rows = await sql(
        "SELECT extract(epoch FROM end_time)::bigint FROM meter_values.intervals WHERE point = 'home' ORDER BY change",
      );
      return rows.every((row, n) => 1000 * Number(row) === firstHour + (n + 1) * hour) ? rows.length : -1;
    },
    done: async () => {
      await valve.close();
      await sql("DROP SCHEMA IF EXISTS meter_values CASCADE");
      await end();
    },
  };
};

outputContract("postgresql", open, { skip: postgres.skip, secrets: ["not/so@secret#1", "not%2Fso%40secret%231"] });
