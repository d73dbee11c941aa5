/** A process that answers for a fleet, and one that reads: what a page sees of a meter that another process reads. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { peer } from "../../../../../test/support/peers.ts";
import { FleetServer } from "../../books/fleet-database.test-kit.ts";
import { FleetProcess } from "../../serve/fleet-daemon.test-kit.ts";
import { bookMeters, type CountedMeter, countedMeter, untilSo } from "../../serve/fleet-meters.test-kit.ts";

const { skip } = peer("pg_createcluster");
const servers = new FleetServer();
after(servers.stop);

interface Live {
  readonly quality: string;
  readonly power_import_w: number | null;
}

test("its values, its link and its stream come from the reader, and are stale once that is dead", {
  skip,
  timeout: 240_000,
}, async () => {
  const database = await servers.fleet();
  const url = `${(await servers.server()).url}?schema=${database.place.schema}`;
  const meter: CountedMeter = await countedMeter(1);
  const [reader, api] = [new FleetProcess("reader", url), new FleetProcess("api", url)];
  try {
    await bookMeters(database, [meter]);
    await Promise.all([reader.start("read"), api.start("api")]);
    const ask = (path: string) => fetch(`${api.url}/api/v1${path}`);
    const live = async () => (await (await ask(`/points/${meter.id}/live`)).json()) as Live;
    await untilSo("values arrive", 60_000, async () => (await live()).power_import_w !== null);
    assert.equal((await ask(`/points/${meter.id}`)).status, 200);
    assert.equal(((await (await ask(`/meters/${meter.id}`)).json()) as { readonly id: string }).id, meter.id);
    const { points } = (await (await ask("/points")).json()) as { readonly points: readonly { readonly id: string }[] };
    assert.deepEqual(
      points.map(({ id }) => id),
      [meter.id],
    );
    assert.equal((await ask("/points/nobody/live")).status, 404);
    const stream = (await ask(`/stream?point=${meter.id}`)).body?.getReader();
    const first = new TextDecoder().decode((await stream?.read())?.value);
    assert.match(first, /^event: /);

    await reader.kill();
    for (let ended = false; !ended; ) ended = (await stream?.read())?.done !== false;
    await untilSo("it is stale", 15_000, async () => (await live()).quality === "stale");
    const detail = await ask(`/points/${meter.id}`);
    assert.deepEqual([detail.status, detail.headers.get("retry-after")], [503, "3"]);
  } catch (error) {
    throw new Error(`${reader.log}\n${api.log}`, { cause: error });
  } finally {
    await Promise.all([reader.remove(), api.remove()]);
    await meter.close();
  }
});
