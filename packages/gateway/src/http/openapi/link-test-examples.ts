/** Examples of tests of links, for the API's document. */
const started = "2026-01-01T12:00:00.000Z";

const begun = { id: "home", state: "running", started, took_ms: null, problem: null } as const;

export const running = { ...begun, diagnosis: null } as const;
export const keyRunning = { ...begun, verdict: null } as const;
export const done = { state: "done", took_ms: 28_400 } as const;

export const diagnosis = {
  format: "meterport-doctor",
  version: 1,
  time: started,
  link: "tcp",
  security: "auto",
  language: "en",
  meter: "NES 83331, firmware 3.70.12",
  took_ms: 28_400,
  sickness: null,
  usable: true,
  name: "the link is healthy",
  cause: null,
  remedies: [],
  checks: [{ name: "open", verdict: "good", finding: "opened", facts: {}, title: "Link", text: "the link opened" }],
  broken: [],
} as const;

export const verdict = {
  outcome: "works",
  level: "basic",
  meter: "NES 83331, firmware 3.70.12",
  profile: "meter:3.70",
  code: null,
  message: "the meter answers, and the key is the basic one",
  offer: { phases: 3, power_w: 1234, profile_days: 60, profile_minutes: 15 },
} as const;
