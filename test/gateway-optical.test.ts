/** The real gateway at a meter's optical port, over TCP: its values, and what it keeps of the line when it turns bad. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ApiCapture, LiveAnswer, MeterDetail } from "@meterport/gateway/http/api";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { serve, VirtualMeter } from "@meterport/simulator";
import { systemClock } from "@meterport/transports/clock";
import { listenTcp, type TcpListener } from "@meterport/transports/network/tcp";
import { type SpawnedGateway, startGateway } from "./support/spawned-gateway.ts";

const hex = (byte: number, count: number): string => byte.toString(16).padStart(2, "0").repeat(count);
const secret = (byte: number, count: number): Secret => new Secret(new Uint8Array(count).fill(byte));

describe("a gateway at an optical port", () => {
  let listeners: readonly TcpListener[];
  let gateway: SpawnedGateway;
  before(async () => {
    const device = new VirtualMeter({
      profile: parseProfile("meter:4.30"),
      keys: { basic: secret(0x5a, 16), advanced: secret(0xa5, 16) },
      opticalKeys: { readOnly: secret(0x52, 20) },
      // Read at two moments, a household that cooks is not the same.
      scenario: "quiet",
      seed: 1,
      start: systemClock.wall(),
      epoch: systemClock.now(),
    });
    const ports = [device, device.optical].map((port) =>
      listenTcp({ host: "127.0.0.1", port: 0, maxConnections: 1 }, (transport) => {
        serve(transport, systemClock, port);
      }),
    );
    listeners = await Promise.all(ports);
    const [mep, head] = listeners;
    gateway = await startGateway(`meters:
  - { id: wire, link: "${mep?.url}", key: "hex:${hex(0x5a, 16)}", security: rc4 }
  - { id: head, link: "optical+${head?.url}", key: "hex:${hex(0x52, 20)}", interval: 10s }
`);
  });
  after(async () => {
    await gateway?.remove();
    await Promise.all((listeners ?? []).map((listener) => listener.close()));
  });

  const get = async <T>(path: string): Promise<T> => (await (await fetch(`${gateway.url}/api/v1${path}`)).json()) as T;
  const until = async (id: string, wanted: (meter: MeterDetail) => boolean): Promise<MeterDetail> => {
    const response = await fetch(`${gateway.url}/api/v1/meters/${id}/events`);
    // Each event is a reason to look again; `alive` comes at least every 2 s.
    for await (const _ of response.body ?? []) {
      const meter = await get<MeterDetail>(`/meters/${id}`);
      if (wanted(meter)) return meter;
    }
    return assert.fail("the gateway ended");
  };
  const has = ({ link }: MeterDetail): boolean => link.last_reading !== null;

  test("has the values that the MEP port has", async () => {
    await Promise.all(["wire", "head"].map((id) => until(id, has)));
    const [wire, head] = await Promise.all(["wire", "head"].map((id) => get<LiveAnswer>(`/meters/${id}/live`)));
    assert.ok(head !== undefined && wire !== undefined);
    assert.ok(head.power_w !== null && head.voltage_l1_v !== null);
    const apart = Math.abs((wire.energy_import_wh ?? 0) - (head.energy_import_wh ?? Number.NaN));
    assert.ok(apart <= 10, `${apart} Wh`);
    assert.match(gateway.log(), /head: read through its optical port every 10 s/);
  });

  test("keeps no captures of a line on which the key is in the clear", async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    await Promise.all(["wire", "head"].map((id) => until(id, ({ link }) => link.state === "silent")));
    assert.equal((await get<readonly ApiCapture[]>("/meters/wire/captures")).length, 1);
    assert.deepEqual(await get<readonly ApiCapture[]>("/meters/head/captures"), []);
    const recording = await fetch(`${gateway.url}/api/v1/points/head/link/recording`);
    assert.deepEqual([recording.status, /in the clear/.test(await recording.text())], [409, true]);
    assert.ok(!gateway.log().includes(hex(0x52, 16)));
  });
});
