/** Examples of answers, for the API's document; a test checks each against its schema. */
import { emptyReading } from "@meterport/protocol/meaning/readings";

export const link = {
  state: "up",
  url: "tcp://192.168.1.20:4059",
  since: "2026-01-01T00:00:00.000Z",
  cause: null,
  problem: null,
  baud: null,
  last_reading: "2026-01-01T12:00:00.000Z",
  poll_interval_ms: 2_000,
  late_after_ms: 3_000,
  stale_after_ms: 4_000,
  polls: 21_600,
  failures: 2,
  retries: 14,
  discarded: 0,
  outages: 1,
  alerts: 3,
  round_trip_ms: 118,
} as const;

export const identity = {
  manufacturer: "NES",
  model: "83331",
  firmware: "3.70.12",
  serial: "1234567",
  utility_serial: null,
  profile: "meter:3.70",
  key_level: "basic",
} as const;

const time = "2026-01-01T12:00:00.000Z";

export const meterClock = { offset_ms: -1_240, error_ms: 620, time, drift_ppm: null } as const;

export const live = {
  id: "home",
  ...emptyReading(time, "good"),
  power_w: 1_240,
  power_import_w: 1_240,
  power_export_w: 0,
  voltage_l1_v: 229.8,
  energy_import_wh: 12_345_678,
  energy_export_wh: 0,
};

export const meterSummary = { id: "home", name: "Home", link, simulated: false } as const;

export const pointHead = {
  id: "home",
  name: "Home",
  group: "North wing",
  zone: "Europe/Copenhagen",
  fuse_a: 25,
  simulated: false,
} as const;

export const pointSummary = {
  ...pointHead,
  link: { state: "up", since: link.since, cause: null, last_reading: time },
  power_w: 1_240,
  quality: "good",
} as const;

export const device = {
  from: "2026-01-01T00:00:00.000Z",
  to: null,
  serial: "1234567",
  manufacturer: "NES",
  model: "83331",
  firmware: "3.70.12",
  profile: "meter:3.70",
  start: { energy_import_wh: 12_300_000 },
  end: null,
  carried: null,
} as const;

export const event = {
  id: "outage:1767225600000",
  time: "2026-01-01T00:00:00.000Z",
  until: "2026-01-01T00:04:10.000Z",
  kind: "outage",
  number: null,
  origin: "outage",
  detail: { phases: ["L1"] },
} as const;

export const completeness = {
  from: "2025-12-31T23:00:00.000Z",
  to: "2026-01-31T23:00:00.000Z",
  expected_s: 46_800,
  present_s: 45_900,
  percent: 98,
  by_quality: { good: 51, partial: 0, suspect: 0, missing: 1 },
  by_source: { manual: 0, profile: 51, difference: 0, estimated: 0 },
  interval_s: 900,
  expected: 52,
  present: 51,
  missing: 1,
  open: 0,
  pending: 0,
  gap_count: 1,
  longest_gap_s: 900,
  gaps: [{ from: "2026-01-01T03:15:00.000Z", to: "2026-01-01T03:30:00.000Z" }],
} as const;

export const overviewPoint = {
  id: "home",
  name: "Home",
  zone: "Europe/Copenhagen",
  from: completeness.from,
  to: completeness.to,
  percent: 98,
  completeness,
  sums: {
    from: "2025-12-31T23:00:00.000Z",
    to: "2026-01-01T23:00:00.000Z",
    verdict: "unknown",
    reason: "incomplete",
    difference: null,
  },
  newest: "2026-01-01T12:00:00.000Z",
} as const;

export const interval = {
  end: "2026-01-01T00:15:00.000Z",
  seconds: 900,
  value: 310,
  source: "profile",
  quality: "good",
  flags: [],
  register: 12_345_678,
  revision: 1,
  stored: "2026-01-01T00:16:02.000Z",
} as const;

export const register = {
  register: "energy_import_wh",
  tier: 0,
  time: "2025-12-31T23:00:00.000Z",
  value: 12_345_368,
  reason: "daily",
  serial: "1234567",
} as const;

export const proof = {
  time: "2026-01-01T00:16:01.000Z",
  table: "BT64",
  offset: 48,
  raw: "36010000",
  profile: "meter:3.70",
  clock_offset_ms: -1_200,
  note: "read from the meter's load profile",
} as const;

export const historyPoint = {
  time: "2026-01-01T12:00:00.000Z",
  power_w: 1_240,
  power_min_w: 900,
  power_max_w: 2_400,
  energy_import_wh: 12_345_678,
  energy_export_wh: 0,
} as const;

export const logEntry = {
  time: "2026-01-01T00:00:00Z",
  number: 4711,
  code: 2,
  raw: 2,
  name: "Power up",
  argument: {
    hex: "0300",
    number: 3,
    text: "power failure",
    parts: [{ key: "powerUpCause", value: 3, meaning: "power failure" }],
  },
  severity: "status",
  source: "ANSI C12.19",
} as const;

export const capture = {
  name: "home-20260131T120000Z-silent-no-answer.ndjson",
  time: "2026-01-31T12:00:00Z",
  bytes: 20_480,
  state: "silent",
  cause: "no-answer",
} as const;

const never = { count: 0, last: null, timeKnown: true } as const;
const phaseQuality = {
  sags: { count: 2, last: "2025-11-03T17:20:00Z", timeKnown: true, voltage_v: 198.4 },
  surges: { ...never, voltage_v: null },
  deepSags: null,
  overCurrents: 0,
  phaseLosses: { ...never, now: false },
  voltageDistortion: null,
  currentDistortion: null,
  powerDistortion: null,
} as const;

export const powerQuality = {
  phases: { L1: phaseQuality, L2: phaseQuality, L3: phaseQuality },
  frequency: {
    lowest_hz: 49.9,
    lowestAt: "2025-11-03T17:20:00Z",
    highest_hz: 50.1,
    highestAt: "2025-11-04T02:10:00Z",
  },
  shortOutages: 3,
  criticalVoltages: null,
  thresholds: {
    longOutage_s: 180,
    sagOrSurge_s: 60,
    sag_percent: 10,
    surge_percent: 10,
    overCurrent_percent: 110,
    overCurrent_s: null,
    deepSag_percent: null,
    deepSag_s: null,
    voltageDistortion_percent: null,
    currentDistortion_percent: null,
    powerDistortion_percent: null,
  },
  quality: "good",
  doubts: [],
} as const;

export const child = {
  slot: 0,
  handle: 1,
  kind: "mbus",
  state: "up",
  alarms: [],
  ownAlarms: 0,
  statusRead: "2026-01-01T11:00:00",
  lastReadAttempt: "2026-01-01T11:00:00",
  customerId: "4711",
  schedule: {
    frequency: "hourly",
    day: 0,
    at: "00:05",
    times: { kind: "hourly", minute: 5 },
    loadProfile_min: 60,
  },
  attempts: 120,
  answers: 119,
  control: null,
  commandMonitor: null,
  latest: null,
  age_s: null,
  quality: "good",
  doubts: [],
} as const;
