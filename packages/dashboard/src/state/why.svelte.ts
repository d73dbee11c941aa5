import { createContext } from "svelte";

/** A line of how a number is made: its own origin can be asked too, or there is a place to look at it. */
export interface WhyPart {
  readonly name: string;
  readonly text: string;
  readonly ask?: WhyRequest;
  readonly href?: string;
}

/** A number that was made of others: the view that shows it knows how. */
export interface MadeRequest {
  readonly point: string;
  readonly value: "made";
  readonly label: string;
  /** How it is made, in a sentence. */
  readonly rule: string;
  readonly parts: readonly WhyPart[];
}

/** A stored state of a register. */
export interface RegisterRequest {
  readonly point: string;
  readonly value: "register";
  readonly register: string;
  /** 0 is the sum of all. */
  readonly tier: number;
  /** Milliseconds since 1970: when the register had this state. */
  readonly time: number;
  readonly label: string;
}

/** A value of which the reader wants to know where it comes from. */
export type WhyRequest =
  | MadeRequest
  | { readonly point: string; readonly value: "live"; readonly key: string; readonly label: string }
  | RegisterRequest
  | {
      readonly point: string;
      readonly value: "interval";
      readonly channel: string;
      /** ISO 8601 UTC: when the interval ended. */
      readonly end: string;
      readonly label: string;
    };

/** The question that is open, if any; the dialog answers it. */
export class Why {
  asked: WhyRequest | null = $state.raw(null);

  ask(request: WhyRequest): void {
    this.asked = request;
  }

  close(): void {
    this.asked = null;
  }
}

export const [getWhy, setWhy] = createContext<Why>();
