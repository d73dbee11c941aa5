import { createContext } from "svelte";

/** A value of which the reader wants to know where it comes from. */
export type WhyRequest =
  | { readonly point: string; readonly value: "live"; readonly key: string; readonly label: string }
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
