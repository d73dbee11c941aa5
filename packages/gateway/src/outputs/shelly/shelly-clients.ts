/** The clients of a Shelly by WebSocket: they ask, and are told of each new value. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { acceptWebSocket, type WebSocketPeer } from "../listening/web-socket.ts";
import { decimalJson } from "./decimal-json.ts";
import type { ShellyDevice } from "./shelly-device.ts";
import type { ShellyDigest } from "./shelly-digest.ts";
import { answerFrame } from "./shelly-rpc.ts";

interface Client {
  readonly peer: WebSocketPeer;
  /** The name under which it asks; it is told nothing before it has asked once, with the password if there is one. */
  name: string | null;
}

export class ShellyClients {
  readonly #device: ShellyDevice;
  readonly #digest: ShellyDigest | undefined;
  readonly #sent: (count: number) => void;
  readonly #clients = new Set<Client>();

  constructor(device: ShellyDevice, digest: ShellyDigest | undefined, sent: (count: number) => void) {
    this.#device = device;
    this.#digest = digest;
    this.#sent = sent;
  }

  readonly take = (request: IncomingMessage, socket: Duplex, head: Uint8Array): boolean => {
    if (request.url !== "/rpc") return false;
    acceptWebSocket(request, socket, head, (peer) => {
      const client: Client = { peer, name: null };
      this.#clients.add(client);
      return { text: (text) => this.#asked(client, text), closed: () => void this.#clients.delete(client) };
    });
    return true;
  };

  /** There is a new value, or none that can be shown: then the connections end. */
  tell(): void {
    if (this.#clients.size === 0) return;
    const notice = this.#device.notice();
    if (notice === undefined) {
      this.close();
      return;
    }
    for (const { peer, name } of this.#clients) {
      if (name === null) continue;
      const text = decimalJson({ src: this.#device.id, dst: name, method: "NotifyStatus", params: notice });
      if (peer.send(text)) this.#sent(1);
    }
  }

  /** Whether a client is connected. */
  get size(): number {
    return this.#clients.size;
  }

  close(): void {
    for (const { peer } of this.#clients) peer.close();
  }

  #asked(client: Client, text: string): void {
    const answer = answerFrame(this.#device, text, this.#digest);
    if (answer === "unread") return;
    if (answer === "silence") {
      client.peer.close();
      return;
    }
    if (answer.allowed) client.name ??= answer.from;
    if (client.peer.send(answer.text) && answer.values) this.#sent(1);
  }
}
