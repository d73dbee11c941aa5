/** For tests: a MEP client made of raw requests at the offsets that the guide prints, without the client package. */
import { toHex } from "@meterport/protocol/bytes";
import { encodePost, type PostForms, type PostMessage } from "@meterport/protocol/procedures/post-messages";
import { virtualForms } from "../head-end/virtual-forms.ts";
import type { VirtualMeter } from "../meter/virtual-meter.ts";
import { Conversation, type ConversationOptions } from "./conversation.ts";

/** Sizes that a meter of firmware 3.70 or 4 has in ET11 (MEP guide 1.1, pp. 84-86). */
export const et11 = {
  configEntry: 66,
  statusEntry: 36,
  queue: 5,
  queueEntry: 6,
  dataEntry: 517,
  writeEntry: 25,
  sources: 6,
};
export const table = {
  BT07: 7,
  BT08: 8,
  ET13: 0x080d,
  ET14: 0x080e,
  ET15: 0x080f,
  ET16: 0x0810,
  ET45: 0x082d,
  ET50: 0x0832,
  ET51: 0x0833,
  ET58: 0x083a,
  ET59: 0x083b,
  ET71: 0x0847,
  ET85: 0x0855,
} as const;

export interface QueueEntry {
  readonly transaction: number;
  readonly handle: number;
  readonly type: number;
  readonly result: number;
  readonly data: string;
}

/** An identification string: manufacturer with the highest bit set, class, no program id, four bytes of unique id. */
export const identification = (unique: number): Uint8Array => {
  const id = new Uint8Array(30);
  id.set([0x80, 0x12, 0x34, 1, 0, 4]);
  new DataView(id.buffer).setUint32(6, unique);
  return id;
};

export class MepClient {
  readonly line: Conversation;
  readonly slot: number;
  readonly #port: 1 | 2;
  readonly #forms: PostForms;
  #psn = 5;

  constructor(meter: VirtualMeter, options: ConversationOptions & { readonly forms?: PostForms } = {}) {
    this.#port = options.port ?? 1;
    this.slot = 3 + this.#port;
    this.#forms = options.forms ?? virtualForms;
    this.line = new Conversation(meter, options);
  }

  get #et50(): number {
    return (this.#port - 1) * (35 + 6 * et11.sources);
  }

  /** Registers with an identification and flags: 1 registered, 2 ET59, 4 M-Bus alerts, 8 delta alerts. */
  register(unique = 1, flags = 0x03): number {
    this.line.writeAt(table.ET50, this.#et50, identification(unique));
    this.line.writeAt(table.ET50, this.#et50 + 30, [flags]);
    return this.handle;
  }

  /** Its entry in ET14, which begins at 6. */
  get status(): Uint8Array {
    return this.line.readAt(table.ET14, 6 + this.slot * et11.statusEntry, et11.statusEntry);
  }

  get handle(): number {
    const [low = 0, high = 0] = this.status;
    return low + 256 * high;
  }

  /** The alert flags at byte 8 of its entry in ET13. */
  get flags(): number {
    return this.line.readAt(table.ET13, this.slot * et11.configEntry + 8, 1)[0] ?? -1;
  }

  /** Pointers and entries of ET15: what is written to the device stands behind the entries. */
  get queue(): { readonly write: number; readonly read: number; readonly entries: readonly QueueEntry[] } {
    const bytes = this.line.readAt(table.ET15, 0, 1 + et11.queue * (et11.queueEntry + et11.writeEntry));
    const u16 = (at: number): number => (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
    const entries = Array.from({ length: et11.queue }, (_, i) => {
      const at = 1 + i * et11.queueEntry;
      const message = 1 + et11.queue * et11.queueEntry + i * et11.writeEntry;
      const data = toHex(bytes.slice(message + 1, message + 1 + (bytes[message] ?? 0)));
      return {
        transaction: u16(at),
        handle: u16(at + 2),
        type: bytes[at + 4] ?? -1,
        result: bytes[at + 5] ?? -1,
        data,
      };
    });
    return { write: (bytes[0] ?? 0) & 15, read: (bytes[0] ?? 0) >> 4, entries };
  }

  get oldest(): QueueEntry | undefined {
    const { read, entries } = this.queue;
    return entries[read];
  }

  /** The multicast area behind all of that: its bytes that count. */
  get multicast(): Uint8Array {
    const at = 1 + et11.queue * (et11.queueEntry + et11.writeEntry);
    const [length = 0] = this.line.readAt(table.ET15, at, 1);
    return this.line.readAt(table.ET15, at + 1, length);
  }

  /** Calls EP39 and gives its result. */
  post(message: PostMessage): number {
    const parameters = encodePost(this.#forms, message) ?? new Uint8Array(0);
    return this.call(0x0827, parameters);
  }

  /** Posts an answer to the oldest request. */
  answer(data: readonly number[], success = true): number {
    const { transaction = 0, handle = 0 } = this.oldest ?? {};
    return this.post({ kind: "on-demand", transaction, handle, success, data: Uint8Array.from(data) });
  }

  /** Calls a procedure with a full write of BT07 and gives its result. */
  call(procedure: number, parameters: Uint8Array): number {
    this.#psn = this.#psn === 9 ? 5 : this.#psn + 1;
    const data = Uint8Array.of(procedure & 0xff, procedure >> 8, this.#psn, ...parameters);
    const answer = this.line.ask({ kind: "write", table: table.BT07, data });
    if (answer.kind !== "done") throw new Error(`the meter refused the call: ${JSON.stringify(answer)}`);
    const response = this.line.read(this.#responseTable(), 4);
    if (response[2] !== this.#psn) throw new Error("the response is that of another call");
    return response[3] ?? -1;
  }

  /** Client 1 finds responses where its flags in ET50 say. */
  #responseTable(): number {
    if (this.#port === 2) return table.ET85;
    const [flags = 0] = this.line.readAt(table.ET50, this.#et50 + 30, 1);
    return (flags & 0x02) !== 0 ? table.ET59 : table.BT08;
  }
}
