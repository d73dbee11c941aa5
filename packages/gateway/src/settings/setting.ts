/** What is said of each key of the configuration, beside its schema: one source for check, documentation and editors. */
import { z } from "zod";

/** A value as JSON Schema describes it. Editors read YAML with numbers and booleans; we read every leaf as text. */
export type JsonForm = Readonly<Record<string, unknown>>;

export interface About {
  /** One or two sentences for people. */
  readonly text: string;
  /** As it is written in the file. */
  readonly example: string;
  /** What applies if it is omitted, in the file's form or in words. */
  readonly fallback?: string | undefined;
  readonly unit?: string | undefined;
  /** Whether a change takes effect only at the next start. */
  readonly restart: boolean;
  /** Stays a comment in the sample: another key says the same, or few need it. */
  readonly aside?: true | undefined;
}

const abouts = z.registry<About>();
const forms = z.registry<{ readonly form: JsonForm }>();
const secrets = z.registry<{ readonly secret: true }>();

/** A leaf with the form that it has in a file. */
export const formed = <T extends z.ZodType>(leaf: T, form: JsonForm): T => {
  const own = leaf.clone();
  forms.add(own, { form });
  return own;
};

/** A leaf whose value nobody is shown. */
export const secret = <T extends z.ZodType>(leaf: T): T => {
  const own = leaf.clone();
  const form = forms.get(leaf);
  if (form !== undefined) forms.add(own, form);
  secrets.add(own, { secret: true });
  return own;
};

/** A key with its description. */
export const setting = <T extends z.ZodType>(schema: T, about: About): T => {
  const own = schema.clone();
  abouts.add(own, about);
  const form = forms.get(schema);
  if (form !== undefined) forms.add(own, form);
  if (secrets.has(schema)) secrets.add(own, { secret: true });
  return own;
};

export const aboutOf = (schema: z.core.$ZodType): About | undefined => abouts.get(schema);
export const formOf = (schema: z.core.$ZodType): JsonForm | undefined => forms.get(schema)?.form;

export const isSecret = (schema: z.core.$ZodType): boolean => secrets.has(schema);

/** A key of the configuration with everything that is said of it. */
export interface Setting extends About {
  /** "http.port", "meters[].link" */
  readonly path: string;
  readonly required: boolean;
  /** Whether it holds a secret. */
  readonly secret: boolean;
}

/** The keys of an object, those of objects and lists within it too. */
export const settingsOf = (schema: z.core.$ZodType, path = "", required = true): readonly Setting[] => {
  if (schema instanceof z.ZodOptional) return settingsOf(schema.unwrap(), path, false);
  const about = aboutOf(schema);
  const own = about === undefined ? [] : [{ path, required, secret: isSecret(schema), ...about }];
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodObject)
    return [...own, ...settingsOf(schema.element, `${path}[]`)];
  if (schema instanceof z.ZodObject)
    return [
      ...own,
      ...Object.entries(schema.shape).flatMap(([name, part]) =>
        settingsOf(part as z.ZodType, path === "" ? name : `${path}.${name}`),
      ),
    ];
  return own;
};
