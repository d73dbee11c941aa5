/** What a child can count, by the gateway's name. */
export const MEDIA = [
  "water",
  "cold water",
  "warm water",
  "hot water",
  "heat",
  "cooling",
  "gas",
  "electricity",
] as const;
export type Medium = (typeof MEDIA)[number];
