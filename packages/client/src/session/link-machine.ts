/** What a session drives: the machine of the MEP port, or that of the optical port. */
import type { LinkInput, LinkOutput } from "@meterport/protocol/mep/link/exchange";
import type { LinkTiming } from "@meterport/protocol/mep/link/timing";
import type { Millis, Transport } from "@meterport/protocol/ports";

/** Takes requests and bytes, and says what to do. Requests and responses are those of the MEP port. */
export interface LinkMachine {
  /** Which of the meter's ports it talks to. */
  readonly kind: "mep" | "optical";
  readonly handle: (input: LinkInput, now: Millis) => LinkOutput[];
  readonly wakeAt: () => Millis | undefined;
  /** Requests that are waiting or in progress. */
  readonly load: number;
  /** Most data bytes that one read may ask for. */
  readonly readLimit: number;
  /** Most data bytes of one partial write. */
  readonly writeLimit: number;
  /** Whether the meter's next answer shows a change of its dimensions; else they must be checked by a read. */
  readonly tellsChanges: boolean;
  /** Ends the session with the meter in order. */
  readonly leave: (now: Millis) => LinkOutput[];
  /** Whether that is still in progress. */
  readonly busy: boolean;
}

/** Makes a machine; the timing includes what the transport is known to add, and the transport's speed may be changed. */
export type MakeMachine = (timing: Partial<LinkTiming>, transport: Pick<Transport, "speed">) => LinkMachine;
