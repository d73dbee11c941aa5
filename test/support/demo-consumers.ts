/** Those who read the faces of `--demo all`, each with the first question that a real one asks. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { crc16 } from "../../packages/gateway/src/outputs/lines/crc16.ts";
import { ctFrame } from "../../packages/gateway/src/outputs/marstek-ct/ct-frames.ts";
import { readP1 } from "../../packages/gateway/src/outputs/p1/read-p1.test-kit.ts";

/** Asks a face at an address of this machine for the power of the house, W. */
export interface Consumer {
  readonly name: string;
  /** The power, or in words how the face says that it has none. */
  readonly ask: (host: string) => Promise<number | string>;
  /** What it hears while the meter's cable is out. */
  readonly stale: string;
}

const patience = 3_000;

const readHttp = (host: string, port: number, path: string, body?: object): Promise<string | undefined> =>
  new Promise((resolve) => {
    const asked = request({ host, port, path, method: body === undefined ? "GET" : "POST", agent: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => resolve(`${answer.statusCode === 200 ? "" : `${answer.statusCode} `}${text}`));
    });
    asked.setTimeout(patience, () => asked.destroy());
    asked.on("error", () => resolve(undefined));
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });

/** Prometheus still gets an answer while values are old, but no sample of them. */
const prometheus: Consumer = {
  name: "prometheus",
  stale: "an answer without power, and meter_up 0",
  ask: async (host) => {
    const text = await readHttp(host, 8095, "/metrics");
    if (text === undefined) return "no answer";
    const [, power] = /^meterport_active_power_watts\{[^}]*phase="total"[^}]*\} (\S+)$/m.exec(text) ?? [];
    if (power !== undefined) return Number(power);
    const [, up = "unknown"] = /^meterport_meter_up\{[^}]*\} (\S+)$/m.exec(text) ?? [];
    return `an answer without power, and meter_up ${up}`;
  },
};

/** A face over HTTP ends the connection without an answer while its values are old. */
const overHttp = (
  name: string,
  port: number,
  path: string,
  power: (answer: never) => number,
  body?: object,
): Consumer => ({
  name,
  stale: "no answer",
  ask: async (host) => {
    const text = await readHttp(host, port, path, body);
    return understood(text, (json) => power(JSON.parse(json) as never));
  },
});

const answerTo = async (host: string, port: number, question: Uint8Array | string): Promise<string | undefined> => {
  const socket = createSocket("udp4");
  try {
    socket.send(question, port, host);
    const [bytes] = (await once(socket, "message", { signal: AbortSignal.timeout(patience) })) as [Buffer];
    return bytes.toString("latin1");
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
};

const overUdp = (
  name: string,
  port: number,
  question: Uint8Array | string,
  power: (text: string) => number,
): Consumer => ({
  name,
  stale: "no answer",
  ask: async (host) => {
    const text = await answerTo(host, port, question);
    return understood(text, power);
  },
});

/** The bytes that come within the patience of a client, as soon as `enough` has them all, and whether the port hung up. */
const overTcp = async (host: string, port: number, question: Uint8Array, enough: (text: string) => boolean) => {
  const socket = connect({ host, port });
  let [text, hungUp] = ["", false];
  socket.on("error", () => {});
  socket.write(question);
  await new Promise<void>((resolve) => {
    const late = setTimeout(resolve, patience);
    const end = (): void => {
      clearTimeout(late);
      resolve();
    };
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (enough(text)) end();
    });
    socket.on("close", () => {
      hungUp = true;
      end();
    });
  });
  socket.destroy();
  return { text, hungUp };
};

/** A whole telegram is behind the first one, of which a client may have missed the beginning. */
const p1: Consumer = {
  name: "p1",
  stale: "an open connection without telegrams",
  ask: async (host) => {
    const { text, hungUp } = await overTcp(host, 2001, new Uint8Array(), (all) => /\/[^!]*![0-9A-F]{4}\r\n/.test(all));
    const [telegram] = /\/[^!]*![0-9A-F]{4}\r\n/.exec(text) ?? [];
    if (telegram !== undefined) return readP1(telegram).power();
    return hungUp ? "a closed connection" : "an open connection without telegrams";
  },
};

/** What evcc reads with its template `dsmr-ws`. */
const p1ByWebSocket: Consumer = {
  name: "p1 by WebSocket",
  stale: "an open WebSocket without telegrams",
  ask: async (host) => {
    const client = new WebSocket(`ws://${host}:8096/ws`);
    try {
      const signal = AbortSignal.timeout(patience);
      const [data] = (await once(client, "message", { signal })) as [Buffer];
      return understood(data.toString("latin1"), (text) => readP1(text).power());
    } catch {
      return client.readyState === WebSocket.OPEN ? "an open WebSocket without telegrams" : "no WebSocket";
    } finally {
      client.on("error", () => {});
      client.terminate();
    }
  },
};

interface ModbusQuestion {
  readonly unit: number;
  readonly register: number;
  readonly count: number;
  readonly power: (data: DataView) => number;
}

const readRequest = ({ unit, register, count }: ModbusQuestion): Uint8Array =>
  Uint8Array.of(unit, 3, register >> 8, register & 0xff, 0, count);

/** An answer that cannot be understood is told, not thrown: the test names who got it. */
const understood = (text: string | undefined, power: (text: string) => number): number | string => {
  if (text === undefined) return "no answer";
  try {
    return power(text);
  } catch {
    return `an answer that is not understood: ${text.slice(0, 200)}`;
  }
};

const modbusPower = (pdu: string, { power }: ModbusQuestion): number | string => {
  const bytes = Uint8Array.from(Buffer.from(pdu, "latin1"));
  if (bytes.length < 2) return "no answer";
  if (bytes[0] === 0x83) return `exception ${bytes[1]}`;
  return power(new DataView(bytes.buffer, 2));
};

const overModbus = (name: string, question: ModbusQuestion): Consumer => ({
  name: `modbus ${name}`,
  stale: "exception 11",
  ask: async (host) => {
    const frame = Uint8Array.of(0, 7, 0, 0, 0, 6, ...readRequest(question));
    const { text } = await overTcp(host, 5502, frame, (all) => all.length >= 6 && all.length >= 6 + all.charCodeAt(5));
    return modbusPower(text.slice(7), question);
  },
});

const float = (data: DataView): number => data.getFloat32(0);
const sdm630: ModbusQuestion = { unit: 4, register: 0x34, count: 2, power: float };

/** What speaks RTU knows a failed device, but no gateway in between. */
const modbusRtu: Consumer = {
  name: "modbus RTU over TCP",
  stale: "exception 4",
  ask: async (host) => {
    const words = readRequest(sdm630);
    const crc = crc16(words, 0xffff);
    const { text } = await overTcp(host, 5503, Uint8Array.of(...words, crc & 0xff, crc >> 8), (all) =>
      all.charCodeAt(1) === 0x83 ? all.length >= 5 : all.length >= 9,
    );
    return modbusPower(text.slice(1, -2), sdm630);
  },
};

/** Only those of the demo: another meter may send to the same group. */
const sma: Consumer = {
  name: "sma_meter",
  stale: "no datagram",
  ask: async (host) => {
    const socket = createSocket({ type: "udp4", reuseAddr: true });
    try {
      await new Promise<void>((resolve) => socket.bind(9522, () => resolve()));
      socket.addMembership("239.12.255.254", host);
      const datagram = new Promise<Buffer>((resolve) => {
        socket.on("message", (bytes, { address }) => {
          if (address === host) resolve(bytes);
        });
      });
      const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), patience));
      const bytes = await Promise.race([datagram, late]);
      if (bytes === undefined) return "no datagram";
      return smaPower(bytes);
    } finally {
      socket.close();
    }
  },
};

const smaValue = (bytes: Buffer, channel: number): number => {
  const at = bytes.indexOf(Uint8Array.of(0, channel, 4, 0), 28);
  return at === -1 ? Number.NaN : bytes.readUInt32BE(at + 4);
};

/** Import and export of now are the values 1.4.0 and 2.4.0, in 0.1 W. */
export const smaPower = (bytes: Buffer): number => (smaValue(bytes, 1) - smaValue(bytes, 2)) / 10;

const shellyRequest = { id: 1, src: "evcc", method: "EM.GetStatus", params: { id: 0 } };

export const consumers: readonly Consumer[] = [
  prometheus,
  sma,
  p1,
  p1ByWebSocket,
  overModbus("sunspec_213", { unit: 1, register: 40_098, count: 2, power: float }),
  overModbus("sunspec_203", {
    ...{ unit: 2, register: 40_088, count: 5 },
    power: (data) => data.getInt16(0) * 10 ** data.getInt16(8),
  }),
  overModbus("fronius", { unit: 3, register: 40_097, count: 2, power: float }),
  overModbus("sdm630", sdm630),
  overModbus("dtsu666", { unit: 5, register: 0x2012, count: 2, power: (data) => data.getFloat32(0) / 10 }),
  overModbus("abb_b23", { unit: 6, register: 0x5b14, count: 2, power: (data) => data.getInt32(0) / 100 }),
  modbusRtu,
  overHttp("homewizard", 8090, "/api/v1/data", ({ active_power_w }: { active_power_w: number }) => active_power_w),
  overHttp(
    "shelly",
    8091,
    "/rpc/EM.GetStatus?id=0",
    ({ total_act_power }: { total_act_power: number }) => total_act_power,
  ),
  overHttp(
    ...(["shelly by POST, as evcc asks", 8091, "/rpc/EM.GetStatus"] as const),
    ({ total_act_power }: { total_act_power: number }) => total_act_power,
    { id: 0, src: "evcc", method: "EM.GetStatus" },
  ),
  overUdp("shelly by UDP", 2220, JSON.stringify(shellyRequest), (text) => JSON.parse(text).result.total_act_power),
  overHttp("ecotracker", 8092, "/v1/json", ({ power }: { power: number }) => power),
  overHttp(
    ...(["tasmota", 8093, "/cm?cmnd=Status%2010"] as const),
    ({ StatusSNS }: { StatusSNS: { SML: { Power_curr: number } } }) => StatusSNS.SML.Power_curr,
  ),
  overHttp(
    ...(["vzlogger", 8081, "/"] as const),
    ({ data }: { data: readonly { name: string; tuples: readonly (readonly [number, number])[] }[] }) =>
      data.find(({ name }) => name === "power_w")?.tuples[0]?.[1] ?? Number.NaN,
  ),
  overHttp(
    ...(["dabbler", 8094, "/getDashDataWS"] as const),
    ({ Fwd_W, Rev_W }: { Fwd_W: number; Rev_W: number }) => Fwd_W - Rev_W,
  ),
  overUdp(
    ...(["marstek_ct", 12_345] as const),
    ctFrame(["HMG-50", "AABBCCDDEEFF", "HME-4", "112233445566", "A", 0]),
    (text) => Number(text.split("|")[5]),
  ),
];
