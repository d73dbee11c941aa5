/** The meters behind the meters of a gateway, by their own points. */
import type { ChildMeter } from "@meterport/engine/children/child-meter";
import type { ChildPoints } from "../http/give.ts";

export class ChildrenBook implements ChildPoints {
  readonly #byParent = new Map<string, readonly ChildMeter[]>();
  readonly #byId = new Map<string, ChildMeter>();

  /** All children that a meter has now. */
  readonly set = (parent: string, children: readonly ChildMeter[]): void => {
    this.remove(parent);
    if (children.length === 0) return;
    this.#byParent.set(parent, children);
    for (const child of children) this.#byId.set(child.id, child);
  };

  readonly remove = (parent: string): void => {
    for (const { id } of this.of(parent)) this.#byId.delete(id);
    this.#byParent.delete(parent);
  };

  readonly get = (id: string): ChildMeter | undefined => this.#byId.get(id);

  readonly of = (parent: string): readonly ChildMeter[] => this.#byParent.get(parent) ?? [];

  readonly all = (): Iterable<ChildMeter> => this.#byId.values();
}
