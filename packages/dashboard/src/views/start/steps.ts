/** The steps of the setup, in their order. */
export const STEPS = ["link", "key", "details", "outputs", "done"] as const;
export type Step = (typeof STEPS)[number];

/** What is finished so far. */
export interface Progress {
  /** There is a link that can be used. */
  readonly link: boolean;
  /** There is a key, or none is needed. */
  readonly key: boolean;
  readonly details: boolean;
  /** The meter is in the configuration. */
  readonly created: boolean;
}

/**
 * Whether a step can be opened. Once the meter is in the configuration, its link, key and details are changed elsewhere.
 *
 * @example isOpen("key", { link: true, key: false, details: false, created: false }) // true
 */
export function isOpen(step: Step, { link, key, details, created }: Progress): boolean {
  switch (step) {
    case "link":
      return !created;
    case "key":
      return !created && link;
    case "details":
      return !created && link && key;
    case "outputs":
      return created || (link && key && details);
    case "done":
      return created;
  }
}

/** The step to show: the one that the address asks for, or the last open one before it. */
export function stepFor(asked: string | undefined, progress: Progress): Step {
  const wanted = (STEPS as readonly (string | undefined)[]).indexOf(asked);
  if (wanted < 0) return progress.created ? "done" : "link";
  const before = STEPS.slice(0, wanted + 1).filter((step) => isOpen(step, progress));
  return before.at(-1) ?? (progress.created ? "done" : "link");
}
