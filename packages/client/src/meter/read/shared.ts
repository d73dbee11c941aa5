/** What follows from the answers of a meter alone, kept once for all meters that answer alike. */

/** Meters of one make and firmware answer alike, so a house needs one and a fleet a few dozen. */
const most = 64;

/** Gives the same value for the same facts while it is remembered; the one that was wanted longest ago is forgotten first. */
export class Shared<T> {
  readonly #values = new Map<string, T>();

  of(facts: unknown, make: () => T): T {
    const name = JSON.stringify(facts, plain);
    const known = this.#values.get(name);
    const value = known ?? make();
    this.#values.delete(name);
    this.#values.set(name, value);
    if (this.#values.size > most) this.#values.delete(this.#values.keys().next().value as string);
    return value;
  }
}

/** JSON knows neither these nor `undefined` in a list. */
const plain = (_name: string, value: unknown): unknown => {
  if (typeof value === "bigint") return `${value}n`;
  if (value === undefined) return "undefined";
  return value;
};
