/** What a session drives: the machine of the MEP port, or that of the optical port. */
import type { LinkInput, LinkOutput } from "@meterport/protocol/mep/link/exchange";
import type { LinkTiming } from "@meterport/protocol/mep/link/timing";
import type { Millis, Transport } from "@meterport/protocol/ports";

/** Takes requests and bytes, and says what is to be done. Requests and responses are those of the MEP port. */
export interface LinkMachine {
  /** Which of the meter's ports it speaks to. */
  readonly kind: "mep" | "optical";
  readonly handle: (input: LinkInput, now: Millis) => LinkOutput[];
  readonly wakeAt: () => Millis | undefined;
  /** Requests that wait or are on their way. */
  readonly load: number;
  /** Most data bytes that one read may ask for. */
  readonly readLimit: number;
  /** Most data bytes of one partial write. */
  readonly writeLimit: number;
  /** Whether the meter's next answer shows that its dimensions changed; else they have to be asked for. */
  readonly tellsChanges: boolean;
  /** Ends in order what stands with the meter. */
  readonly leave: (now: Millis) => LinkOutput[];
  /** Whether that takes longer. */
  readonly busy: boolean;
}

/** Makes a machine; the timing is what the transport is known to add, and its speed may be changed. */
export type MakeMachine = (timing: Partial<LinkTiming>, transport: Pick<Transport, "speed">) => LinkMachine;
