/** A virtual meter behind a TCP port of this machine, which can be silenced, unplugged and plugged in again. */
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { serve, VirtualMeter } from "@meterport/simulator";
import { systemClock } from "@meterport/transports/clock";
import { listenTcp, type TcpListener } from "@meterport/transports/network/tcp";

export interface ServedMeter {
  readonly device: VirtualMeter;
  /** "tcp://127.0.0.1:4059" */
  readonly url: string;
  /** The basic key, as 32 hexadecimal digits. */
  readonly key: string;
  /** True: the line stays up, but nothing arrives over it. */
  silent: boolean;
  /** Closes the port and every connection to it. */
  readonly unplug: () => Promise<void>;
  /** Listens on the same port again. */
  readonly plugIn: () => Promise<void>;
}

/** @param days how far back its memory reaches; 60 if omitted */
export const serveMeter = async (days?: number): Promise<ServedMeter> => {
  const device = new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    keys: { basic: new Secret(new Uint8Array(16).fill(0x5a)), advanced: new Secret(new Uint8Array(16).fill(0xa5)) },
    scenario: "house",
    seed: 1,
    start: systemClock.wall(),
    epoch: systemClock.now(),
    days,
    // The guide's pauses are tested in virtual time; here nobody need sit through them.
    timing: { requestSpacing: 0, segmentPause: 0 },
  });
  const state = { silent: false };
  const listen = (port: number): Promise<TcpListener> =>
    listenTcp({ host: "127.0.0.1", port, maxConnections: 1 }, (transport) => {
      const write = (bytes: Uint8Array): Promise<void> => (state.silent ? Promise.resolve() : transport.write(bytes));
      serve({ ...transport, write }, systemClock, device);
    });
  let listener = await listen(0);
  const { url, port } = listener;
  return {
    device,
    url,
    key: "5a".repeat(16),
    get silent() {
      return state.silent;
    },
    set silent(silent) {
      state.silent = silent;
    },
    unplug: () => listener.close(),
    plugIn: async () => {
      listener = await listen(port);
    },
  };
};
