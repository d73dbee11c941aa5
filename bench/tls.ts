/** TLS: a handshake of both ends, and sealed round trips from a client to a virtual meter in memory, one core. */
import { connect } from "@meterport/client";
import { tls } from "@meterport/client/session/tls";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { TlsClient } from "@meterport/protocol/mep/security/tls/client";
import { TlsServer } from "@meterport/protocol/mep/security/tls/server";
import type { Entropy } from "@meterport/protocol/ports";
import { BT23 } from "@meterport/protocol/tables/index";
import { memoryLine, VirtualMeter } from "@meterport/simulator";
import { systemClock } from "@meterport/transports/clock";
import { measure, measureAsync, report, say } from "./measure.ts";

const key = new Uint8Array(16).fill(1);
const entropy: Entropy = (length) => new Uint8Array(length).fill(9);

const shakeHands = (): void => {
  const client = new TlsClient({ identity: Uint8Array.of(100, 0, 1), key, entropy });
  const server = new TlsServer({ keyOf: () => key, entropy });
  const flight = client.receive(server.receive(client.start()).reply).reply;
  if (!client.receive(server.receive(flight).reply).opened) throw new Error("the handshake failed");
};

export const benchTls = async (): Promise<void> => {
  say("TLS_PSK_WITH_AES_256_GCM_SHA384: a handshake, both ends");
  const handshakes = measure("handshakes", 1, shakeHands);
  report(handshakes, "a second", { figure: { name: "the target of 20 ms each", perSecond: 50 }, what: "the target" });

  say("Round trips inside TLS, client to virtual meter in memory");
  const meter = new VirtualMeter({
    profile: parseProfile("meter:4.30"),
    keys: { basic: new Secret(key), advanced: new Secret(new Uint8Array(16).fill(2)) },
    scenario: "house",
    seed: 1,
    start: Date.UTC(2026, 5, 1),
    tls: ["required"],
  });
  const client = await connect(memoryLine({ meter, clock: systemClock }), {
    security: tls({ key: new Secret(key), level: "basic", entropy }),
    clock: systemClock,
    timing: { requestSpacing: 0 },
    profile: meter.profile,
  });
  const figure = await measureAsync("sealed, basic key", 100, async () => {
    for (let i = 0; i < 100; i++) await client.read(BT23, ["total", "summations", 0]);
  });
  const target = { name: "the target of 2,000 a second", perSecond: 2_000 };
  report(figure, "reads/s", { figure: target, what: "the target" });
  await client.close();
};

if (import.meta.main) await benchTls();
