/** Runs on the module: everything that a client has. RC4 or TLS, live values, and every table that the meter lets it read. */
import { connect, type Meter, openLive, rc4 } from "@meterport/client";
import { consumption, openLoadProfile } from "@meterport/client/readers/index";
import { tls } from "@meterport/client/session/tls";
import { type AnyTable, MeterportError, Secret, tableExists } from "@meterport/protocol";
import { BT61, tables } from "@meterport/protocol/tables/index";
import { clock, entropy, pipe, run } from "./guest.ts";

declare const inTls: boolean;

/** Whole tables; the load profile block by block, since its 110 kB take 12 MB as objects. */
const partsOf = async (meter: Meter, { id }: AnyTable): Promise<readonly (readonly (string | number)[])[]> => {
  const set = ["BT64", "BT65", "BT66", "BT67"].indexOf(id);
  if (set === -1) return [[]];
  const blocks = await meter.read(BT61, ["dataSets", set, "blocks"]);
  return Array.from({ length: blocks }, (_, block) => ["blocks", block]);
};

run(async () => {
  const key = new Secret(new Uint8Array(16).fill(1));
  const security = inTls ? tls({ key, level: "basic", entropy }) : rc4({ key, entropy });
  const meter = await connect(pipe, { security, clock });
  const reading = await (await openLive(meter)).read();
  const read: string[] = [];
  const refused: string[] = [];
  for (const table of tables.filter((some) => some.access.read !== "never" && tableExists(some, meter.profile)))
    try {
      for (const path of await partsOf(meter, table)) await meter.readPath(table, path);
      read.push(table.id);
    } catch (error) {
      if (!(error instanceof MeterportError)) throw error;
      refused.push(`${table.id} ${String(error)}`);
    }
  const profile = await openLoadProfile(meter);
  const since = clock.wall() - 86_400_000;
  let intervals = 0;
  for await (const _ of consumption(profile.intervals({ since }))) intervals++;
  return { reading, read, refused, intervals, failures: meter.session.counters.failures };
});
