import type { Requests } from "../../../state/requests.ts";
import type { Configuration } from "./config-answers.ts";
import { Draft, gatewayTarget, pointTarget, type Trouble } from "./draft.svelte.ts";
import { type FieldGroup, fieldsIn, gatewayForm, pointForm } from "./schema-form.ts";

/** The gateway's configuration as forms. */
export class ConfigForm {
  readonly draft: Draft<Configuration>;
  /** All keys but those of points; null before the gateway has given its schema. */
  form: FieldGroup | null = $state.raw(null);
  /** The keys of a point. */
  point: FieldGroup | null = $state.raw(null);
  /** Why there is no schema. */
  trouble: Trouble | null = $state.raw(null);
  readonly #requests: Requests;
  readonly #points = new Map<string, Draft>();

  constructor(requests: Requests) {
    this.#requests = requests;
    this.draft = new Draft(gatewayTarget(requests));
  }

  /** That of a point: there is one of each, so that what was entered stays. */
  pointDraft(id: string): Draft {
    const known = this.#points.get(id) ?? new Draft(pointTarget(this.#requests, id));
    this.#points.set(id, known);
    return known;
  }

  /** After a point was removed. */
  forget(id: string): void {
    this.#points.delete(id);
  }

  /** Whether someone entered what is not saved. */
  get isDirty(): boolean {
    return [this.draft, ...this.#points.values()].some((draft) => draft.differences.length > 0);
  }

  /** Reads the schema, once. */
  async loadForms(signal: AbortSignal): Promise<void> {
    if (this.form !== null && this.point !== null) return;
    const forms = (data: unknown) => {
      const [form, point] = [gatewayForm(data), pointForm(data)];
      return form === null || point === null ? null : { form, point };
    };
    const answer = await this.#requests.get("configuration/schema", forms, { signal });
    if (signal.aborted) return;
    this.trouble = answer.ok ? null : { status: answer.status, message: answer.message };
    if (!answer.ok) return;
    this.form = answer.value.form;
    this.point = answer.value.point;
    this.draft.fields = fieldsIn(answer.value.form);
  }

  /** Reads schema and file; what was entered and not saved stays. */
  async load(signal: AbortSignal): Promise<void> {
    await Promise.all([this.loadForms(signal), this.draft.read(signal)]);
  }
}

const forms = new WeakMap<Requests, ConfigForm>();

/** The one of the page: it outlives the view, so that nobody loses what they entered by looking at another one. */
export function configFormOf(requests: Requests): ConfigForm {
  const known = forms.get(requests) ?? new ConfigForm(requests);
  forms.set(requests, known);
  return known;
}
