/** A virtual meter behind a TCP port of this process that counts its clients. */
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Transport } from "@meterport/protocol/ports";
import { serve, VirtualMeter } from "@meterport/simulator";
import { systemClock } from "@meterport/transports/clock";
import { listenTcp } from "@meterport/transports/network/tcp";

/** Of all of them, as hexadecimal digits. */
export const meterKey = "5a".repeat(16);
const keySecret = new Secret(new Uint8Array(16).fill(0x5a));

/** A client that asked longer ago than this, in milliseconds, has its answer or has asked again: it waits for 3 s at most, and for its bridge. */
const conversation = 5_000;

export interface CountedMeter {
  readonly id: string;
  readonly serial: string;
  readonly url: string;
  readonly device: VirtualMeter;
  /** Clients that are connected now, and how often a second one came and the first one stayed. */
  readonly clients: () => number;
  readonly overlaps: () => number;
  /** Requests while another client that had asked within `conversation` was connected: two clients use the line at once. */
  readonly crossed: () => number;
  /** When the last client asked for the first time, on the monotonic clock; 0 before the first. */
  readonly connectedAt: () => number;
  /** When the last bytes came, on the monotonic clock; 0 before the first. */
  readonly askedAt: () => number;
  readonly requests: () => number;
  readonly close: () => Promise<void>;
}

export const countedMeter = async (index: number, days = 2): Promise<CountedMeter> => {
  const device = new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    keys: { basic: keySecret, advanced: new Secret(new Uint8Array(16).fill(0xa5)) },
    ...{ scenario: "house", seed: 1 + index, start: systemClock.wall(), epoch: systemClock.now(), days },
    timing: { requestSpacing: 0, segmentPause: 0 },
  });
  const state = { overlaps: 0, crossed: 0, connectedAt: 0, askedAt: 0, requests: 0 };
  const connected = new Set<Transport>();
  /** When each connected client asked last. */
  const asked = new Map<Transport, number>();
  const noteRequest = (client: Transport): void => {
    const now = systemClock.now();
    if ([...asked].some(([other, time]) => other !== client && now - time < conversation)) state.crossed++;
    asked.set(client, now);
    state.askedAt = now;
    state.requests++;
  };
  const attend = (transport: Transport): void => {
    // A client that was killed has left, though this process may hear so after its successor came.
    const before = [...connected];
    if (before.length > 0)
      setTimeout(() => {
        setImmediate(() => {
          if (before.some((client) => connected.has(client))) state.overlaps++;
        });
      }, 100).unref();
    connected.add(transport);
    async function* counted(): AsyncGenerator<Uint8Array> {
      let isFirst = true;
      try {
        for await (const bytes of transport.chunks) {
          if (isFirst) state.connectedAt = systemClock.now();
          isFirst = false;
          noteRequest(transport);
          yield bytes;
        }
      } finally {
        connected.delete(transport);
        asked.delete(transport);
      }
    }
    serve({ ...transport, chunks: counted() }, systemClock, device);
  };
  const listener = await listenTcp({ host: "127.0.0.1", port: 0, maxConnections: 8 }, attend);
  return {
    ...{ id: `flat-${index}`, serial: `s${1_000 + index}`, url: listener.url, device },
    ...{ clients: () => connected.size, overlaps: () => state.overlaps, crossed: () => state.crossed },
    connectedAt: () => state.connectedAt,
    ...{ askedAt: () => state.askedAt, requests: () => state.requests, close: () => listener.close() },
  };
};
