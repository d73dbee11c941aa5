/** All that has been entered and found out during one setup. */

import { tidied } from "../../state/key-form.ts";
import type { Requests } from "../../state/requests.ts";
import { changedOf, type Offer, outputTestOf } from "./answers.ts";
import { EMPTY_LINK, isOptical, type LinkFields, linkOf } from "./link-form.ts";
import { type TesterOptions, type TestResult, tryLink } from "./link-tester.ts";
import { NO_OUTPUTS, type OutputFields, type OutputName, outputChanges, outputFaults } from "./output-form.ts";
import { type Details, detailFaults, pointBody } from "./point-body.ts";
import type { Progress } from "./steps.ts";

/** A test, and of what it was: with other fields it says nothing. */
export interface Tried {
  readonly link: string;
  readonly key: string | null;
  /** Null while it runs. */
  readonly result: TestResult | null;
}

/** Why something was not written. */
export interface Refused {
  /** The gateway's sentences, in English; empty if there was no answer. */
  readonly sentences: readonly string[];
}

export interface OutputState {
  readonly name: OutputName;
  /** Null while it is tested. */
  readonly ok: boolean | null;
  readonly text: string | null;
}

/** Writing and starting a meter takes a second or two, on a small machine more. */
const WRITE_TIMEOUT_MS = 30_000;
const OUTPUT_TEST_TIMEOUT_MS = 40_000;

export class Setup {
  link: LinkFields = $state.raw(EMPTY_LINK);
  /** The key in use, which no field shows any more. */
  key: string | null = $state.raw(null);
  linkTried: Tried | null = $state.raw(null);
  keyTried: Tried | null = $state.raw(null);
  details: Details = $state.raw({ name: "", zone: "", fuse: "", area: "", price: "", currency: "" });
  outputs: OutputFields = $state.raw(NO_OUTPUTS);
  /** What the meter gave with its key; null if the key was not tried. */
  offer: Offer | null = $state.raw(null);
  /** The id of the new point. */
  created: string | null = $state(null);
  /** Something is being written. */
  busy = $state(false);
  refused: Refused | null = $state.raw(null);
  outputsRefused: Refused | null = $state.raw(null);
  outputStates: readonly OutputState[] = $state.raw([]);

  readonly #requests: Requests;
  readonly #tester: TesterOptions;
  #giveUp = new AbortController();

  constructor(requests: Requests, pause: TesterOptions["pause"]) {
    this.#requests = requests;
    this.#tester = { requests, pause };
  }

  // Getters, not derived values: those would end with the view in which they were made, and this is kept.

  get target(): string | null {
    return linkOf(this.link);
  }

  get optical(): boolean {
    const { target } = this;
    return target !== null && isOptical(target);
  }

  /** The test of the link as it is now. */
  get linkTest(): Tried | null {
    return this.linkTried?.link === this.target ? this.linkTried : null;
  }

  /** The test of the key on the link, as both are now. */
  get keyTest(): Tried | null {
    return this.keyTried?.link === this.target && this.keyTried.key === this.key ? this.keyTried : null;
  }

  get progress(): Progress {
    return {
      link: this.target !== null,
      key: this.key !== null,
      details: detailFaults(this.details).length === 0,
      created: this.created !== null,
    };
  }

  change(fields: Partial<LinkFields>): void {
    this.link = { ...this.link, ...fields };
    if (this.linkTest === null) this.stop();
  }

  /** Gives up what runs. */
  stop(): void {
    this.#giveUp.abort();
    this.#giveUp = new AbortController();
    if (this.linkTried?.result === null) this.linkTried = null;
    if (this.keyTried?.result === null) this.keyTried = null;
  }

  /** Whether anything answers at the link. */
  async testLink(): Promise<void> {
    const link = this.target;
    if (link === null) return;
    this.stop();
    this.linkTried = { link, key: null, result: null };
    const result = await tryLink({ link, key: null }, this.#tester, this.#giveUp.signal);
    if (result !== null) this.linkTried = { link, key: null, result };
  }

  /** Takes a key, and tries it. */
  async testKey(text: string): Promise<void> {
    const link = this.target;
    if (link === null) return;
    this.stop();
    const key = tidied(text);
    this.takeKey(key);
    this.keyTried = { link, key, result: null };
    const result = await tryLink({ link, key }, this.#tester, this.#giveUp.signal);
    if (result !== null) this.keyTried = { link, key, result };
  }

  /** Takes a key without trying it. */
  takeKey(text: string): void {
    this.key = tidied(text);
  }

  dropKey(): void {
    this.stop();
    this.key = null;
    this.keyTried = null;
  }

  get body(): Readonly<Record<string, unknown>> | null {
    return this.target === null ? null : pointBody(this.target, this.key, this.details);
  }

  /** Asks whether the gateway would take the meter; what it says against it is in `refused`. */
  async check(): Promise<boolean> {
    return (await this.#send("points?dry_run=true")) !== null;
  }

  async #send(path: string): Promise<{ readonly id: string | null } | null> {
    const { body } = this;
    if (body === null) return null;
    this.busy = true;
    this.refused = null;
    const answer = await this.#requests.send("POST", path, body, changedOf, { timeout: WRITE_TIMEOUT_MS });
    this.busy = false;
    if (answer.ok && answer.value.ok) return answer.value;
    const sentences = answer.ok ? answer.value.problems : answer.message === null ? [] : [answer.message];
    this.refused = { sentences };
    return null;
  }

  /** Writes the meter, then turns on the outputs. False if the reader has to change something. */
  async finish(on: readonly string[]): Promise<boolean> {
    if (outputFaults(this.outputs, on).length > 0) return false;
    if (this.created === null) {
      const added = await this.#send("points");
      if (added === null) return false;
      this.created = added.id;
      const tried = this.keyTest?.result;
      this.offer = tried?.kind === "verdict" ? tried.verdict.offer : null;
      // The gateway has it now, and nobody here needs it any more.
      this.key = null;
      this.keyTried = null;
    }
    return await this.#turnOn(on);
  }

  async #turnOn(on: readonly string[]): Promise<boolean> {
    const changes = outputChanges(this.outputs, on);
    this.outputsRefused = null;
    if (changes.length > 0) {
      this.busy = true;
      const options = { timeout: WRITE_TIMEOUT_MS };
      const answer = await this.#requests.send("PATCH", "configuration", { changes }, changedOf, options);
      this.busy = false;
      if (!answer.ok || !answer.value.ok) {
        const sentences = answer.ok ? answer.value.problems : answer.message === null ? [] : [answer.message];
        this.outputsRefused = { sentences };
        return false;
      }
      this.outputs = { ...this.outputs, password: "" };
    }
    this.outputStates = this.outputs.chosen.map((name) => ({ name, ok: null, text: null }));
    return true;
  }

  /** Whether the outputs that were turned on work. Before the first reading they have nothing to give. */
  testOutputs(): void {
    for (const { name, ok } of this.outputStates) if (ok !== true) void this.#testOutput(name);
  }

  async #testOutput(name: OutputName): Promise<void> {
    const path = `outputs/${name}/test`;
    this.#tell({ name, ok: null, text: null });
    const answer = await this.#requests.send("POST", path, null, outputTestOf, { timeout: OUTPUT_TEST_TIMEOUT_MS });
    this.#tell({ name, ...(answer.ok ? answer.value : { ok: false, text: answer.message }) });
  }

  #tell(state: OutputState): void {
    this.outputStates = this.outputStates.map((each) => (each.name === state.name ? state : each));
  }
}
