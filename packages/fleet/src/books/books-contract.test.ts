import { after } from "node:test";
import { type Consumer, outputContract } from "@meterport/gateway/outputs/output-contract.test-kit";
import { firstHour, hour } from "@meterport/gateway/outputs/output-world.test-kit";
import { openValve } from "@meterport/gateway/outputs/valve.test-kit";
import { peer } from "../../../../test/support/peers.ts";
import { booksOutput } from "./books-output.ts";
import { FleetServer } from "./fleet-database.test-kit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

const open = async (): Promise<Consumer> => {
  const server = await servers.server();
  const database = await servers.fleet();
  const { schema } = database.place;
  const { sql, end } = server.session();
  const url = new URL(server.url);
  const valve = await openValve(() => Number(url.port));
  const through = `${server.url.replace(`:${url.port}/`, `:${valve.port}/`)}?schema=${schema}`;
  return {
    output: booksOutput({ url: through, fleet: "test", holder: "worker" }),
    away: async (away) => valve.away(away),
    stalled: (stalled) => (stalled ? valve.shut() : valve.open()),
    garbage: valve.dirty,
    changes: async () => {
      const rows = await sql(
        `SELECT extract(epoch FROM day::timestamp)::bigint + 3600 * n FROM ${schema}.profile_day, unnest(rank) WITH ORDINALITY AS s (k, n)
          WHERE k = '9' ORDER BY 1`,
      );
      return rows.every((row, n) => 1000 * Number(row) === firstHour + (n + 1) * hour) ? rows.length : -1;
    },
    done: async () => {
      await end();
      await valve.close();
    },
  };
};

outputContract("books", open, { skip, secrets: [encodeURIComponent("not/so@secret#1"), "not/so@secret#1"] });
