/** The clients of the device by WebSocket: they show their token, and are told what they subscribed to. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { objectIn } from "../listening/json-object.ts";
import { acceptWebSocket, type WebSocketPeer } from "../listening/web-socket.ts";
import { apiVersion, type Topic, topics, type V2Device } from "./v2-device.ts";

/** So long a client may take to show its token. */
const authorizationTime: Millis = 40_000;

interface Client {
  readonly peer: WebSocketPeer;
  /** Of its user; undefined until it has shown a token. */
  name: string | undefined;
  readonly subscribed: Set<Topic>;
  readonly cancel: () => void;
}

const isTopic = (text: unknown): text is Topic => topics.some((topic) => topic === text);

const topicsOf = (data: unknown): readonly Topic[] | undefined =>
  data === "*" ? topics : isTopic(data) ? [data] : undefined;

export class V2Clients {
  readonly #device: V2Device;
  readonly #clock: Clock;
  readonly #sent: (count: number) => void;
  readonly #clients = new Set<Client>();

  constructor(device: V2Device, clock: Clock, sent: (count: number) => void) {
    this.#device = device;
    this.#clock = clock;
    this.#sent = sent;
  }

  readonly take = (request: IncomingMessage, socket: Duplex, head: Uint8Array): boolean => {
    if (request.url !== "/api/ws") return false;
    acceptWebSocket(request, socket, head, (peer) => {
      const client: Client = {
        ...{ peer, name: undefined, subscribed: new Set() },
        cancel: this.#clock.at(this.#clock.now() + authorizationTime, () => {
          if (client.name === undefined) peer.close();
        }),
      };
      this.#clients.add(client);
      peer.send(JSON.stringify({ type: "authorization_requested", data: { api_version: apiVersion } }));
      return {
        text: (text) => this.#asked(client, text),
        closed: () => {
          client.cancel();
          this.#clients.delete(client);
        },
      };
    });
    return true;
  };

  /** Tells who wants to know of it. Where there is nothing new to say, the connections end: a client must not go on with what is old. */
  tell(topic: Topic): void {
    for (const client of this.#clients) if (client.subscribed.has(topic)) this.#say(client, topic);
  }

  /** Connections of users who have gone end. */
  usersChanged(): void {
    const names = new Set(this.#device.users.names);
    for (const { name, peer } of this.#clients) if (name !== undefined && !names.has(name)) peer.close();
    this.tell("user");
  }

  /** Ends the connections that wait for values. */
  closeWaiting(): void {
    for (const { subscribed, peer } of this.#clients) if (subscribed.has("measurement")) peer.close();
  }

  close(): void {
    for (const { peer } of this.#clients) peer.close();
  }

  #say(client: Client, topic: Topic): void {
    const data = this.#device.say(topic, client.name ?? "");
    if (data === undefined) client.peer.close();
    else if (client.peer.send(JSON.stringify({ type: topic, data })) && topic === "measurement") this.#sent(1);
  }

  #asked(client: Client, text: string): void {
    const refuse = (message: string): void =>
      void client.peer.send(JSON.stringify({ type: "error", data: { message } }));
    const object = objectIn(text);
    if (object === undefined) {
      refuse("request:invalid-json");
      return;
    }
    const { type, data } = object;
    if (client.name === undefined) {
      client.name = type === "authorization" && typeof data === "string" ? this.#device.users.nameOf(data) : undefined;
      if (client.name !== undefined) client.peer.send(JSON.stringify({ type: "authorized" }));
      else {
        refuse("user:unauthorized");
        client.peer.close();
      }
    } else if (type === "subscribe" || type === "unsubscribe") {
      const which = topicsOf(data);
      if (which === undefined) refuse("request:unknown-subscription");
      for (const topic of which ?? []) {
        client.subscribed[type === "subscribe" ? "add" : "delete"](topic);
        if (type === "subscribe") this.#say(client, topic);
      }
    } else if (isTopic(type)) {
      if (data === undefined) this.#say(client, type);
      else refuse("request:read-only");
    } else if (type !== "identify" && type !== "authorization") refuse("request:unknown-type");
  }
}
