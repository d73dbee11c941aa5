/** The name of one attempt to read one meter for one campaign: what a gateway answers to, however often it is asked. */

export interface NamedRequest {
  readonly campaign: number;
  readonly meter: number;
  /** How many attempts had ended before it. */
  readonly attempts: number;
}

/** @example requestId({ campaign: 8, meter: 17, attempts: 0 }) // "8.17.0" */
export const requestId = ({ campaign, meter, attempts }: NamedRequest): string => `${campaign}.${meter}.${attempts}`;

const most = 2 ** 31 - 1;

/** Undefined for what names none. */
export const requestIn = (id: string): NamedRequest | undefined => {
  const [, ...parts] = /^(\d{1,10})\.(\d{1,10})\.(\d{1,5})$/.exec(id) ?? [];
  const [campaign, meter, attempts] = parts.map(Number);
  if (campaign === undefined || meter === undefined || attempts === undefined) return undefined;
  return Math.max(campaign, meter) <= most ? { campaign, meter, attempts } : undefined;
};
