/** One connection to an MQTT broker: what is acknowledged, what may be skipped, and why it ended. */
import { readFile } from "node:fs/promises";
import { UsageError } from "@meterport/protocol/errors";
import type { Clock, Millis, Signal } from "@meterport/protocol/ports";
import type { IClientOptions, MqttClient } from "mqtt";
import type { MqttSettings } from "./mqtt-settings.ts";

/** Stands in for the import of the package; it is optional, since few have a broker. */
export type LoadMqtt = () => Promise<Pick<typeof import("mqtt"), "connect">>;

const load: LoadMqtt = () => import("mqtt");

export interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly retain?: boolean | undefined;
  /** Seconds after which the broker forgets it; only MQTT 5 can do that. */
  readonly expiry?: number | undefined;
}

/** What arrived. */
export interface Arrival {
  readonly topic: string;
  readonly payload: string;
  /** Whether it was there before we asked. */
  readonly retained: boolean;
}

export interface BrokerOptions {
  readonly settings: MqttSettings;
  readonly clientId: string;
  /** What the broker says when we are gone without a word. */
  readonly will: Message;
  readonly clock: Clock;
  /** Takes what arrives on the topics of `listen`. */
  readonly arrived: (arrival: Arrival) => void;
  /** Counts values that were replaced by newer ones before the broker took them. */
  readonly skipped: (count: number) => void;
  readonly loadMqtt?: LoadMqtt | undefined;
}

/** Seconds; a broker that says nothing for one and a half times as long is gone. */
const keepAlive = 20;
const connectTimeout = 15_000;
/** The largest packet from the broker is our own list of meters, of which there may be 50,000. It is told so, and held to it. */
const largestPacket = 8_388_608;
/** Messages on their way at the same time, unless the broker permits fewer. */
const mostInFlight = 512;
/** How long a broker has to take the last word. */
const farewell: Millis = 1_000;
/** Bytes that wait for the socket; beyond it newer values replace older ones. */
const mostUnsent = 262_144;

const secret = (value: MqttSettings["password"]): string | undefined =>
  value === undefined ? undefined : new TextDecoder().decode(value.reveal());

const fileOf = async (path: string | undefined, what: string): Promise<Buffer | undefined> => {
  if (path === undefined) return undefined;
  return await readFile(path).catch((cause: unknown) => {
    throw new UsageError("mqtt", `the file ${path} of outputs.mqtt.${what} cannot be read`, { cause });
  });
};

const optionsOf = async ({ settings, clientId, will }: BrokerOptions): Promise<IClientOptions> => {
  const { version = "5", user } = settings;
  const isFive = version === "5";
  const [ca, cert, key] = await Promise.all([
    fileOf(settings.ca, "ca"),
    fileOf(settings.cert, "cert"),
    fileOf(settings.key, "key"),
  ]);
  const password = secret(settings.password);
  return {
    clientId,
    protocolVersion: isFive ? 5 : 4,
    clean: true,
    keepalive: keepAlive,
    connectTimeout,
    // The gateway tries again by its own rules.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    rejectUnauthorized: true,
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(isFive ? { properties: { sessionExpiryInterval: 0, maximumPacketSize: largestPacket } } : {}),
  };
};

const notInstalled = "the output mqtt needs one more package: npm install mqtt@5.16 where Meterport is installed";

/** Why a broker refuses, by its code: MQTT 3.1.1, table 3.1, and MQTT 5, 3.2.2.2. The other reasons explain themselves. */
const refusals: Readonly<Record<number, string>> = {
  1: "the broker does not speak this version of MQTT: set version of the output to 3.1.1",
  4: "the broker refuses user and password: check outputs.mqtt.user and password",
  5: "the broker does not authorise this client: check outputs.mqtt.user and password",
  132: "the broker does not speak MQTT 5: set version of the output to 3.1.1",
  134: "the broker refuses user and password: check outputs.mqtt.user and password",
  135: "the broker does not authorise this client: check outputs.mqtt.user and password",
};

const codeOf = (error: unknown): number | string | undefined =>
  error instanceof Error && "code" in error && (typeof error.code === "number" || typeof error.code === "string")
    ? error.code
    : undefined;

const systemReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "its name is unknown",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no way to it",
  ETIMEDOUT: "it does not answer",
  ECONNRESET: "it broke off the connection",
};

/** One sentence that names the broker. */
export const whyNot = (error: unknown, url: string): string => {
  const code = codeOf(error);
  const known = typeof code === "number" ? refusals[code] : undefined;
  if (known !== undefined) return known;
  const system = typeof code === "string" ? systemReasons[code] : undefined;
  return `the broker ${url} cannot be reached: ${system ?? (error instanceof Error ? error.message : String(error))}`;
};

const ends: Readonly<Record<number, string>> = {
  142: "another client with the same client ID took its place at the broker: give each gateway its own prefix",
  139: "the broker is shutting down",
  149: "the broker refuses packets of this size",
  151: "the broker says that a quota is exceeded",
};

/** @throws Error with one sentence; UsageError if the package or a file is missing */
export const connectBroker = async (options: BrokerOptions, signal: Signal): Promise<Broker> => {
  const { settings, loadMqtt = load } = options;
  const { connect } = await loadMqtt().catch((cause: unknown) => {
    throw new UsageError("mqtt-missing", notInstalled, { cause });
  });
  const client = connect(settings.url, await optionsOf(options));
  const broker = new Broker(client, options);
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown): void => reject(new Error(whyNot(error, settings.url)));
    client.once("connect", () => resolve());
    client.once("error", fail);
    client.once("close", () => fail(new Error("it closes the connection, or does not answer as a broker")));
    signal.addEventListener("abort", () => fail(new Error("given up before it was there")), { once: true });
    if (signal.aborted) fail(new Error("given up before it was there"));
  }).catch(async (error: unknown) => {
    await broker.drop();
    throw error;
  });
  return broker;
};

/** Called when the broker has a message, or with an error if it refuses or is gone. */
export type Settle = (error?: Error) => void;

interface Publication {
  readonly message: Message;
  readonly settle: Settle;
  /** Called when it is on its way. */
  readonly leaves?: (() => void) | undefined;
}

/** The second of two small messages would wait until the broker's TCP has acknowledged the first, which takes 40 ms. */
const withoutDelay = ({ stream }: MqttClient): void => {
  if ("setNoDelay" in stream && typeof stream.setNoDelay === "function") stream.setNoDelay(true);
};

const gone = (): Error => new Error("the broker is gone");

export class Broker {
  readonly #client: MqttClient;
  readonly #options: BrokerOptions;
  readonly #isFive: boolean;
  /** The newest value of each topic that waits for the socket. */
  readonly #waiting = new Map<string, Message>();
  #inFlight = 0;
  #most = mostInFlight;
  /** What waits until the broker has acknowledged something. */
  readonly #queue: Publication[] = [];
  #closing = false;
  readonly #began: number;
  /** Settles when the connection is gone. */
  readonly ended: Promise<void>;

  constructor(client: MqttClient, options: BrokerOptions) {
    this.#client = client;
    this.#options = options;
    this.#isFive = (options.settings.version ?? "5") === "5";
    this.#began = options.clock.now();
    client.on("connect", ({ properties }) => {
      this.#most = Math.min(mostInFlight, properties?.receiveMaximum ?? mostInFlight);
    });
    client.on("message", (topic, payload, { retain }) => {
      options.arrived({ topic, payload: payload.toString("utf8"), retained: retain });
    });
    this.#boundPackets();
    withoutDelay(client);
    this.ended = new Promise((resolve, reject) => {
      let reason: string | undefined;
      client.on("error", (error) => {
        reason ??= `the connection to the broker broke: ${error.message}`;
      });
      client.on("disconnect", ({ reasonCode = 0 }) => {
        reason ??= ends[reasonCode] ?? `the broker ended the connection with reason ${reasonCode}`;
      });
      client.on("close", () => {
        if (this.#closing) resolve();
        else reject(new Error(reason ?? this.#closedText()));
        this.#giveUp();
      });
    });
    // Anyone who waits for it learns of it; until then it is not an unhandled one.
    this.ended.catch(() => {});
  }

  get isOpen(): boolean {
    return this.#client.connected && !this.#closing;
  }

  /** Publishes, and resolves when the broker has it. @throws Error if it refuses or is gone */
  publish(message: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      this.send(message, (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }

  /**
   * Publishes in the order of the calls. One that waits for its turn is never overtaken: a subscriber would see changes out of order.
   *
   * @param leaves called when it is on its way
   */
  send(message: Message, settle: Settle, leaves?: () => void): void {
    if (this.isOpen) this.#takeTurn({ message, settle, leaves });
    else settle(gone());
  }

  #takeTurn(publication: Publication): void {
    this.#queue.push(publication);
    this.#nextTurn();
  }

  #nextTurn(): void {
    while (this.#inFlight < this.#most && this.#client.connected) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#put(next);
    }
  }

  #put({ message, settle, leaves }: Publication): void {
    const { topic, payload, retain = false, expiry } = message;
    this.#inFlight++;
    this.#client.publish(topic, payload, { qos: 1, retain, ...this.#expiring(expiry) }, (error) => {
      this.#inFlight--;
      // Before anyone who waited for this one can ask for the turn.
      this.#nextTurn();
      if (error) settle(new Error(`the broker refuses a message on ${topic}: ${error.message}`, { cause: error }));
      else settle();
    });
    leaves?.();
  }

  #giveUp(): void {
    for (const { settle } of this.#queue.splice(0)) settle(gone());
  }

  /** Publishes without waiting. While the broker is slow only the newest value of each topic waits. */
  offer(message: Message): void {
    if (!this.isOpen) return;
    if (this.#waiting.size === 0 && !this.#isSlow()) {
      this.#send(message);
      return;
    }
    if (this.#waiting.has(message.topic)) this.#options.skipped(1);
    else if (this.#waiting.size === 0) this.#client.stream.once("drain", this.#flush);
    this.#waiting.set(message.topic, message);
  }

  /** @throws Error if the broker refuses */
  async listen(topics: readonly string[]): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#client.subscribe([...topics], { qos: 1 }, (error, granted) => {
        const denied = granted?.find(({ qos }) => qos > 2)?.topic;
        if (error === null && denied === undefined) resolve();
        else reject(new Error(`the broker refuses the subscription to ${denied ?? topics.join(", ")}`));
      });
    });
  }

  /**
   * Says a last word and goodbye; the will is not published. What still waits is given up first: the next connection says it again, and must
   * not be interrupted by this one. A broker that does not take the last word within a second is left without goodbye.
   */
  async close(last?: Message): Promise<void> {
    if (!this.isOpen) return await this.drop();
    this.#closing = true;
    this.#giveUp();
    await new Promise<void>((resolve) => {
      const { clock } = this.#options;
      const cancel = clock.at(clock.now() + farewell, () => {
        this.#giveUp();
        this.#client.stream.destroy();
        this.#client.end(true, () => resolve());
      });
      const left = (): void => {
        cancel();
        resolve();
      };
      const goodbye = (): void => void this.#client.end(false, () => left());
      this.#client.once("close", left);
      if (last === undefined) goodbye();
      else this.#takeTurn({ message: last, settle: () => {}, leaves: goodbye });
    });
  }

  /** Ends it without a word. */
  async drop(): Promise<void> {
    this.#closing = true;
    this.#giveUp();
    await new Promise<void>((resolve) => {
      this.#client.end(true, () => resolve());
    });
  }

  #isSlow(): boolean {
    return this.#client.stream.writableLength > mostUnsent;
  }

  readonly #flush = (): void => {
    for (const [topic, message] of this.#waiting) {
      if (!this.isOpen) break;
      if (this.#isSlow()) {
        this.#client.stream.once("drain", this.#flush);
        return;
      }
      this.#waiting.delete(topic);
      this.#send(message);
    }
  };

  #send({ topic, payload, retain = false, expiry }: Message): void {
    this.#client.publish(topic, payload, { qos: 0, retain, ...this.#expiring(expiry) });
  }

  #expiring(expiry: number | undefined): { readonly properties?: { readonly messageExpiryInterval: number } } {
    return this.#isFive && expiry !== undefined ? { properties: { messageExpiryInterval: expiry } } : {};
  }

  /** A broker may announce a packet of 256 MB, which would be buffered first. */
  #boundPackets(): void {
    let unfinished = 0;
    this.#client.on("packetreceive", () => {
      unfinished = 0;
    });
    this.#client.stream.on("data", (piece: Uint8Array) => {
      unfinished += piece.length;
      if (unfinished > 2 * largestPacket) this.#client.stream.destroy(new Error("it sends packets that are too large"));
    });
  }

  #closedText(): string {
    const { clock, clientId } = this.#options;
    const soon = clock.now() - this.#began < 10_000;
    const twin = soon ? `; if that goes on, another client uses the client ID ${clientId}` : "";
    return `the broker ended the connection${twin}`;
  }
}
