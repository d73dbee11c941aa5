/** Reads the configuration again while the daemon runs. */
import type { Log } from "@meterport/engine/ports/log";
import { UsageError } from "@meterport/protocol/errors";
import type { Config } from "./config.ts";
import { planReload, type ReloadPlan } from "./reload-plan.ts";

/** What came of a reload: the plan that was carried out, or what is wrong, in sentences. Then nothing has changed. */
export type ReloadOutcome =
  | { readonly ok: true; readonly plan: ReloadPlan }
  | { readonly ok: false; readonly problems: readonly string[] };

export interface ReloaderOptions {
  /** What the daemon runs with. */
  readonly config: Config;
  /** Reads file and environment. @throws UsageError with a line per problem */
  readonly read: () => Config;
  /** Carries a plan out. */
  readonly apply: (plan: ReloadPlan) => Promise<void>;
  readonly log: Log;
}

/** More names tell nothing more. */
const mostNamed = 10;

const named = (what: string, ids: readonly string[]): readonly string[] => {
  if (ids.length === 0) return [];
  const more = ids.length - mostNamed;
  return [`${what} ${ids.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`];
};

const ids = (meters: readonly { readonly id: string }[]): readonly string[] => meters.map(({ id }) => id);

/** What a plan does, as a sentence. */
export const planText = ({ added, changed, removed, apply }: ReloadPlan): string => {
  const parts = [
    ...named("added", ids(added)),
    ...named("changed", ids(changed)),
    ...named("removed", removed),
    ...named("new values of", apply),
  ];
  return parts.length === 0 ? "nothing to change" : parts.join("; ");
};

export class Reloader {
  readonly #options: ReloaderOptions;
  #config: Config;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#config = options.config;
  }

  /** What the daemon runs with now. */
  get config(): Config {
    return this.#config;
  }

  /** What a reload would do. Nothing is changed. */
  readonly plan = (): ReloadOutcome => {
    try {
      return { ok: true, plan: planReload(this.#config, this.#options.read()) };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { ok: false, problems: error.message.split("\n") };
    }
  };

  /** Reads the configuration and carries out what has changed, one reload after the other. */
  readonly reload = (): Promise<ReloadOutcome> => {
    const result = this.#last.then(() => this.#reload());
    this.#last = result.catch(() => {});
    return result;
  };

  async #reload(): Promise<ReloadOutcome> {
    const { log, apply } = this.#options;
    const outcome = this.plan();
    if (!outcome.ok) {
      for (const problem of outcome.problems) log.error(`the configuration is not reloaded: ${problem}`);
      return outcome;
    }
    const { plan } = outcome;
    for (const warning of plan.config.warnings) log.warn(warning);
    for (const key of plan.restart) log.warn(`${key} has changed and needs a restart: it is kept as it was`);
    try {
      await apply(plan);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      log.error(`the configuration is not reloaded: ${problem}`);
      return { ok: false, problems: [problem] };
    }
    this.#config = plan.config;
    log.info(`the configuration is reloaded: ${planText(plan)}`);
    return outcome;
  }
}
