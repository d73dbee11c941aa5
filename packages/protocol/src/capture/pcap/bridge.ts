/** The conversation with a meter out of the packets of a network: a capture like any other. */
import { UsageError } from "../../errors.ts";
import { requestCode } from "../../mep/frame/apdu.ts";
import type { Millis } from "../../ports.ts";
import type { Capture, CaptureEntry } from "../capture.ts";
import { piecesOf } from "../pieces.ts";
import { tcpFlag } from "./packet-format.ts";
import { packetsIn } from "./packets.ts";
import { type Endpoint, type Segment, segmentOf } from "./segments.ts";
import { TcpStream } from "./stream.ts";

export interface BridgeCapture {
  readonly capture: Capture;
  /** Where the bridge listens, as in "192.168.1.5:4059". */
  readonly bridge: string;
  /** Bytes that the file lacks. */
  readonly lost: number;
  /** Other places that were talked to. */
  readonly others: readonly string[];
}

/** Most connections that are kept apart; a log of a bridge has fewer. */
const mostConnections = 4096;

interface Event {
  readonly time: Millis;
  readonly from: "a" | "b";
  readonly data?: Uint8Array;
  readonly event?: "opened" | "closed" | "broken";
}

const nameOf = ({ address, port }: Endpoint): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

/** Both directions between two ends. */
class Connection {
  readonly ends: Readonly<Record<"a" | "b", Endpoint>>;
  readonly events: Event[] = [];
  readonly #streams = { a: new TcpStream(), b: new TcpStream() };
  /** Who opened it, where the file shows it. */
  opener: "a" | "b" | undefined;
  #time: Millis = 0;

  constructor(a: Endpoint, b: Endpoint) {
    this.ends = { a, b };
  }

  get lost(): number {
    return this.#streams.a.lost + this.#streams.b.lost;
  }

  take({ time, from: end, flags, sequence, data }: Segment): void {
    const from = nameOf(end) === nameOf(this.ends.a) ? "a" : "b";
    const stream = this.#streams[from];
    this.#time = time;
    let first = sequence;
    if ((flags & tcpFlag.syn) !== 0) {
      stream.synchronize(sequence);
      first = (sequence + 1) >>> 0;
      if ((flags & tcpFlag.ack) === 0) {
        this.opener = from;
        this.events.push({ time, from, event: "opened" });
      }
    }
    for (const bytes of stream.push(first, data)) this.events.push({ time, from, data: bytes });
    if ((flags & tcpFlag.rst) !== 0) this.events.push({ time, from, event: "broken" });
    else if ((flags & tcpFlag.fin) !== 0) this.events.push({ time, from, event: "closed" });
  }

  end(): void {
    for (const from of ["a", "b"] as const)
      for (const data of this.#streams[from].flush()) this.events.push({ time: this.#time, from, data });
  }
}

const connectionsIn = (file: Uint8Array): Connection[] => {
  const found = new Map<string, Connection>();
  for (const packet of packetsIn(file)) {
    const segment = segmentOf(packet);
    if (segment === undefined) continue;
    const names = [nameOf(segment.from), nameOf(segment.to)].sort();
    const key = names.join(" ");
    let connection = found.get(key);
    if (connection === undefined) {
      if (found.size === mostConnections)
        throw new UsageError(
          "pcap",
          `there are more than ${mostConnections} connections: keep those to the bridge only`,
        );
      connection = new Connection(segment.from, segment.to);
      found.set(key, connection);
    }
    connection.take(segment);
  }
  for (const connection of found.values()) connection.end();
  return [...found.values()];
};

/** All connections to one place, as a capture. */
interface Conversation {
  readonly bridge: Endpoint;
  readonly capture: Capture;
  readonly lost: number;
  /** Frames that look like requests and like what a meter answers. */
  readonly score: number;
}

const codes: readonly (number | undefined)[] = [...Object.values(requestCode), 0x58, 0x59, 0x80];
const lastResponseCode = 0x0c;

const scoreOf = (capture: Capture): number => {
  const { streams, pieces } = piecesOf(capture);
  let score = 0;
  for (const { kind, dir, start } of pieces) {
    const first = streams[dir][start + 2];
    if (kind === "frame" && (dir === "tx" ? codes.includes(first) : first !== undefined && first <= lastResponseCode))
      score++;
  }
  return score;
};

const conversation = (connections: readonly Connection[], bridge: Endpoint): Conversation => {
  const name = nameOf(bridge);
  const events = connections
    .flatMap((connection) =>
      connection.events.map((event) => ({ ...event, sender: nameOf(connection.ends[event.from]) })),
    )
    .sort((a, b) => a.time - b.time);
  const began = events[0]?.time ?? 0;
  const entries = events.map(({ time, sender, data, event }): CaptureEntry => {
    const t = time - began;
    if (data === undefined) return { t, event: event ?? "closed" };
    return { t, dir: sender === name ? "rx" : "tx", bytes: data };
  });
  const started = Number.isFinite(began) && Math.abs(began) < 8.64e15 ? new Date(began).toISOString() : "";
  const capture: Capture = { header: { format: "meterport-capture", version: 1, started, link: "tcp" }, entries };
  const lost = connections.reduce((sum, each) => sum + each.lost, 0);
  return { bridge, capture, lost, score: scoreOf(capture) };
};

/** Who may be the bridge: the end that was connected to, or either where the file does not show who connected. */
const bridgesOf = ({ ends, opener }: Connection): readonly Endpoint[] =>
  opener === undefined ? [ends.a, ends.b] : [opener === "a" ? ends.b : ends.a];

/**
 * Finds the connections to a bridge in a pcap or a pcapng file: those to `port`, or where most looks like requests and
 * replies of a meter.
 *
 * @throws UsageError (`pcap`) for a file of another kind, and if there is no such connection
 */
export const bridgeCapture = (file: Uint8Array, port?: number): BridgeCapture => {
  const byBridge = new Map<string, { readonly bridge: Endpoint; readonly connections: Connection[] }>();
  for (const connection of connectionsIn(file))
    for (const bridge of bridgesOf(connection)) {
      if (port !== undefined && bridge.port !== port) continue;
      const known = byBridge.get(nameOf(bridge));
      if (known === undefined) byBridge.set(nameOf(bridge), { bridge, connections: [connection] });
      else known.connections.push(connection);
    }
  const found = [...byBridge.values()]
    .map(({ bridge, connections }) => conversation(connections, bridge))
    .sort((a, b) => b.score - a.score);
  const best = found[0];
  if (best === undefined || (port === undefined && best.score === 0))
    throw new UsageError(
      "pcap",
      port === undefined
        ? "no TCP connection in it looks like that of a meter; if the bridge is in it, name the bridge's port"
        : `no TCP connection in it leads to port ${port}`,
    );
  const others = found.slice(1).filter(({ score }) => score > 0);
  return {
    capture: best.capture,
    bridge: nameOf(best.bridge),
    lost: best.lost,
    others: others.map(({ bridge }) => nameOf(bridge)),
  };
};
