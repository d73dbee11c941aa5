/** One meter line with several clients on it, as behind a serial server: each hears everything that the meter says. */
import type { Transport } from "@meterport/protocol/ports";
import { ChunkQueue } from "@meterport/simulator/line/chunk-queue";

/** The most chunks that wait for the meter; beyond that, what clients send is lost, as on a line. */
const mostWaiting = 1024;

/**
 * A transport whose other end is all clients that have joined. Clients that ask at the same time disturb each other as they would
 * on a wire: replies to others fail their digest, and 0x0C brings the sequence number back.
 */
export class SharedLine implements Transport {
  readonly name: string;
  readonly #heard = new ChunkQueue();
  readonly #clients = new Set<Transport>();

  constructor(name: string) {
    this.name = name;
  }

  get chunks(): AsyncIterable<Uint8Array> {
    return this.#heard;
  }

  /** Adds a client; resolves when it has gone. */
  join(client: Transport): Promise<void> {
    this.#clients.add(client);
    return this.#listenTo(client);
  }

  /** Does not wait: a client that does not read is cut off by its own transport and holds up no other. */
  async write(bytes: Uint8Array): Promise<void> {
    for (const client of this.#clients) void client.write(bytes).catch(() => this.#drop(client));
  }

  async close(): Promise<void> {
    this.#heard.close();
    await Promise.all([...this.#clients].map((client) => this.#drop(client)));
  }

  async #listenTo(client: Transport): Promise<void> {
    try {
      for await (const chunk of client.chunks) if (this.#heard.length < mostWaiting) this.#heard.push(chunk);
    } catch {
      // A broken client counts as gone.
    }
    await this.#drop(client);
  }

  async #drop(client: Transport): Promise<void> {
    if (!this.#clients.delete(client)) return;
    try {
      await client.close();
    } catch {
      // Already gone.
    }
  }
}
