/** A gateway over a fake meter, in virtual time and without a socket. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MeterChange, MeterView } from "@meterport/engine/points/meter-view";
import { silentLog } from "@meterport/engine/ports/log";
import { FakeMeter, reading } from "@meterport/engine/testing/fake-meter";
import { UsageError } from "@meterport/protocol/errors";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { createAccess } from "../access/access.ts";
import { accessBook } from "../access/access-book.ts";
import type { Cost } from "../access/password.ts";
import { openCaptureShelf } from "../captures/capture-shelf.ts";
import { LinkRecorder, RecordingSlots } from "../captures/link-recorder.ts";
import type { Redaction } from "../captures/redacted-capture.ts";
import { deviceConfig } from "../config/device-config.ts";
import { DeviceFolder, deviceFolderOf } from "../device/device-files.ts";
import { DeviceService } from "../device/device-service.ts";
import type { LinkHealth } from "../http/api.ts";
import type { Peer } from "../http/peer.ts";
import { createGateway } from "../operation/gateway.ts";
import { StagedRestore } from "../operation/staged-restore.ts";
import { tarLength, tarOf } from "../operation/tar.ts";
import { openHastyStore } from "../stores/sqlite/hasty-store.test-kit.ts";
import { FakeLink, works } from "./fake-link.ts";
import { testConfiguration } from "./test-configuration.ts";

/** Cheap enough for tests. */
export const cheap: Cost = { N: 2, r: 1, p: 1 };

/** A device with a water meter as its source, which was never at a meter. */
const waterDevice = (folder: string, clock: VirtualClock): DeviceService =>
  new DeviceService({
    ...{ point: "home", clock, log: silentLog, folder: new DeviceFolder(deviceFolderOf(folder, "home"), clock) },
    settings: deviceConfig({
      ...{
        rights: ["register", "answer", "files", "display"],
        manufacturer: "010203",
        unique: "01",
        post: "third-party",
      },
      sources: [{ name: "water", quantity: "volume", unit: "m³", max_age: 3_600_000 }],
      display: [{ place: 0, key: "power_w", icons: ["kW"] }],
    }),
  });

/**
 * @param withAccess gives it users and tokens, which its data folder begins without
 * @param asDevice makes its point a device of the grid
 */
export const httpSetup = async (
  host = "127.0.0.1",
  allowedHosts: readonly string[] = [],
  withAccess = false,
  asDevice = false,
) => {
  const folder = mkdtempSync(join(tmpdir(), "meterport-http-"));
  const clock = new VirtualClock({ wall: Date.UTC(2026, 0, 1, 12) });
  const lines: string[] = [];
  const note = (line: string) => void lines.push(line);
  const entropy = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const accessOptions = { folder, clock, entropy, cost: cheap, log: { info: note, warn: note, error: note } };
  const access = withAccess ? createAccess(accessOptions) : undefined;
  const meter = new FakeMeter(clock);
  const link = new FakeLink();
  const store = openHastyStore(join(folder, "data"), clock.wall);
  const captures = openCaptureShelf(join(folder, "captures"), silentLog);
  const recorder = new LinkRecorder({
    ...{ id: "home", link: "tcp://127.0.0.1:4059", clock, shelf: captures },
    ...{ slots: new RecordingSlots(), handshake: () => [] },
  });
  link.recorder = recorder;
  const device = asDevice ? waterDevice(folder, clock) : undefined;
  const configuration = testConfiguration({ folder, wall: clock.wall });
  /** The results of redacting, in order. */
  const redactions: Redaction[] = [];
  const gateway = await createGateway({
    captures,
    meters: [
      {
        id: "home",
        name: "Home",
        url: "tcp://127.0.0.1:4059",
        simulated: true,
        interval: 2_000,
        source: meter,
        link,
        device,
        redact: async () => redactions.shift(),
      },
    ],
    store,
    retention: { raw: 1e12, minutes: 1e12 },
    // So that a query sees each reading.
    commit: 1,
    clock,
    log: silentLog,
    version: "0.1.0",
    dashboard: join(folder, "dist"),
    host,
    allowedHosts,
    access,
    configuration: configuration.access,
    backup: {
      make: async () => ({ name: "none.tar", bytes: tarLength([]), pieces: tarOf([], 0), done: () => {} }),
      restore: new StagedRestore({ data: folder, valuesElsewhere: false, log: silentLog }),
    },
    machinePorts: async () => [
      {
        path: "/dev/ttyS0",
        link: "/dev/ttyS0",
        vendor: null,
        product: null,
        serial: null,
        maker: null,
        name: null,
        usedBy: null,
      },
    ],
    strayLink: (text) => {
      if (!text.startsWith("tcp://")) throw new UsageError("link", "this test knows only links that begin with tcp://");
      return { optical: false, run: async (key) => (key === undefined ? { ...works, level: null } : link.tryKey(key)) };
    },
  });
  gateway.start();
  const get = (path: string, init: RequestInit = {}, peer?: Peer) =>
    Promise.resolve(gateway.app.fetch(new Request(`http://127.0.0.1:8765${path}`, init), peer));
  return {
    folder,
    clock,
    meter,
    link,
    recorder,
    store,
    captures,
    redactions,
    gateway,
    access,
    configuration,
    device,
    book: accessBook(accessOptions),
    /** What access logged. */
    lines,
    get,
    json: async <T>(path: string): Promise<T> => (await (await get(path)).json()) as T,
    done: async () => {
      await clock.run(gateway.stop());
      rmSync(folder, { recursive: true });
    },
  };
};

const link: LinkHealth = {
  state: "up",
  url: "memory://",
  since: "2026-01-01T00:00:00.000Z",
  cause: null,
  problem: null,
  baud: null,
  last_reading: null,
  poll_interval_ms: 2_000,
  late_after_ms: 3_000,
  stale_after_ms: 4_000,
  polls: 0,
  failures: 0,
  retries: 0,
  discarded: 0,
  outages: 0,
  alerts: 0,
  round_trip_ms: null,
};

/** A meter that changes only on request; `tell` calls its listeners. */
export const stillMeter = () => {
  const listeners = new Set<(change: MeterChange) => void>();
  const summary = () => ({ id: "home", name: "Home", link, simulated: true });
  const view: MeterView = {
    id: "home",
    summary,
    detail: () => ({ ...summary(), identity: null }),
    live: () => ({ id: "home", ...reading(0) }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    view,
    meters: new Map([["home", view]]),
    tell: (change: MeterChange) => {
      for (const listener of listeners) listener(change);
    },
  };
};
