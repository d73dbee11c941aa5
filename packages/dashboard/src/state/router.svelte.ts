import { createContext } from "svelte";
import { hrefOf, type Route, routeOf } from "./route.ts";

/** The part of the browser that holds the address. */
export interface AddressBar {
  readonly hash: () => string;
  /** Goes there, so that the browser's "back" returns. */
  readonly go: (hash: string) => void;
  /** Changes the address of this entry of the browser's history. */
  readonly replace: (hash: string) => void;
}

/** Where the reader is, and how to get elsewhere. */
export class Router {
  route: Route = $state.raw(routeOf(""));
  readonly #bar: AddressBar;

  constructor(bar: AddressBar) {
    this.#bar = bar;
    this.read();
  }

  /** After the address changed. */
  read(): void {
    this.route = routeOf(this.#bar.hash());
  }

  go(route: Partial<Route> & Pick<Route, "view">): void {
    this.#bar.go(hrefOf(route));
  }

  /** Goes there in place of where the reader is, so that the browser's "back" does not return. */
  replace(route: Partial<Route> & Pick<Route, "view">): void {
    this.#bar.replace(hrefOf(route));
    this.read();
  }

  /** Keeps what the reader chose within a view in the address: for a bookmark, and for another person. Undefined removes a key. */
  choose(query: Readonly<Record<string, string | undefined>>): void {
    const kept = Object.entries({ ...this.route.query, ...query }).filter((entry) => entry[1] !== undefined);
    this.#bar.replace(hrefOf({ ...this.route, query: Object.fromEntries(kept) as Record<string, string> }));
    this.read();
  }
}

export const [getRouter, setRouter] = createContext<Router>();
