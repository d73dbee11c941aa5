import type { Answer, Requests } from "../../../state/requests.ts";
import {
  collisionsOf,
  complaintsOf,
  configurationChanges,
  type Difference,
  differencesOf,
  type Entries,
  type Entry,
  isSection,
  normalized,
  pointChanges,
  remaining,
  sortedProblems,
  withEntry,
  withoutEntries,
} from "./changes.ts";
import type { Complaint } from "./check-value.ts";
import {
  type ChangeOutcome,
  type Configuration,
  changeOutcomeOf,
  configurationOf,
  pointSettingsOf,
  type Written,
  type WrittenValue,
} from "./config-answers.ts";
import type { Field } from "./schema-form.ts";

/** Where the draft comes from and goes to. */
export interface DraftTarget<W extends Written> {
  readonly read: (signal: AbortSignal) => Promise<Answer<W>>;
  readonly change: (
    differences: readonly Difference[],
    revision: string | null,
    dryRun: boolean,
  ) => Promise<Answer<ChangeOutcome>>;
}

/** A change may start meters over. */
const TIMEOUT_MS = 30_000;

function query(revision: string | null, dryRun: boolean): string {
  const parts = { ...(revision === null ? {} : { revision }), ...(dryRun ? { dry_run: "true" } : {}) };
  return new URLSearchParams(parts as Record<string, string>).toString();
}

/** The configuration of the gateway, without its points. */
export function gatewayTarget({ get, send }: Requests): DraftTarget<Configuration> {
  return {
    read: (signal) => get("configuration", configurationOf, { signal }),
    change: (differences, revision, dryRun) => {
      const body = configurationChanges(differences);
      return send("PATCH", `configuration?${query(revision, dryRun)}`, body, changeOutcomeOf, { timeout: TIMEOUT_MS });
    },
  };
}

/** The configuration of one point. */
export function pointTarget({ get, send }: Requests, id: string): DraftTarget<Written> {
  const path = `points/${encodeURIComponent(id)}`;
  return {
    read: (signal) => get(`${path}/settings`, pointSettingsOf, { signal }),
    change: (differences, revision, dryRun) => {
      const body = pointChanges(differences);
      return send("PATCH", `${path}?${query(revision, dryRun)}`, body, changeOutcomeOf, { timeout: TIMEOUT_MS });
    },
  };
}

/** Why something did not work: the gateway's sentence, if it gave one. */
export interface Trouble {
  readonly status: number;
  readonly message: string | null;
}

/** A configuration that someone edits: nothing is sent before it was shown what would change. */
export class Draft<W extends Written = Written> {
  readonly #target: DraftTarget<W>;
  fields: readonly Field[] = $state.raw([]);
  written: W | null = $state.raw(null);
  /** Why it could not be read. */
  trouble: Trouble | null = $state.raw(null);
  entries: Entries = $state.raw(new Map());
  phase: "editing" | "checking" | "review" | "saving" = $state("editing");
  /** What the change would do; while it is reviewed. */
  plan: ChangeOutcome | null = $state.raw(null);
  /** What the last change did. */
  saved: ChangeOutcome | null = $state.raw(null);
  /** The gateway's sentences on single fields, and on no field of the form. */
  refused: ReadonlyMap<string, string> = $state.raw(new Map());
  general: readonly string[] = $state.raw([]);
  /** No answer, or one without a reason. */
  failed = $state(false);
  /** Keys that another editor has changed as well; null if nobody has changed anything. */
  collisions: readonly string[] | null = $state.raw(null);

  constructor(target: DraftTarget<W>) {
    this.#target = target;
  }

  // Getters, not derived values: those would end with the view in which they were made, and a draft is kept.

  get differences(): readonly Difference[] {
    return this.written === null ? [] : differencesOf(this.entries, this.fields, this.written);
  }

  get complaints(): ReadonlyMap<string, Complaint> {
    return this.written === null ? new Map() : complaintsOf(this.entries, this.fields, this.written);
  }

  /** Reads what is written; the entries stay. */
  async read(signal: AbortSignal): Promise<void> {
    const answer = await this.#target.read(signal);
    if (signal.aborted) return;
    this.trouble = answer.ok ? null : { status: answer.status, message: answer.message };
    if (answer.ok) this.#take(answer.value);
  }

  /** Somebody else may have been faster: then it is told what both have changed. */
  #take(now: W): void {
    const before = this.written;
    this.written = now;
    if (before === null || this.entries.size === 0 || before.revision === now.revision) return;
    this.collisions = collisionsOf(this.entries, before, now);
    this.entries = remaining(this.entries, this.fields, now);
  }

  /** What the file has at a path. */
  before(field: Field): WrittenValue {
    return normalized(this.written?.values.get(field.path) ?? null, field);
  }

  /** What it will have. */
  value(field: Field): WrittenValue {
    const entry = this.entries.get(field.path);
    return entry === undefined ? this.before(field) : isSection(entry) ? null : entry;
  }

  set(field: Field, entry: Entry): void {
    this.#edit(withEntry(this.entries, field.path, entry, this.before(field)), field.path);
  }

  /** Adds or removes a whole section, such as an output. */
  setSection(path: string, entry: Entry): void {
    const others = withoutEntries(this.entries, path);
    this.#edit(new Map([...others, [path, entry]]), path);
  }

  /** Forgets what was entered at a path and below it; everything if it is omitted. */
  discard(path?: string): void {
    this.#edit(path === undefined ? new Map() : withoutEntries(this.entries, path), path);
  }

  #edit(entries: Entries, path: string | undefined): void {
    this.entries = entries;
    this.phase = "editing";
    this.plan = null;
    this.saved = null;
    this.failed = false;
    this.general = [];
    if (entries.size === 0) this.collisions = null;
    this.refused = new Map(
      path === undefined ? [] : [...this.refused].filter(([each]) => each !== path && !each.startsWith(`${path}.`)),
    );
  }

  /** Has the gateway check the changes and say what they would do. */
  async review(): Promise<void> {
    if (this.complaints.size > 0) return;
    this.phase = "checking";
    const outcome = await this.#send(true);
    this.plan = outcome;
    this.phase = outcome === null ? "editing" : "review";
  }

  back(): void {
    this.phase = "editing";
    this.plan = null;
  }

  async save(): Promise<void> {
    this.phase = "saving";
    const outcome = await this.#send(false);
    this.phase = "editing";
    this.plan = null;
    if (outcome === null) return;
    this.entries = new Map();
    this.collisions = null;
    await this.read(new AbortController().signal);
    this.saved = outcome;
  }

  async #send(dryRun: boolean): Promise<ChangeOutcome | null> {
    this.#clear();
    const answer = await this.#target.change(this.differences, this.written?.revision ?? null, dryRun);
    if (answer.ok) return answer.value;
    if (answer.code === "changed-meanwhile") await this.read(new AbortController().signal);
    else this.#refuse(answer);
    return null;
  }

  #clear(): void {
    this.saved = null;
    this.failed = false;
    this.refused = new Map();
    this.general = [];
  }

  #refuse(answer: Answer<unknown> & { readonly ok: false }): void {
    const problems = answer.problems ?? [];
    const { byPath, general } = sortedProblems(problems, this.fields);
    this.refused = byPath;
    this.general = problems.length === 0 && answer.message !== null ? [answer.message] : general;
    this.failed = problems.length === 0 && answer.message === null;
  }
}
