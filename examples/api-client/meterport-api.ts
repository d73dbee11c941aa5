/** A typed client of Meterport's API 0.1.0, written by generate.ts: do not edit it, generate it again. */
import { ApiConnection } from "./api-connection.ts";

export type Session = {
  /** `open`: on a loopback address without users, where everybody may do everything */
  readonly state: "signed-in" | "signed-out" | "open";
  /** Of the user or token; null if nobody is signed in */
  readonly name: string | null;
  readonly kind: "user" | "token" | "ingress" | "local" | null;
  readonly scope: "read" | "operate" | "admin" | null;
  /** Whether the first user can be made with the code on the console */
  readonly pairing: boolean;
  /** What this gateway has beside its meters, such as `fleet` */
  readonly parts?: readonly (string)[];
};

export type ApiProblem = {
  readonly error: string;
  readonly message: string;
  /** Of a change of the configuration: what is wrong with each key */
  readonly problems?: readonly ({
    readonly path: string | null;
    readonly message: string;
  })[];
};

export type Problem = {
  /** `urn:meterport:problem:` and the code */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** The same as `message` */
  readonly detail: string;
  /** The path of the request */
  readonly instance: string;
  readonly error: string;
  readonly message: string;
  /** Of a change of the configuration: what is wrong with each key */
  readonly problems?: readonly ({
    readonly path: string | null;
    readonly message: string;
  })[];
};

export type UsersAnswer = {
  readonly users: readonly (User)[];
};

export type User = {
  readonly name: string;
  readonly scope: "read" | "operate" | "admin";
  /** When it was made */
  readonly created: string;
};

export type RemovedAnswer = {
  readonly removed: string;
};

export type TokensAnswer = {
  readonly tokens: readonly (Token)[];
};

export type Token = {
  readonly name: string;
  readonly scope: "read" | "operate" | "admin";
  /** When it was made */
  readonly created: string;
  /** When it was used last, to the hour; null if never */
  readonly used: string | null;
  /** When it ends; null if never */
  readonly expires: string | null;
};

export type NewToken = {
  readonly name: string;
  readonly scope: "read" | "operate" | "admin";
  /** When it was made */
  readonly created: string;
  /** When it was used last, to the hour; null if never */
  readonly used: string | null;
  /** When it ends; null if never */
  readonly expires: string | null;
  /** The token itself, which is shown only here */
  readonly token: string;
};

export type MeterSummary = {
  readonly id: string;
  readonly name: string;
  readonly link: LinkHealth;
  readonly simulated: boolean;
};

export type LinkHealth = {
  readonly state: "up" | "degraded" | "connecting" | "paused" | "refused" | "silent";
  readonly url: string;
  /** When this state began */
  readonly since: string;
  /** Cause of this state, as a stable code */
  readonly cause: string | null;
  /** The cause as a sentence */
  readonly problem: string | null;
  readonly baud: number | null;
  /** The last authenticated reading */
  readonly last_reading: string | null;
  readonly poll_interval_ms: number;
  /** Age at which a reading is late: shown, but marked */
  readonly late_after_ms: number;
  /** Age at which a reading is no longer shown as present */
  readonly stale_after_ms: number;
  readonly polls: number;
  readonly failures: number;
  readonly retries: number;
  readonly discarded: number;
  readonly outages: number;
  readonly alerts: number;
  readonly round_trip_ms: number | null;
};

export type MeterDetail = {
  readonly id: string;
  readonly name: string;
  readonly link: LinkHealth;
  readonly simulated: boolean;
  /** What the meter says of itself; null before the first contact */
  readonly identity: MeterIdentity | null;
  /** IANA zone of the point's days and months */
  readonly zone: string;
};

export type MeterIdentity = {
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
  readonly serial: string | null;
  readonly utility_serial: string | null;
  readonly profile: string;
  readonly key_level: "none" | "basic" | "advanced" | null;
};

export type LiveAnswer = {
  readonly id: string;
  /** The last reading; null before the first */
  readonly time: string | null;
  readonly power_w: number | null;
  readonly power_import_w: number | null;
  readonly power_export_w: number | null;
  readonly power_l1_w: number | null;
  readonly power_l2_w: number | null;
  readonly power_l3_w: number | null;
  readonly voltage_l1_v: number | null;
  readonly voltage_l2_v: number | null;
  readonly voltage_l3_v: number | null;
  readonly current_l1_a: number | null;
  readonly current_l2_a: number | null;
  readonly current_l3_a: number | null;
  readonly frequency_hz: number | null;
  readonly power_factor_l1: number | null;
  readonly power_factor_l2: number | null;
  readonly power_factor_l3: number | null;
  readonly reactive_power_import_var: number | null;
  readonly reactive_power_export_var: number | null;
  readonly apparent_power_va: number | null;
  readonly energy_import_wh: number | null;
  readonly energy_export_wh: number | null;
  readonly reactive_energy_import_varh: number | null;
  readonly reactive_energy_export_varh: number | null;
  readonly quality: "good" | "partial" | "suspect" | "stale";
};

export type HistoryAnswer = {
  readonly id: string;
  /** Start of the first step */
  readonly from: string;
  /** End of the last step */
  readonly to: string;
  /** Seconds from one point to the next */
  readonly step: number;
  readonly points: readonly (HistoryPoint)[];
};

export type HistoryPoint = {
  /** Start of the step */
  readonly time: string;
  readonly power_w: number | null;
  readonly power_min_w: number | null;
  readonly power_max_w: number | null;
  readonly energy_import_wh: number | null;
  readonly energy_export_wh: number | null;
  /** Nothing was read in the step, or in hours of the day, month or year: there its values are those of intervals, such as the meter's load profile */
  readonly recovered?: true;
};

export type LogAnswer = {
  readonly id: string;
  /** When the meter was read, at most a minute ago */
  readonly time_read: string;
  readonly entries: readonly (LogEntry)[];
};

export type LogEntry = {
  /** When it happened; null if the meter's date is impossible */
  readonly time: string | null;
  /** The meter's event counter */
  readonly number: number | null;
  /** Number of the event, without the manufacturer bit */
  readonly code: number;
  /** The same as in the log, with that bit */
  readonly raw: number;
  /** In English; null if no public list has the event */
  readonly name: string | null;
  readonly argument: {
    /** The bytes as in the log */
    readonly hex: string;
    readonly number: number | null;
    /** Their meaning, in English; empty if they have none */
    readonly text: string;
    readonly parts: readonly ({
      readonly key: string;
      readonly value: number;
      readonly meaning: string | null;
    })[];
  };
  readonly severity: "status" | "alarm" | null;
  /** Source of the name */
  readonly source: "ANSI C12.19" | "head-end list" | null;
};

export type Capture = {
  readonly name: string;
  /** When the link failed, or the recording ended */
  readonly time: string;
  readonly bytes: number;
  /** State of the link after that, or `recorded` if somebody asked for it; null if the file does not give it */
  readonly state: "degraded" | "paused" | "refused" | "silent" | "recorded" | null;
  /** Cause, as a stable code */
  readonly cause: string | null;
};

export type PointsPage = {
  readonly points: readonly (PointSummary)[];
  /** `cursor` of the next page; null if this is the last one */
  readonly next: string | null;
  /** Points in all, whatever the filter */
  readonly total: number;
  /** Points that fit the filter, on all pages */
  readonly found: number;
  /** How many points are in each state, whatever the filter; at most 10 s old */
  readonly states: {
    readonly up: number;
    readonly degraded: number;
    readonly connecting: number;
    readonly paused: number;
    readonly refused: number;
    readonly silent: number;
  };
};

export type PointSummary = {
  /** The point's id, from the configuration */
  readonly id: string;
  readonly name: string;
  /** Its group, from the configuration; null if it is in none */
  readonly group: string | null;
  /** IANA zone of its days and months */
  readonly zone: string;
  /** Rating of the main fuse; null if it is not configured */
  readonly fuse_a: number | null;
  /** True for a virtual meter */
  readonly simulated: boolean;
  readonly link: {
    readonly state: "up" | "degraded" | "connecting" | "paused" | "refused" | "silent";
    /** When this state began */
    readonly since: string;
    /** Cause of this state, as a stable code */
    readonly cause: string | null;
    /** The last authenticated reading */
    readonly last_reading: string | null;
  };
  /** Present net power; null while it is not known */
  readonly power_w: number | null;
  readonly quality: "good" | "partial" | "suspect" | "stale";
};

export type PointGroups = {
  /** By name, the points without a group last */
  readonly groups: readonly ({
    /** null for the points that are in no group */
    readonly name: string | null;
    readonly points: number;
    /** How many of them are in each state; at most 10 s old */
    readonly states: {
      readonly up: number;
      readonly degraded: number;
      readonly connecting: number;
      readonly paused: number;
      readonly refused: number;
      readonly silent: number;
    };
  })[];
  /** `cursor` of the next page; null if this is the last one */
  readonly next: string | null;
};

export type PointDetail = {
  /** The point's id, from the configuration */
  readonly id: string;
  readonly name: string;
  /** Its group, from the configuration; null if it is in none */
  readonly group: string | null;
  /** IANA zone of its days and months */
  readonly zone: string;
  /** Rating of the main fuse; null if it is not configured */
  readonly fuse_a: number | null;
  /** True for a virtual meter */
  readonly simulated: boolean;
  readonly link: LinkHealth;
  /** What the meter says of itself; null before the first contact */
  readonly identity: MeterIdentity | null;
  /** The meter that hangs there now; null if none is stored yet */
  readonly device: Device | null;
  /** What the registers would show if the first meter still hung there, as exchanges do not end a point; null if unknown now */
  readonly totals: {
    readonly energy_import_wh: number | null;
    readonly energy_export_wh: number | null;
  };
  /** Channels of which intervals are stored */
  readonly channels: readonly (string)[];
  /** ISO 4217: of its prices and costs; null if no prices are configured */
  readonly currency: string | null;
  /** The newest stored event */
  readonly newest_event: PointEvent | null;
  /** Import of this month; null without intervals */
  readonly completeness: Completeness | null;
  /** The meter's clock beside this machine's; null while nobody has looked recently */
  readonly clock: MeterClock | null;
};

export type Device = {
  /** The first reading from it */
  readonly from: string;
  /** The last moment before the next meter; null while it hangs there */
  readonly to: string | null;
  readonly serial: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
  readonly profile: string | null;
  /** Registers by name, in their units */
  readonly start: { readonly [name: string]: number };
  /** Registers by name, in their units */
  readonly end: { readonly [name: string]: number } | null;
  /** What its registers counted and no longer show */
  readonly carried: { readonly [name: string]: number } | null;
};

export type PointEvent = {
  /** The same event has the same id whenever it is read */
  readonly id: string;
  /** When it happened or began */
  readonly time: string;
  /** When it ended; null while it lasts or if it has no length */
  readonly until: string | null;
  /** A stable code such as `outage`, `log` or `meter-exchange` */
  readonly kind: string;
  /** The meter's number of the event; null for our own */
  readonly number: number | null;
  /** Who says so */
  readonly origin: "meter" | "outage" | "alarm" | "gateway";
  /** What the kind adds: any JSON */
  readonly detail: unknown;
};

export type Completeness = {
  /** Start of the period */
  readonly from: string;
  /** Its end */
  readonly to: string;
  /** Seconds since the first interval of the channel that are over */
  readonly expected_s: number;
  /** Seconds of them that intervals with a value cover */
  readonly present_s: number;
  /** Rounded down, so that 100 is complete; null before any time passed */
  readonly percent: number | null;
  readonly by_quality: {
    readonly good: number;
    readonly partial: number;
    readonly suspect: number;
    readonly missing: number;
  };
  readonly by_source: {
    readonly manual: number;
    readonly profile: number;
    readonly difference: number;
    readonly estimated: number;
  };
  /** Length of the intervals, seconds */
  readonly interval_s: number;
  /** Intervals that should be there */
  readonly expected: number;
  /** Intervals with a value */
  readonly present: number;
  /** Intervals that nobody has any more */
  readonly missing: number;
  /** Intervals that the meter may still have */
  readonly open: number;
  /** Intervals that ended so recently that the load profile has not been read since: not expected yet */
  readonly pending: number;
  /** Times without values, whether marked as missing or not */
  readonly gap_count: number;
  /** Length of the longest, seconds; 0 without gaps */
  readonly longest_gap_s: number;
  /** The first of them, oldest first: 20 of a point, 5 in the list of all */
  readonly gaps: readonly (Gap)[];
};

export type Gap = {
  /** Start of the time without values */
  readonly from: string;
  /** Its end */
  readonly to: string;
};

export type MeterClock = {
  /** The meter's clock minus this machine's */
  readonly offset_ms: number;
  /** The true offset is within this distance */
  readonly error_ms: number;
  /** When it was read */
  readonly time: string;
  /** How much faster the meter's clock runs, in millionths; null before six hours */
  readonly drift_ppm: number | null;
};

export type Devices = {
  readonly id: string;
  /** Oldest first */
  readonly devices: readonly (Device)[];
};

export type PointHistory = {
  readonly id: string;
  /** Start of the first point */
  readonly from: string;
  /** End of the last point */
  readonly to: string;
  /** Seconds from one point to the next; null for days, months, years */
  readonly step: number | null;
  /** null for a step */
  readonly resolution: "day" | "month" | "year" | null;
  /** Zone of the days, months or years; null for a step */
  readonly zone: string | null;
  readonly points: readonly (HistoryPoint)[];
};

export type SeriesAnswer = {
  readonly id: string;
  /** Start of the first step */
  readonly from: string;
  /** End of the last step */
  readonly to: string;
  /** Seconds from one value to the next */
  readonly step: number;
  /** One entry for each key that was asked for and is stored */
  readonly series: {
    readonly power_w?: OneSeries;
    readonly power_import_w?: OneSeries;
    readonly power_export_w?: OneSeries;
    readonly power_l1_w?: OneSeries;
    readonly power_l2_w?: OneSeries;
    readonly power_l3_w?: OneSeries;
    readonly voltage_l1_v?: OneSeries;
    readonly voltage_l2_v?: OneSeries;
    readonly voltage_l3_v?: OneSeries;
    readonly current_l1_a?: OneSeries;
    readonly current_l2_a?: OneSeries;
    readonly current_l3_a?: OneSeries;
    readonly frequency_hz?: OneSeries;
    readonly power_factor_l1?: OneSeries;
    readonly power_factor_l2?: OneSeries;
    readonly power_factor_l3?: OneSeries;
    readonly reactive_power_import_var?: OneSeries;
    readonly reactive_power_export_var?: OneSeries;
    readonly apparent_power_va?: OneSeries;
    readonly energy_import_wh?: OneSeries;
    readonly energy_export_wh?: OneSeries;
    readonly reactive_energy_import_varh?: OneSeries;
    readonly reactive_energy_export_varh?: OneSeries;
  };
};

export type OneSeries = {
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
};

export type IntervalsAnswer = {
  readonly id: string;
  readonly channel: string;
  /** null for a source without a live key */
  readonly unit: string | null;
  /** Intervals that end after this */
  readonly from: string;
  /** Intervals that end at this time or before */
  readonly to: string;
  /** Oldest first; null if sums were asked for */
  readonly intervals: readonly (Interval)[] | null;
  /** `cursor` of the next page; null if this is the last one */
  readonly next: string | null;
  /** Zone of the periods; null without sums */
  readonly zone: string | null;
  /** Oldest first; null without `sum` */
  readonly sums: readonly (IntervalSum)[] | null;
};

export type Interval = {
  /** When it ended */
  readonly end: string;
  /** Its length */
  readonly seconds: number;
  /** In the unit of the channel; null is unknown */
  readonly value: number | null;
  readonly source: "manual" | "profile" | "difference" | "estimated";
  readonly quality: "good" | "partial" | "suspect" | "missing";
  /** What the meter noted, such as `powerFail` */
  readonly flags: readonly (string)[];
  /** State of the counter at its end */
  readonly register: number | null;
  /** 1 for the first value; each better one counts it up */
  readonly revision: number;
  /** When this revision was stored */
  readonly stored: string;
};

export type IntervalSum = {
  /** Start of the period */
  readonly from: string;
  /** Its end */
  readonly to: string;
  /** Sum of the known values; null if there is none */
  readonly value: number | null;
  /** Seconds that the intervals with a value cover */
  readonly seconds: number;
  readonly by_quality: {
    readonly good: number;
    readonly partial: number;
    readonly suspect: number;
    readonly missing: number;
  };
  readonly by_source: {
    readonly manual: number;
    readonly profile: number;
    readonly difference: number;
    readonly estimated: number;
  };
};

export type RegistersAnswer = {
  readonly id: string;
  /** Oldest first */
  readonly registers: readonly (RegisterState)[];
  /** `cursor` of the next page; null if this is the last one */
  readonly next: string | null;
};

export type RegisterState = {
  readonly register: string;
  /** 0 is the sum of all tiers */
  readonly tier: number;
  /** When it had this state */
  readonly time: string;
  readonly value: number;
  /** Why it was kept */
  readonly reason: "daily" | "exchange" | "self-read" | "demand-reset" | "first" | "manual" | "read";
  /** The meter that hung there */
  readonly serial: string | null;
};

export type PricesAnswer = {
  readonly id: string;
  /** ISO 4217; all amounts of this answer are in it */
  readonly currency: string;
  /** null for a tariff that needs no market */
  readonly market: {
    readonly source: string;
    readonly area: string;
    /** Whose data it is; say so where you show it */
    readonly credit: string;
  } | null;
  /** Charges of Datahub that are part of it */
  readonly charges: readonly (string)[];
  /** By whose clock its times are meant */
  readonly zone: string;
  /** Why prices may be missing, as one sentence */
  readonly problem: string | null;
  /** End of the last quarter whose total is known */
  readonly known_until: string | null;
  /** Oldest first */
  readonly prices: readonly (PricePiece)[];
};

export type PricePiece = {
  /** Start of the quarter of an hour */
  readonly start: string;
  /** Its end */
  readonly end: string;
  /** The market's price, or that of the clock, before anything is added; null is unknown, per kWh */
  readonly energy: number | null;
  /** All that is added for grid, state and supplier; null is unknown, per kWh */
  readonly charges: number | null;
  /** What a kWh costs that flows in, with tax; null if a part of it is unknown, per kWh */
  readonly total: number | null;
  /** What is paid for a kWh that flows out; null is unknown or nothing, per kWh */
  readonly feed_in: number | null;
};

export type CostsAnswer = {
  readonly id: string;
  /** ISO 4217; all amounts of this answer are in it */
  readonly currency: string;
  /** Zone of the periods */
  readonly zone: string;
  /** Start */
  readonly from: string;
  /** End */
  readonly to: string;
  /** Why prices may be missing, as one sentence */
  readonly problem: string | null;
  /** Oldest first; null if intervals were asked for */
  readonly sums: readonly (CostPeriod)[] | null;
  /** Oldest first; null without `sum=interval` */
  readonly intervals: readonly (IntervalCost)[] | null;
};

export type CostPeriod = {
  /** Start of the period */
  readonly from: string;
  /** Its end */
  readonly to: string;
  readonly import: CostSum;
  readonly export: unknown;
  /** Both together; null if nothing is priced */
  readonly cost: number | null;
  /** The highest quarters of an hour, one of each day, at most three; the highest first */
  readonly peaks: readonly (Peak)[];
};

export type CostSum = {
  /** Energy that is known; null if none is */
  readonly energy_wh: number | null;
  /** Energy of it whose price is known */
  readonly priced_wh: number;
  /** Seconds whose energy is known */
  readonly seconds: number;
  /** What the priced energy cost; null if there is none */
  readonly cost: number | null;
};

export type Peak = {
  /** Mean power of the quarter of an hour */
  readonly power_w: number;
  /** Its end */
  readonly end: string;
  /** 900, or more where the meter keeps only longer intervals */
  readonly seconds: number;
};

export type IntervalCost = {
  /** When it ended */
  readonly end: string;
  readonly seconds: number;
  readonly channel: string;
  readonly energy_wh: number | null;
  /** Mean price of its time; null is unknown, per kWh */
  readonly price: number | null;
  readonly cost: number | null;
};

export type CompletenessAnswer = {
  readonly id: string;
  readonly channel: string;
  readonly zone: string;
  readonly resolution: "day" | "month";
  /** Oldest first */
  readonly periods: readonly (Completeness)[];
};

export type CompletenessPage = {
  readonly channel: string;
  readonly sort: "worst" | "id";
  /** Points in all, whatever the filter */
  readonly total: number;
  /** Points with 100 percent */
  readonly complete: number;
  /** Points with less */
  readonly incomplete: number;
  /** Points of which nothing of the channel is stored */
  readonly empty: number;
  readonly points: readonly (CompletenessOfPoint)[];
  /** `cursor` of the next page; null if this is the last one */
  readonly next: string | null;
};

export type CompletenessOfPoint = {
  readonly id: string;
  readonly name: string;
  /** IANA zone of its days and months */
  readonly zone: string;
  /** Start of the period in that zone */
  readonly from: string;
  /** Its end */
  readonly to: string;
  /** 0 if nothing of the channel is stored; null if nothing is expected in the period */
  readonly percent: number | null;
  /** null if nothing of the channel is stored */
  readonly completeness: Completeness | null;
  /** null if no day of the period is over */
  readonly sums: SumsCheck | null;
  /** End of the newest interval with a value */
  readonly newest: string | null;
};

export type SumsCheck = {
  /** Start of the days that were compared */
  readonly from: string;
  /** Their end */
  readonly to: string;
  /** Whether the intervals add up to what the meter's registers counted, to the Wh */
  readonly verdict: "equal" | "different" | "unknown";
  /** Why that is unknown: an interval is not from the meter, another meter came, or no register is known at an end; else null */
  readonly reason: "incomplete" | "exchange" | "unknown" | null;
  /** Sum of the intervals minus what the registers counted, in the channel's unit */
  readonly difference: number | null;
};

export type Events = {
  readonly id: string;
  readonly events: readonly (PointEvent)[];
  /** `cursor` of the next page; null if this is the last one */
  readonly next: string | null;
};

export type Outages = {
  readonly id: string;
  readonly outages: readonly ({
    /** When it began */
    readonly time: string;
    /** When it ended; null while it lasts */
    readonly until: string | null;
    /** Its length; null while it lasts */
    readonly seconds: number | null;
    /** Who says so */
    readonly origin: "meter" | "outage" | "alarm" | "gateway";
    readonly detail: unknown;
  })[];
  /** `cursor` of the next page; null if this is the last one */
  readonly next: string | null;
};

export type WhyAnswer = {
  readonly id: string;
  readonly value: "interval" | "live" | "register" | "reading";
  /** The interval as it is stored; null for other values */
  readonly interval: Interval | null;
  /** The live value; null for other values */
  readonly live: LiveWhy | null;
  /** The state of the register as it is stored; null for other values */
  readonly register: RegisterWhy | null;
  /** The value of the stored live set; null for other values */
  readonly reading: ReadingWhy | null;
  /** null if none was kept */
  readonly proof: Proof | null;
  /** The readings of the register; null unless the source is `difference` */
  readonly difference: DifferenceWhy | null;
  /** What the load profile recorded at both ends; null unless the source is `profile` and its entry is known */
  readonly profile: ProfileWhy | null;
};

export type LiveWhy = {
  readonly key: "power_w" | "power_import_w" | "power_export_w" | "power_l1_w" | "power_l2_w" | "power_l3_w" | "voltage_l1_v" | "voltage_l2_v" | "voltage_l3_v" | "current_l1_a" | "current_l2_a" | "current_l3_a" | "frequency_hz" | "power_factor_l1" | "power_factor_l2" | "power_factor_l3" | "reactive_power_import_var" | "reactive_power_export_var" | "apparent_power_va" | "energy_import_wh" | "energy_export_wh" | "reactive_energy_import_varh" | "reactive_energy_export_varh";
  readonly label: string;
  /** The present value; null is unknown */
  readonly number: number | null;
  readonly unit: string;
  /** When the reading was taken; null before the first */
  readonly time: string | null;
  readonly quality: "good" | "partial" | "suspect" | "stale";
  /** The layouts that decoded it */
  readonly profile: string | null;
  /** Whether it holds the transformer ratios of BT15 */
  readonly ratios: boolean;
  /** What the meter sent for it; empty if it has no such value */
  readonly sources: readonly ({
    /** The guide's source ID */
    readonly source: number;
    readonly name: string;
    /** Whether it is added or subtracted */
    readonly sign: "+" | "-";
    readonly table: "BT23" | "BT28";
    /** Of its four bytes; null if the meter's list of sources decides it */
    readonly offset: number | null;
    /** The integer on the wire; null if it does not follow from the reading */
    readonly raw: number | null;
    /** One step of the integer, in `unit` */
    readonly scale: number | null;
    readonly unit: string;
  })[];
  /** What the guard said, in one sentence */
  readonly verdict: string;
  /** The same as a stable code, for other languages */
  readonly verdict_code: "stale" | "withheld" | "frozen" | "absent" | "widened" | "register" | "value";
};

export type RegisterWhy = unknown;

export type ReadingWhy = {
  readonly key: "power_w" | "power_import_w" | "power_export_w" | "power_l1_w" | "power_l2_w" | "power_l3_w" | "voltage_l1_v" | "voltage_l2_v" | "voltage_l3_v" | "current_l1_a" | "current_l2_a" | "current_l3_a" | "frequency_hz" | "power_factor_l1" | "power_factor_l2" | "power_factor_l3" | "reactive_power_import_var" | "reactive_power_export_var" | "apparent_power_va" | "energy_import_wh" | "energy_export_wh" | "reactive_energy_import_varh" | "reactive_energy_export_varh";
  readonly label: string;
  /** The value as it is stored; null is unknown */
  readonly number: number | null;
  readonly unit: string;
  /** When the reading was taken */
  readonly time: string;
  readonly quality: "good" | "partial" | "suspect" | "stale";
  /** Whether the meter that hung there then is the one that hangs there now, whose plan tells offsets and scales */
  readonly meter: "same" | "another" | "unknown";
  /** The meter that hung there then; null if it is not known */
  readonly serial: string | null;
  /** The layouts of that meter; null if they are not known */
  readonly profile: string | null;
  /** Whether it holds the transformer ratios of BT15; null if that is not known */
  readonly ratios: boolean | null;
  /** What the meter sends for it, as far as that is known; empty if it has no such value, null if it depends on transformer ratios that are not known */
  readonly sources: readonly ({
    /** The guide's source ID */
    readonly source: number;
    readonly name: string;
    /** Whether it is added or subtracted */
    readonly sign: "+" | "-";
    readonly table: "BT23" | "BT28";
    /** Of its four bytes; null if the meter's list of sources decides it */
    readonly offset: number | null;
    /** The integer on the wire; null if it does not follow from the reading */
    readonly raw: number | null;
    /** One step of the integer, in `unit` */
    readonly scale: number | null;
    readonly unit: string;
  })[] | null;
  /** What is known of the guard's verdict */
  readonly verdict: string;
  /** The same as a stable code, for other languages */
  readonly verdict_code: "accepted" | "absent";
  /** What is not kept, and what the sources rest on */
  readonly note: string;
};

export type Proof = {
  /** When the answer came */
  readonly time: string;
  /** The table that was read; null if no meter was read */
  readonly table: string | null;
  /** Offset of the first byte in that table */
  readonly offset: number | null;
  /** The bytes as read, in hex; null if they were not kept */
  readonly raw: string | null;
  /** The layouts that decoded them */
  readonly profile: string | null;
  /** The meter's clock minus ours */
  readonly clock_offset_ms: number | null;
  /** What was done, in one sentence */
  readonly note: string;
};

export type DifferenceWhy = {
  /** How the states give the value, in one sentence */
  readonly rule: string;
  readonly begin: DifferenceEnd;
  readonly end: DifferenceEnd;
};

export type DifferenceEnd = {
  /** The end of the interval */
  readonly time: string;
  /** State of the register at that moment */
  readonly register: number | null;
  /** The last reading before it; null if it is not kept any more */
  readonly before: RegisterReading | null;
  /** The first reading at or after it; null if it is not kept any more */
  readonly after: RegisterReading | null;
};

export type RegisterReading = {
  /** When it was read */
  readonly time: string;
  readonly value: number;
};

export type ProfileWhy = {
  /** How the registers give the value, in one sentence */
  readonly rule: string;
  readonly table: string;
  /** The guide's source ID of the channel */
  readonly source: number;
  /** One step of the integer in the channel's unit; null if the meter did not say */
  readonly scale: number | null;
  /** null if the entry before it is not kept */
  readonly begin: RecordedEnd | null;
  readonly end: RecordedEnd;
};

export type RecordedEnd = {
  /** The end of the interval */
  readonly time: string;
  /** Index of the block in the table */
  readonly block: number;
  /** Index of the entry in the block */
  readonly entry: number;
  /** Offset of the entry in the table */
  readonly offset: number;
  /** Its bytes as read, in hex; null if they were not kept */
  readonly raw: string | null;
  /** Offset of the channel's four bytes in the table */
  readonly value_offset: number;
  /** The integer in them: the register; null if the bytes were not kept */
  readonly integer: number | null;
};

export type JournalAnswer = {
  /** Ascending; without gaps, except for what a filter left out */
  readonly entries: readonly (JournalEntry)[];
  /** `after` of the next request */
  readonly next: number;
  /** Whether more entries follow */
  readonly more: boolean;
  /** Number of the oldest entry that is kept */
  readonly oldest: number | null;
  /** True if entries after `after` are deleted already, or `after` is a number of another store: read the values instead, and continue from `next` */
  readonly passed: boolean;
};

export type JournalEntry = {
  /** Rises by 1 with each change, over all points; never used twice */
  readonly number: number;
  /** When it was stored */
  readonly stored: string;
  /** Id of the point */
  readonly point: string;
  readonly kind: "interval";
  readonly channel: string;
  readonly interval: Interval;
} | {
  /** Rises by 1 with each change, over all points; never used twice */
  readonly number: number;
  /** When it was stored */
  readonly stored: string;
  /** Id of the point */
  readonly point: string;
  readonly kind: "register";
  readonly register: RegisterState;
} | {
  /** Rises by 1 with each change, over all points; never used twice */
  readonly number: number;
  /** When it was stored */
  readonly stored: string;
  /** Id of the point */
  readonly point: string;
  readonly kind: "event";
  readonly event: PointEvent;
} | {
  /** Rises by 1 with each change, over all points; never used twice */
  readonly number: number;
  /** When it was stored */
  readonly stored: string;
  /** Id of the point */
  readonly point: string;
  readonly kind: "device";
  readonly device: Device;
};

export type ChildPoints = {
  readonly children: readonly (ChildPoint)[];
  /** `cursor` of the next page; null if this is the last one */
  readonly next: string | null;
};

export type ChildPoint = {
  /** Its own point, for registers, events, devices, intervals and export */
  readonly id: string;
  /** The point of the meter that reads it */
  readonly parent: string;
  /** Eight digits */
  readonly serial: string;
  /** As in `water`; null if it is not known */
  readonly medium: string | null;
  /** Three letters; null if it does not say */
  readonly manufacturer: string | null;
  /** Its place at the meter, 0 to 3 */
  readonly slot: number;
  /** The meter's number for it */
  readonly handle: number;
  /** Whether the meter reaches it */
  readonly state: "up" | "down" | "unknown";
  /** Alarms that are active */
  readonly alarms: readonly (string)[];
  /** When the meter read it last, by the meter's clock; null if it has not yet */
  readonly time_read: string | null;
  /** Seconds since then; null if it has not read it yet */
  readonly age_s: number | null;
  /** What it answered then */
  readonly values: readonly ({
    /** Quantity and unit */
    readonly register: string;
    /** 0 is the sum of all tariffs */
    readonly tier: number;
    readonly value: number;
  })[];
};

export type DevicePoints = {
  readonly points: readonly (DevicePoint)[];
  /** `cursor` of the next page; null if this is the last one */
  readonly next: string | null;
};

export type DevicePoint = {
  readonly id: string;
  /** What the configuration grants */
  readonly rights: readonly ("register" | "replace" | "answer" | "files" | "display" | "watch")[];
  /** `off` while there is no session with the meter; `blocked` if another device is registered there */
  readonly phase: "off" | "searching" | "blocked" | "registered";
  /** The meter's number for it; null while not registered */
  readonly handle: number | null;
  /** How many own sources it has */
  readonly sources: number;
  /** How many of them may be sent now */
  readonly sources_fresh: number;
  readonly last: DeviceLine;
};

/** What happened last */
export type DeviceLine = {
  /** Counts from 1 since the daemon started */
  readonly number: number;
  /** When */
  readonly time: string;
  readonly type: string;
  readonly text: string;
} | null;

export type DeviceStatus = {
  readonly id: string;
  /** What the configuration grants */
  readonly rights: readonly ("register" | "replace" | "answer" | "files" | "display" | "watch")[];
  /** `off` while there is no session with the meter; `blocked` if another device is registered there */
  readonly phase: "off" | "searching" | "blocked" | "registered";
  /** The meter's number for it; null while not registered */
  readonly handle: number | null;
  /** Its 30 bytes in ET50, in hex */
  readonly identification: string;
  readonly sources: readonly (DeviceSource)[];
  /** What it has on the meter's display */
  readonly display: readonly ({
    readonly place: number;
    /** The live value */
    readonly key: string;
    readonly icons: readonly (string)[];
    /** null while nothing is shown there */
    readonly value: number | null;
  })[];
  /** What the grid asked and what was answered, the newest last; at most 200 */
  readonly lines: readonly (DeviceLine)[];
};

export type DeviceSource = {
  readonly name: string;
  /** What it measures, as M-Bus names it */
  readonly quantity: string;
  readonly unit: string | null;
  /** Where it comes from; null: by `PUT` */
  readonly topic: string | null;
  /** An older value is not sent */
  readonly max_age_s: number;
  /** What it said last; null before, and for a telegram */
  readonly value: number | null;
  /** The records that it gave, in hex */
  readonly telegram: string | null;
  /** Its alarms, a bit each; null: it said nothing of them */
  readonly alarms: number | null;
  /** When that was measured; null before the first */
  readonly time: string | null;
  readonly age_s: number | null;
  /** Whether it may be sent */
  readonly fresh: boolean;
};

export type SourceInput = {
  /** In the unit of the source */
  readonly value?: number;
  /** Instead of a value: M-Bus records, in hex; they are sent as they are */
  readonly telegram?: string;
  /** Alarms of the source, a bit each: they go with scheduled reads, if a form has `alarms` */
  readonly alarms?: number;
  /** When it was measured; now if omitted */
  readonly time?: string;
};

export type DeviceFiles = {
  readonly id: string;
  readonly files: readonly ({
    readonly name: string;
    readonly bytes: number;
    /** When it was complete */
    readonly time: string;
    /** Whether its MAC was checked */
    readonly verified: boolean;
    readonly sha256: string;
  })[];
};

export type QualityAnswer = {
  readonly id: string;
  /** When the meter was read, at most a minute ago */
  readonly time_read: string;
  readonly power_quality: PowerQuality;
};

export type PowerQuality = {
  readonly phases: {
    readonly L1: PhaseQuality;
    readonly L2: PhaseQuality;
    readonly L3: PhaseQuality;
  };
  readonly frequency: {
    readonly lowest_hz: number | null;
    /** ISO 8601 UTC; null for never */
    readonly lowestAt: string | null;
    readonly highest_hz: number | null;
    /** ISO 8601 UTC; null for never */
    readonly highestAt: string | null;
  };
  readonly shortOutages: number;
  readonly criticalVoltages: readonly ({
    /** ISO 8601 UTC; null for never */
    readonly at: string | null;
    readonly drp_percent: number;
    readonly drc_percent: number;
  })[] | null;
  readonly thresholds: {
    readonly longOutage_s: number;
    readonly sagOrSurge_s: number;
    readonly sag_percent: number;
    readonly surge_percent: number;
    readonly overCurrent_percent: number;
    readonly overCurrent_s: number | null;
    readonly deepSag_percent: number | null;
    readonly deepSag_s: number | null;
    readonly voltageDistortion_percent: number | null;
    readonly currentDistortion_percent: number | null;
    readonly powerDistortion_percent: number | null;
  };
  readonly quality: "good" | "suspect";
  readonly doubts: readonly ("time" | "sequence" | "duration" | "zone" | "configuration" | "length" | "unit" | "truncated" | "malformed" | "encrypted" | "security")[];
};

export type PhaseQuality = {
  readonly sags: VoltageEvent;
  readonly surges: VoltageEvent;
  /** By the second thresholds; null before firmware 4.10 */
  readonly deepSags: VoltageEvent | null;
  readonly overCurrents: number;
  readonly phaseLosses: {
    readonly count: number;
    /** ISO 8601 UTC; null for never */
    readonly last: string | null;
    readonly timeKnown: boolean;
    readonly now: boolean;
  };
  /** null before firmware 3.10 */
  readonly voltageDistortion: Distortion | null;
  /** null before firmware 3.10 */
  readonly currentDistortion: Distortion | null;
  /** null before firmware 3.10 */
  readonly powerDistortion: Distortion | null;
};

export type VoltageEvent = {
  readonly count: number;
  /** ISO 8601 UTC; null for never */
  readonly last: string | null;
  readonly timeKnown: boolean;
  readonly voltage_v: number | null;
};

export type Distortion = {
  readonly count: number;
  /** ISO 8601 UTC; null for never */
  readonly last: string | null;
  readonly timeKnown: boolean;
  readonly highest_percent: number;
  /** ISO 8601 UTC; null for never */
  readonly highestAt: string | null;
  readonly average_percent: number;
};

export type ChildrenAnswer = {
  readonly id: string;
  /** When the meter was read, at most a minute ago */
  readonly time_read: string;
  /** M-Bus devices and MEP clients, by slot */
  readonly children: readonly (Child)[];
};

export type Child = {
  readonly slot: number;
  readonly handle: number;
  readonly kind: "mbus" | "mep";
  readonly state: "up" | "down" | "unknown";
  readonly alarms: readonly ({
    readonly key: string;
    readonly name: string;
  })[];
  readonly ownAlarms: number;
  /** ISO 8601 UTC; null for never */
  readonly statusRead: string | null;
  /** ISO 8601 UTC; null for never */
  readonly lastReadAttempt: string | null;
  readonly customerId: string | null;
  readonly schedule: {
    readonly frequency: "hourly" | "daily" | "weekly" | "monthly" | "never" | "unknown";
    readonly day: number;
    readonly at: string | null;
    /** What these mean together, as in `meterport devices --json` */
    readonly times: unknown;
    readonly loadProfile_min: number | null;
  } | null;
  readonly attempts: number;
  readonly answers: number;
  /** The value that ET34 selects for control, or null */
  readonly control: unknown;
  /** Which commands to it the meter logs, or null */
  readonly commandMonitor: unknown;
  /** What was last read from it, as `meterport devices --json` has it, or null */
  readonly latest: unknown;
  /** seconds since it was last read, by the meter's clock; null if unknown */
  readonly age_s: number | null;
  readonly quality: "good" | "suspect";
  readonly doubts: readonly ("time" | "sequence" | "duration" | "zone" | "configuration" | "length" | "unit" | "truncated" | "malformed" | "encrypted" | "security")[];
};

export type TablesAnswer = {
  readonly id: string;
  /** When the meter was read, at most a minute ago */
  readonly time_read: string;
  readonly profile: string;
  /** `meter`: its BT00 names them. `profile`: BT00 says nothing, and firmware like this may have them */
  readonly from: "meter" | "profile";
  /** By number */
  readonly tables: readonly (TableSummary)[];
};

export type TableSummary = {
  readonly table: string;
  readonly number: number;
  /** null if no guide names it */
  readonly title: string | null;
  /** Whether its layout is known, so that it can be read here */
  readonly known: boolean;
  /** It may hold keys anywhere, so it is not given */
  readonly withheld: boolean;
  /** Whether some key may write it; null if unknown */
  readonly writable: boolean | null;
};

export type TableAnswer = {
  readonly id: string;
  /** When the meter was read, at most a minute ago */
  readonly time_read: string;
  readonly table: string;
  readonly title: string;
  /** The layouts that decoded it */
  readonly profile: string;
  /** Of the whole table */
  readonly size: number;
  /** Offset of the first byte of `raw`; 0 if it is the whole table */
  readonly from: number;
  /** Its bytes as hex, with zeros in place of keys */
  readonly raw: string;
  /** By offset */
  readonly fields: readonly (TableField)[];
};

export type TableField = {
  /** As in `meterport read`: `devices.0.billingDay` */
  readonly path: string;
  /** First byte, from the start of the table */
  readonly start: number;
  /** The byte after its last one */
  readonly end: number;
  /** Lowest and highest bit; null for whole bytes */
  readonly bits: readonly (number)[] | null;
  /** The value on the wire; bytes as hex; null for a key */
  readonly value: unknown;
  /** Unit of the value on the wire */
  readonly unit: string | null;
  /** The guide's name of the value */
  readonly meaning: string | null;
  readonly reserved: boolean;
  /** A key, which is not given */
  readonly secret: boolean;
  /** The guide's type; empty if the value has none of its own */
  readonly type: string;
  /** What it is, in one line of English; may be empty */
  readonly note: string;
};

export type ConfigurationAnswer = {
  /** The configuration file; null if there is none */
  readonly file: string | null;
  /** Where the file is, or where the first change makes it; null if there can be none */
  readonly path: string | null;
  /** Of the file: give it back with a change, so that nobody overwrites what another has changed */
  readonly revision: string | null;
  /** Why the configuration cannot be changed here, in one sentence; null if it can */
  readonly unchangeable: string | null;
  readonly meters: number;
  readonly settings: readonly ({
    /** Place in the file; `[]` is each meter */
    readonly path: string;
    /** What it is for, in English */
    readonly text: string;
    /** What the gateway runs with, durations in milliseconds; null if unset, `[secret]` if it is one */
    readonly value: unknown;
    readonly example: string;
    /** What applies if it is omitted */
    readonly fallback: string | null;
    readonly required: boolean;
    /** Whether a change waits for the next start */
    readonly restart: boolean;
    /** What the file says, as it is written there; null if nothing, `[secret]` for a secret that is set */
    readonly written: unknown;
    readonly unit: string | null;
    /** Whether it can be set, but is never shown */
    readonly secret: boolean;
    /** The variable of the environment that sets it now: then it cannot be changed here */
    readonly variable: string | null;
    /** Why only the file on the machine itself can set it; null if the API can */
    readonly only_on_machine: string | null;
  })[];
};

export type ReloadAnswer = {
  /** False if the file has mistakes: then nothing changes */
  readonly ok: boolean;
  /** The mistakes, each with its place */
  readonly problems: readonly (string)[];
  /** Changed keys that take effect */
  readonly apply: readonly (string)[];
  /** Changed keys that wait for the next start */
  readonly restart: readonly (string)[];
  /** Ids of meters */
  readonly added: readonly (string)[];
  readonly changed: readonly (string)[];
  readonly removed: readonly (string)[];
};

export type ChangeAnswer = {
  /** False if the file has mistakes: then nothing changes */
  readonly ok: boolean;
  /** The mistakes, each with its place */
  readonly problems: readonly (string)[];
  /** Changed keys that take effect */
  readonly apply: readonly (string)[];
  /** Changed keys that wait for the next start */
  readonly restart: readonly (string)[];
  /** Ids of meters */
  readonly added: readonly (string)[];
  readonly changed: readonly (string)[];
  readonly removed: readonly (string)[];
  /** Of the file as it is now */
  readonly revision: string;
  /** The file that was written; null if nothing was */
  readonly written: string | null;
  /** A copy of the old file; null if there was none */
  readonly before: string | null;
};

export type PointChangeAnswer = unknown;

/** Any further key of a meter in the configuration, as in `GET /api/v1/configuration/schema`. null removes it. */
export type NewPoint = {
  /** Its name in addresses, to which its history belongs; made of the name if omitted */
  readonly id?: string;
  /** The name on the page */
  readonly name?: string | null;
  /** How the meter is reached */
  readonly link: string;
  /** 16 or 20 characters, or 32 or 40 hex digits. It is stored sealed, and never given back */
  readonly key?: string | null;
  /** How often all live values are read */
  readonly interval?: string | number | null;
  /** The time zone of its days and months */
  readonly zone?: string | null;
  /** The main fuse, in A */
  readonly fuse_amps?: string | number | null;
};

export type PointSettings = {
  readonly id: string;
  /** Its keys as the file has them, `[secret]` for a secret; null if the file does not have it */
  readonly settings: { readonly [name: string]: unknown } | null;
  /** Of the file: give it back with a change */
  readonly revision: string;
  /** Why it cannot be changed here; null if it can */
  readonly unchangeable: string | null;
};

/** Any further key of a meter in the configuration, as in `GET /api/v1/configuration/schema`. null removes it. */
export type PointChange = {
  readonly link?: string;
  /** The name on the page */
  readonly name?: string | null;
  /** 16 or 20 characters, or 32 or 40 hex digits. It is stored sealed, and never given back */
  readonly key?: string | null;
  /** How often all live values are read */
  readonly interval?: string | number | null;
  /** The time zone of its days and months */
  readonly zone?: string | null;
  /** The main fuse, in A */
  readonly fuse_amps?: string | number | null;
};

export type RestoreState = {
  /** `staged`: it is whole and checked, and the next start of the gateway takes it in */
  readonly state: "none" | "uploading" | "staged";
  /** Bytes of the upload that have arrived: the next part begins there */
  readonly received: number;
  /** How long a part may be */
  readonly part_bytes: number;
  /** The backup that is staged; null if there is none */
  readonly backup: {
    /** The moment of the backup */
    readonly created: string;
    readonly files: readonly ({
      readonly name: string;
      readonly bytes: number;
    })[];
    /** Whether stored values are in it, not only users and tokens */
    readonly values: boolean;
  } | null;
};

export type RestartAnswer = {
  /** What starts the gateway again; null if nothing says that it would */
  readonly by: "systemd" | "container" | "home-assistant" | null;
};

export type LogsAnswer = {
  readonly lines: readonly ({
    /** Counts up with each line since the start */
    readonly number: number;
    /** When it was logged */
    readonly time: string;
    readonly level: "error" | "warn" | "info" | "debug" | "trace";
    /** The meter that it is about */
    readonly meter: string | null;
    readonly message: string;
    /** Whether the same is among the events of that meter */
    readonly is_event: boolean;
  })[];
};

export type OutputsAnswer = {
  readonly outputs: readonly (Output)[];
};

export type Output = {
  /** As in the configuration */
  readonly name: string;
  /** `up`: its consumer is there. `failing`: the last try failed, and the next one follows */
  readonly state: "connecting" | "up" | "failing" | "stopped";
  /** Since when it is in this state */
  readonly since: string;
  /** What is wrong, as one sentence */
  readonly problem: string | null;
  /** When a consumer last took something */
  readonly last_delivered: string | null;
  /** Live values that a consumer took since the start */
  readonly sent: number;
  /** Changes that a consumer has acknowledged since the start */
  readonly delivered: number;
  /** Live values that a slow consumer did not get, because newer ones came */
  readonly skipped: number;
  /** Changes that were deleted before they could be delivered */
  readonly lost: number;
  /** How often it failed since the start */
  readonly failures: number;
  /** How often it was stuck and begun again */
  readonly stuck: number;
  /** Points that it sees */
  readonly points: number;
  /** How far it has come in the journal; null without history, or while that is unknown */
  readonly journal: {
    /** Number of the last entry of the journal that is done */
    readonly cursor: number;
    /** Entries that follow it */
    readonly behind: number;
  } | null;
};

export type OutputTest = {
  /** Whether the consumer took something */
  readonly ok: boolean;
  /** What was seen, as one sentence */
  readonly text: string;
};

export type OutputPairing = {
  /** Whether a program may come in now */
  readonly ok: boolean;
  /** For how long, or why not, as one sentence */
  readonly text: string;
};

export type LinksAnswer = {
  /** Serial ports, USB adapters first */
  readonly ports: readonly ({
    /** The link to use, which finds the same adapter under any path */
    readonly link: string;
    readonly path: string;
    /** USB vendor, four hex digits; null if it is not on USB */
    readonly vendor: string | null;
    readonly product: string | null;
    readonly serial: string | null;
    /** The adapter's own name for its maker */
    readonly maker: string | null;
    /** The adapter's own name for itself */
    readonly name: string | null;
    /** The point that uses it; null if none does */
    readonly used_by: string | null;
  })[];
  /** Why the system lists no ports; null if it does */
  readonly problem: string | null;
  /** The point of the simulated household, which is read while no point is configured; null otherwise */
  readonly simulated: string | null;
};

export type FoundLinksAnswer = {
  /** By name; what they say of themselves is not checked */
  readonly bridges: readonly ({
    /** The link to try with `POST /api/v1/link/test` */
    readonly link: string;
    /** What it calls itself */
    readonly name: string;
    readonly address: string;
    readonly port: number;
    readonly kind: "esphome" | "telnet" | "stream";
    /** Whether the port is only the usual one: the bridge does not say it */
    readonly guessed: boolean;
    /** The point that uses it; null if none does */
    readonly used_by: string | null;
  })[];
  /** Why the network could not be searched; null if it was */
  readonly problem: string | null;
};

export type DoctorTest = {
  readonly id: string;
  /** Ask again while it is `running` */
  readonly state: "running" | "done" | "failed";
  /** When it began */
  readonly started: string;
  /** How long it took; null while it is running */
  readonly took_ms: number | null;
  /** Why it failed, in one sentence; null otherwise */
  readonly problem: string | null;
  /** null until it is done */
  readonly diagnosis: Diagnosis | null;
};

export type Diagnosis = {
  readonly format: "meterport-doctor";
  readonly version: 1;
  /** When the examination began */
  readonly time: string;
  /** Kind of link */
  readonly link: string;
  readonly security: string;
  readonly language: "en" | "da" | "de";
  /** Model and firmware, without serial numbers */
  readonly meter: string | null;
  readonly took_ms: number;
  /** The first thing that is wrong; null if the link is healthy */
  readonly sickness: "no-device" | "no-permission" | "device-busy" | "unsuitable-device" | "bridge-refuses" | "bridge-unreachable" | "cannot-open" | "hangs-up" | "silent" | "deaf" | "echo" | "stuck" | "wrong-baud" | "noise" | "sag" | "slow-bridge" | "no-key" | "wrong-key" | "key-form" | "tls-required" | "no-tls" | "tls-fails" | "other-client" | "paused" | "loses-requests" | "loses-replies" | "locked" | "clock-off" | "no-light" | "own-light" | "stray-light" | "loose-head" | "head-supply" | "head-sags" | "asleep" | "short-packets" | "other-meter" | "no-session" | "interrupted" | "no-password" | "password-refused" | "password-unheard" | null;
  /** Whether values can be read */
  readonly usable: boolean;
  /** The sickness in a few words */
  readonly name: string;
  readonly cause: string | null;
  /** What to do, the likeliest first */
  readonly remedies: readonly (string)[];
  readonly checks: readonly ({
    readonly name: "open" | "bytes" | "echo" | "alerts" | "framing" | "security" | "key" | "sequence" | "line" | "long-replies" | "access" | "clock" | "identification" | "negotiation" | "logon";
    readonly verdict: "good" | "warning" | "bad" | "unknown";
    /** A stable code */
    readonly finding: string;
    readonly facts: { readonly [name: string]: string | number };
    readonly title: string;
    /** The finding as a sentence */
    readonly text: string;
  })[];
  /** At which lengths replies broke off */
  readonly broken: readonly ({
    readonly from: number;
    readonly to: number;
    readonly count: number;
  })[];
};

export type KeyTest = {
  readonly id: string;
  /** Ask again while it is `running` */
  readonly state: "running" | "done" | "failed";
  /** When it began */
  readonly started: string;
  /** How long it took; null while it is running */
  readonly took_ms: number | null;
  /** Why it failed, in one sentence; null otherwise */
  readonly problem: string | null;
  /** null until it is done */
  readonly verdict: KeyVerdict | null;
};

export type KeyVerdict = {
  /** `works`, `wrong-key` (the meter answers and refuses it), `needs-key` (the meter answers, no key was given), `no-answer`, or `failed` for another reason, which `code` names */
  readonly outcome: "works" | "wrong-key" | "needs-key" | "no-answer" | "failed";
  /** Access that the key gives; null if it does not work, or is unknown, as under RC4: both keys of a meter read the same there, and nothing is written to find out */
  readonly level: "none" | "basic" | "advanced" | null;
  /** Model and firmware */
  readonly meter: string | null;
  readonly profile: string | null;
  /** Stable code of the failure; null if it works */
  readonly code: string | null;
  /** The outcome in one sentence */
  readonly message: string;
  /** null if the key does not work */
  readonly offer: MeterOffer | null;
};

/** What the meter gives with the key; null is unknown */
export type MeterOffer = {
  /** Phases with voltage */
  readonly phases: number | null;
  /** Net power at the moment of the test */
  readonly power_w: number | null;
  /** How far back its load profile reaches */
  readonly profile_days: number | null;
  /** Length of its intervals */
  readonly profile_minutes: number | null;
};

export type LinkTests = {
  readonly id: string;
  /** null if there was none since the start */
  readonly doctor: LinkTestSummary | null;
  /** null if there was none since the start */
  readonly key_test: LinkTestSummary | null;
};

export type LinkTestSummary = {
  /** Ask again while it is `running` */
  readonly state: "running" | "done" | "failed";
  /** When it began */
  readonly started: string;
};

export type LinkTest = {
  /** Ask again while it is `running` */
  readonly state: "running" | "done" | "failed";
  /** When it began */
  readonly started: string;
  /** How long it took; null while it is running */
  readonly took_ms: number | null;
  /** Why it failed, in one sentence; null otherwise */
  readonly problem: string | null;
  /** null until it is done */
  readonly verdict: KeyVerdict | null;
};

export type LinkRecording = {
  readonly id: string;
  readonly running: boolean;
  /** When it began; null if there was none since the start */
  readonly started: string | null;
  /** When it ends by itself, or ended */
  readonly until: string | null;
  /** Bytes that crossed the line so far, in both directions */
  readonly bytes: number;
  /** Pieces that they came in, and openings and closings of the link */
  readonly entries: number;
  /** `stopped` by somebody, its `time` was over, it was `full`, or `closed` with its meter, as by a change of its settings; null while it runs */
  readonly ended: "stopped" | "time" | "full" | "closed" | null;
  /** Its name among the captures; null while it runs, and if nothing crossed the line or the file cannot be written */
  readonly capture: string | null;
};

export type HealthAnswer = {
  readonly status: "ok";
  readonly version: string;
  readonly uptime_s: number;
  readonly meters: number;
  readonly meters_up: number;
};

export type BareAnswer = {
  readonly status: "ok" | "failed";
};

export type ReadyAnswer = {
  readonly ready: boolean;
  /** Why it is not ready, or what is wrong although it is */
  readonly problem: string | null;
  readonly store: {
    readonly kind: string;
    readonly state: "ok" | "busy" | "failing" | "replaced";
    readonly problem: string | null;
  };
  /** What a process of a fleet depends on besides: its database, its shards, its outbox */
  readonly parts?: readonly ({
    readonly name: string;
    readonly ready: boolean;
    readonly problem: string | null;
    readonly figures: { readonly [name: string]: number | string | null };
  })[];
};

export class MeterportApi extends ApiConnection {
  /** Who you are, and what you may do */
  session(init: RequestInit = {}): Promise<Session> {
    return this.json("GET", `/api/v1/session`, {}, init);
  }

  /** Signs in with name and password */
  postSession(body: {
    readonly name: string;
    readonly password: string;
  }, init: RequestInit = {}): Promise<Session> {
    return this.json("POST", `/api/v1/session`, {}, init, body);
  }

  /** Signs out and ends the session */
  deleteSession(init: RequestInit = {}): Promise<Session> {
    return this.json("DELETE", `/api/v1/session`, {}, init);
  }

  /** Sets another password for the user who is signed in */
  postSessionPassword(body: {
    readonly old: string;
    readonly password: string;
  }, init: RequestInit = {}): Promise<Session> {
    return this.json("POST", `/api/v1/session/password`, {}, init, body);
  }

  /** Makes the first user with the code on the console, and signs in */
  postSessionPairing(body: {
    readonly code: string;
    readonly name: string;
    readonly password: string;
  }, init: RequestInit = {}): Promise<Session> {
    return this.json("POST", `/api/v1/session/pairing`, {}, init, body);
  }

  /** People who may sign in */
  users(init: RequestInit = {}): Promise<UsersAnswer> {
    return this.json("GET", `/api/v1/users`, {}, init);
  }

  /** Makes a user */
  postUsers(body: {
    readonly name: string;
    /** At least 10 characters */
    readonly password: string;
    readonly scope?: "read" | "operate" | "admin";
  }, init: RequestInit = {}): Promise<Response> {
    return this.open("POST", `/api/v1/users`, {}, init, body);
  }

  /** Changes what a user may do, or sets another password */
  patchUser(name: string, body: {
    readonly scope?: "read" | "operate" | "admin";
    /** At least 10 characters */
    readonly password?: string;
  }, init: RequestInit = {}): Promise<User> {
    return this.json("PATCH", `/api/v1/users/${encodeURIComponent(name)}`, {}, init, body);
  }

  /** Removes a user, and ends their sessions */
  deleteUser(name: string, init: RequestInit = {}): Promise<RemovedAnswer> {
    return this.json("DELETE", `/api/v1/users/${encodeURIComponent(name)}`, {}, init);
  }

  /** Tokens with which programs use the API */
  tokens(init: RequestInit = {}): Promise<TokensAnswer> {
    return this.json("GET", `/api/v1/tokens`, {}, init);
  }

  /** Makes a token, which is shown once */
  postTokens(body: {
    readonly name: string;
    /** Default: read */
    readonly scope?: "read" | "operate" | "admin";
    /** After how long it ends, from 1min to 3650d; never if omitted */
    readonly expires?: string;
  }, init: RequestInit = {}): Promise<Response> {
    return this.open("POST", `/api/v1/tokens`, {}, init, body);
  }

  /** Removes a token, which then opens nothing */
  deleteToken(name: string, init: RequestInit = {}): Promise<RemovedAnswer> {
    return this.json("DELETE", `/api/v1/tokens/${encodeURIComponent(name)}`, {}, init);
  }

  /** All meters */
  meters(query: { limit?: number | undefined; cursor?: string | undefined; q?: string | undefined; state?: string | undefined } = {}, init: RequestInit = {}): Promise<readonly (MeterSummary)[]> {
    return this.json("GET", `/api/v1/meters`, query, init);
  }

  /** One meter and its identity */
  meter(id: string, init: RequestInit = {}): Promise<MeterDetail> {
    return this.json("GET", `/api/v1/meters/${encodeURIComponent(id)}`, {}, init);
  }

  /** Live values; a stream of them for `Accept: text/event-stream` */
  meterLive(id: string, init: RequestInit = {}): Promise<LiveAnswer> {
    return this.json("GET", `/api/v1/meters/${encodeURIComponent(id)}/live`, {}, init);
  }

  /** Live values and link health as server-sent events */
  meterEvents(id: string, init: RequestInit = {}): Promise<Response> {
    return this.open("GET", `/api/v1/meters/${encodeURIComponent(id)}/events`, {}, init);
  }

  /** Power and registers on a regular grid */
  meterHistory(id: string, query: { from?: string | undefined; to?: string | undefined; step?: string | undefined } = {}, init: RequestInit = {}): Promise<HistoryAnswer> {
    return this.json("GET", `/api/v1/meters/${encodeURIComponent(id)}/history`, query, init);
  }

  /** The newest entries of the meter's own event log */
  meterLog(id: string, query: { limit?: string | undefined } = {}, init: RequestInit = {}): Promise<LogAnswer> {
    return this.json("GET", `/api/v1/meters/${encodeURIComponent(id)}/log`, query, init);
  }

  /** The newest entries of the meter's own event log */
  pointLog(id: string, query: { limit?: string | undefined } = {}, init: RequestInit = {}): Promise<LogAnswer> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/log`, query, init);
  }

  /** Captures of the traffic before the link failed */
  meterCaptures(id: string, init: RequestInit = {}): Promise<readonly (Capture)[]> {
    return this.json("GET", `/api/v1/meters/${encodeURIComponent(id)}/captures`, {}, init);
  }

  /** Captures of the traffic before the link failed */
  pointCaptures(id: string, init: RequestInit = {}): Promise<readonly (Capture)[]> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/captures`, {}, init);
  }

  /** One capture, as a file for `meterport explain`, `redact` and `replay` */
  meterCapture(id: string, name: string, query: { redacted?: string | undefined } = {}, init: RequestInit = {}): Promise<Response> {
    return this.open("GET", `/api/v1/meters/${encodeURIComponent(id)}/captures/${encodeURIComponent(name)}`, query, init);
  }

  /** One capture, as a file for `meterport explain`, `redact` and `replay` */
  pointCapture(id: string, name: string, query: { redacted?: string | undefined } = {}, init: RequestInit = {}): Promise<Response> {
    return this.open("GET", `/api/v1/points/${encodeURIComponent(id)}/captures/${encodeURIComponent(name)}`, query, init);
  }

  /** The metering points, by pages */
  points(query: { limit?: number | undefined; cursor?: string | undefined; q?: string | undefined; state?: string | undefined; group?: string | undefined; sort?: "configured" | "name" | "group" | "state" | "power" | undefined } = {}, init: RequestInit = {}): Promise<PointsPage> {
    return this.json("GET", `/api/v1/points`, query, init);
  }

  /** Adds a metering point to the configuration, and begins to read it */
  postPoints(body: NewPoint, query: { revision?: string | undefined; dry_run?: "true" | "false" | undefined } = {}, init: RequestInit = {}): Promise<PointChangeAnswer> {
    return this.json("POST", `/api/v1/points`, query, init, body);
  }

  /** The groups of metering points, and how their links are doing */
  groups(query: { limit?: number | undefined; cursor?: string | undefined } = {}, init: RequestInit = {}): Promise<PointGroups> {
    return this.json("GET", `/api/v1/groups`, query, init);
  }

  /** One point: its link, its meter, and what is stored of it */
  point(id: string, init: RequestInit = {}): Promise<PointDetail> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}`, {}, init);
  }

  /** Changes what is configured for a point */
  patchPoint(id: string, body: PointChange, query: { revision?: string | undefined; dry_run?: "true" | "false" | undefined } = {}, init: RequestInit = {}): Promise<PointChangeAnswer> {
    return this.json("PATCH", `/api/v1/points/${encodeURIComponent(id)}`, query, init, body);
  }

  /** Removes a point from the configuration */
  deletePoint(id: string, query: { revision?: string | undefined; dry_run?: "true" | "false" | undefined } = {}, init: RequestInit = {}): Promise<PointChangeAnswer> {
    return this.json("DELETE", `/api/v1/points/${encodeURIComponent(id)}`, query, init);
  }

  /** The meters that hung there, one after the other */
  pointDevices(id: string, init: RequestInit = {}): Promise<Devices> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/devices`, {}, init);
  }

  /** Live values */
  pointLive(id: string, init: RequestInit = {}): Promise<LiveAnswer> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/live`, {}, init);
  }

  /** Health of the link to the meter */
  pointLink(id: string, init: RequestInit = {}): Promise<LinkHealth> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/link`, {}, init);
  }

  /** Power and registers on a regular grid, or by local days, months or years */
  pointHistory(id: string, query: { from?: string | undefined; to?: string | undefined; step?: string | undefined; resolution?: "day" | "month" | "year" | undefined; zone?: string | undefined } = {}, init: RequestInit = {}): Promise<PointHistory> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/history`, query, init);
  }

  /** Means and extremes of any live keys on a regular grid */
  pointSeries(id: string, query: { from?: string | undefined; to?: string | undefined; keys?: string | undefined; step?: string | undefined } = {}, init: RequestInit = {}): Promise<SeriesAnswer> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/series`, query, init);
  }

  /** Energy by interval, or its sums by local day, month or year */
  pointIntervals(id: string, query: { channel?: string | undefined; from?: string | undefined; to?: string | undefined; sum?: "day" | "month" | "year" | undefined; zone?: string | undefined; limit?: number | undefined; cursor?: string | undefined } = {}, init: RequestInit = {}): Promise<IntervalsAnswer> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/intervals`, query, init);
  }

  /** States of counters: daily, at exchanges, and what the meter read itself */
  pointRegisters(id: string, query: { from?: string | undefined; to?: string | undefined; register?: string | undefined; tier?: number | undefined; limit?: number | undefined; cursor?: string | undefined } = {}, init: RequestInit = {}): Promise<RegistersAnswer> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/registers`, query, init);
  }

  /** What a kWh costs, by the quarter of an hour */
  pointPrices(id: string, query: { from?: string | undefined; to?: string | undefined } = {}, init: RequestInit = {}): Promise<PricesAnswer> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/prices`, query, init);
  }

  /** What energy cost, by local day, month or year, or by interval */
  pointCosts(id: string, query: { from?: string | undefined; to?: string | undefined; sum?: "interval" | "day" | "month" | "year" | undefined; zone?: string | undefined } = {}, init: RequestInit = {}): Promise<CostsAnswer> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/costs`, query, init);
  }

  /** How much of each month or day is stored */
  pointCompleteness(id: string, query: { channel?: string | undefined; from?: string | undefined; to?: string | undefined; resolution?: "day" | "month" | undefined; zone?: string | undefined } = {}, init: RequestInit = {}): Promise<CompletenessAnswer> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/completeness`, query, init);
  }

  /** How complete all points are in one period, by pages */
  completeness(query: { period?: string | undefined; point?: string | undefined; from?: string | undefined; to?: string | undefined; channel?: string | undefined; sort?: "worst" | "id" | undefined; below?: number | undefined; limit?: number | undefined; cursor?: string | undefined } = {}, init: RequestInit = {}): Promise<CompletenessPage> {
    return this.json("GET", `/api/v1/completeness`, query, init);
  }

  /** What is stored of a point as one file, streamed */
  pointExport(id: string, query: { kind?: "readings" | "intervals" | "registers" | "events" | undefined; format?: "csv" | "json" | "parquet" | undefined; channel?: string | undefined; from?: string | undefined; to?: string | undefined; zone?: string | undefined } = {}, init: RequestInit = {}): Promise<Response> {
    return this.open("GET", `/api/v1/points/${encodeURIComponent(id)}/export`, query, init);
  }

  /** Stored events: the meter's log, outages, alarms, and findings of the gateway */
  pointEvents(id: string, query: { from?: string | undefined; to?: string | undefined; limit?: number | undefined; cursor?: string | undefined; kind?: string | undefined } = {}, init: RequestInit = {}): Promise<Events> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/events`, query, init);
  }

  /** Power outages */
  pointOutages(id: string, query: { from?: string | undefined; to?: string | undefined; limit?: number | undefined; cursor?: string | undefined } = {}, init: RequestInit = {}): Promise<Outages> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/outages`, query, init);
  }

  /** How a value came to be */
  pointWhy(id: string, query: { value?: "interval" | "live" | "register" | "reading" | undefined; channel?: string | undefined; end?: string | undefined; register?: string | undefined; tier?: number | undefined; time?: string | undefined; key?: "power_w" | "power_import_w" | "power_export_w" | "power_l1_w" | "power_l2_w" | "power_l3_w" | "voltage_l1_v" | "voltage_l2_v" | "voltage_l3_v" | "current_l1_a" | "current_l2_a" | "current_l3_a" | "frequency_hz" | "power_factor_l1" | "power_factor_l2" | "power_factor_l3" | "reactive_power_import_var" | "reactive_power_export_var" | "apparent_power_va" | "energy_import_wh" | "energy_export_wh" | "reactive_energy_import_varh" | "reactive_energy_export_varh" | undefined } = {}, init: RequestInit = {}): Promise<WhyAnswer> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/why`, query, init);
  }

  /** Each change of an interval, register, event or device, in the order in which it was stored */
  journal(query: { after?: number | undefined; limit?: number | undefined; point?: string | undefined; kind?: string | undefined } = {}, init: RequestInit = {}): Promise<JournalAnswer> {
    return this.json("GET", `/api/v1/journal`, query, init);
  }

  /** The meters behind the meters, with what was read from them last */
  children(query: { parent?: string | undefined; medium?: string | undefined; serial?: string | undefined; limit?: number | undefined; cursor?: string | undefined } = {}, init: RequestInit = {}): Promise<ChildPoints> {
    return this.json("GET", `/api/v1/children`, query, init);
  }

  /** Points that are devices of the grid */
  devicePoints(query: { limit?: number | undefined; cursor?: string | undefined } = {}, init: RequestInit = {}): Promise<DevicePoints> {
    return this.json("GET", `/api/v1/device-points`, query, init);
  }

  /** The point as a device of the grid: registration, sources, requests */
  pointDevice(id: string, init: RequestInit = {}): Promise<DeviceStatus> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/device`, {}, init);
  }

  /** Say what an own source measured */
  putPointDeviceSource(id: string, source: string, body: SourceInput, init: RequestInit = {}): Promise<DeviceStatus> {
    return this.json("PUT", `/api/v1/points/${encodeURIComponent(id)}/device/sources/${encodeURIComponent(source)}`, {}, init, body);
  }

  /** Files that the head-end sent */
  pointDeviceFiles(id: string, init: RequestInit = {}): Promise<DeviceFiles> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/device/files`, {}, init);
  }

  /** A file that the head-end sent */
  pointDeviceFile(id: string, name: string, init: RequestInit = {}): Promise<Response> {
    return this.open("GET", `/api/v1/points/${encodeURIComponent(id)}/device/files/${encodeURIComponent(name)}`, {}, init);
  }

  /** The meter's counts of bad voltage and current */
  pointQuality(id: string, init: RequestInit = {}): Promise<QualityAnswer> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/quality`, {}, init);
  }

  /** The M-Bus devices and MEP clients behind the meter */
  pointChildren(id: string, init: RequestInit = {}): Promise<ChildrenAnswer> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/children`, {}, init);
  }

  /** Which tables the meter has */
  pointTables(id: string, init: RequestInit = {}): Promise<TablesAnswer> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/tables`, {}, init);
  }

  /** Any declared table of the meter, field by field */
  pointTable(id: string, table: string, query: { from?: number | undefined } = {}, init: RequestInit = {}): Promise<TableAnswer> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/tables/${encodeURIComponent(table)}`, query, init);
  }

  /** Every key of the configuration, with the value that the gateway runs with */
  configuration(init: RequestInit = {}): Promise<ConfigurationAnswer> {
    return this.json("GET", `/api/v1/configuration`, {}, init);
  }

  /** Changes keys of the configuration file, and carries the change out */
  patchConfiguration(body: {
    readonly changes: readonly ({
      /** As in `settings` */
      readonly path: string;
      /** As it would be written in the file: text, number, true or false, list, map; null removes the key */
      readonly value: unknown;
    })[];
  }, query: { revision?: string | undefined; dry_run?: "true" | "false" | undefined } = {}, init: RequestInit = {}): Promise<ChangeAnswer> {
    return this.json("PATCH", `/api/v1/configuration`, query, init, body);
  }

  /** The configuration file as JSON Schema, for editors */
  configurationSchema(init: RequestInit = {}): Promise<{ readonly [name: string]: unknown }> {
    return this.json("GET", `/api/v1/configuration/schema`, {}, init);
  }

  /** Reads the file again, and says what a reload would change */
  postConfigurationCheck(init: RequestInit = {}): Promise<ReloadAnswer> {
    return this.json("POST", `/api/v1/configuration/check`, {}, init);
  }

  /** Reads the file again, and carries out what has changed, as SIGHUP does */
  postConfigurationReload(init: RequestInit = {}): Promise<ReloadAnswer> {
    return this.json("POST", `/api/v1/configuration/reload`, {}, init);
  }

  /** What is configured for a point, without its secrets */
  pointSettings(id: string, init: RequestInit = {}): Promise<PointSettings> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/settings`, {}, init);
  }

  /** The stored data as one file, as of one moment */
  backup(init: RequestInit = {}): Promise<Response> {
    return this.open("GET", `/api/v1/backup`, {}, init);
  }

  /** Whether a backup waits to be taken in */
  restore(init: RequestInit = {}): Promise<RestoreState> {
    return this.json("GET", `/api/v1/restore`, {}, init);
  }

  /** Checks the backup that was uploaded, which then waits for the next start */
  postRestore(body: {
    /** How long the whole file is */
    readonly bytes: number;
  }, init: RequestInit = {}): Promise<RestoreState> {
    return this.json("POST", `/api/v1/restore`, {}, init, body);
  }

  /** Forgets a backup that was uploaded and not taken in yet */
  deleteRestore(init: RequestInit = {}): Promise<RestoreState> {
    return this.json("DELETE", `/api/v1/restore`, {}, init);
  }

  /** Takes the next part of a backup */
  putRestoreUpload(query: { offset?: number | undefined } = {}, init: RequestInit = {}): Promise<RestoreState> {
    return this.json("PUT", `/api/v1/restore/upload`, query, init);
  }

  /** Whether the gateway can be started again from here */
  restart(init: RequestInit = {}): Promise<RestartAnswer> {
    return this.json("GET", `/api/v1/restart`, {}, init);
  }

  /** Ends the gateway, to be started again by what started it */
  postRestart(init: RequestInit = {}): Promise<Response> {
    return this.open("POST", `/api/v1/restart`, {}, init);
  }

  /** The newest lines of the gateway's own log, newest first */
  logs(query: { level?: "error" | "warn" | "info" | "debug" | "trace" | undefined; meter?: string | undefined; after?: number | undefined; limit?: number | undefined } = {}, init: RequestInit = {}): Promise<LogsAnswer> {
    return this.json("GET", `/api/v1/logs`, query, init);
  }

  /** The outputs that are on, and how they are doing */
  outputs(init: RequestInit = {}): Promise<OutputsAnswer> {
    return this.json("GET", `/api/v1/outputs`, {}, init);
  }

  /** Tries at once whether the consumer of an output takes something */
  postOutputTest(name: string, init: RequestInit = {}): Promise<OutputTest> {
    return this.json("POST", `/api/v1/outputs/${encodeURIComponent(name)}/test`, {}, init);
  }

  /** Lets the next program in that asks an output for a token */
  postOutputPair(name: string, init: RequestInit = {}): Promise<OutputPairing> {
    return this.json("POST", `/api/v1/outputs/${encodeURIComponent(name)}/pair`, {}, init);
  }

  /** What could be a link to a meter on this machine */
  links(init: RequestInit = {}): Promise<LinksAnswer> {
    return this.json("GET", `/api/v1/links`, {}, init);
  }

  /** Bridges in the local network that answer to mDNS */
  linksFound(init: RequestInit = {}): Promise<FoundLinksAnswer> {
    return this.json("GET", `/api/v1/links/found`, {}, init);
  }

  /** Examines the link of a point */
  postPointLinkDoctor(id: string, query: { language?: "en" | "da" | "de" | undefined } = {}, init: RequestInit = {}): Promise<Response> {
    return this.open("POST", `/api/v1/points/${encodeURIComponent(id)}/link/doctor`, query, init);
  }

  /** The newest examination of a point's link */
  pointLinkDoctor(id: string, query: { language?: "en" | "da" | "de" | undefined } = {}, init: RequestInit = {}): Promise<DoctorTest> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/link/doctor`, query, init);
  }

  /** Tries a key on the meter of a point */
  postPointLinkKeyTest(id: string, body: {
    /** 16 or 20 ASCII characters, or 32 or 40 hex digits. It is neither stored nor logged nor given back */
    readonly key: string;
  }, init: RequestInit = {}): Promise<Response> {
    return this.open("POST", `/api/v1/points/${encodeURIComponent(id)}/link/key-test`, {}, init, body);
  }

  /** The newest test of a key on a point's meter */
  pointLinkKeyTest(id: string, init: RequestInit = {}): Promise<KeyTest> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/link/key-test`, {}, init);
  }

  /** Which tests of a point's link there are */
  pointLinkTests(id: string, init: RequestInit = {}): Promise<LinkTests> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/link/tests`, {}, init);
  }

  /** Tries a link that no point has, with or without a key */
  postLinkTest(body: {
    /** As in the configuration */
    readonly link: string;
    /** 16 or 20 ASCII characters, or 32 or 40 hex digits. It is neither stored nor logged nor given back */
    readonly key?: string;
  }, init: RequestInit = {}): Promise<Response> {
    return this.open("POST", `/api/v1/link/test`, {}, init, body);
  }

  /** The newest test of a link */
  linkTest(init: RequestInit = {}): Promise<LinkTest> {
    return this.json("GET", `/api/v1/link/test`, {}, init);
  }

  /** The recording of a link's traffic that is running, or the last one since the start */
  pointLinkRecording(id: string, init: RequestInit = {}): Promise<LinkRecording> {
    return this.json("GET", `/api/v1/points/${encodeURIComponent(id)}/link/recording`, {}, init);
  }

  /** Records what crosses the link, for some minutes */
  postPointLinkRecording(id: string, body: {
    /** Default: 300 */
    readonly seconds?: number;
  }, init: RequestInit = {}): Promise<Response> {
    return this.open("POST", `/api/v1/points/${encodeURIComponent(id)}/link/recording`, {}, init, body);
  }

  /** Ends the recording of a link's traffic, and keeps it among the captures */
  deletePointLinkRecording(id: string, init: RequestInit = {}): Promise<LinkRecording> {
    return this.json("DELETE", `/api/v1/points/${encodeURIComponent(id)}/link/recording`, {}, init);
  }

  /** Whether the gateway works */
  health(init: RequestInit = {}): Promise<HealthAnswer | BareAnswer> {
    return this.json("GET", `/api/v1/health`, {}, init);
  }

  /** Whether the gateway works */
  rootHealth(init: RequestInit = {}): Promise<HealthAnswer | BareAnswer> {
    return this.json("GET", `/health`, {}, init);
  }

  /** Whether the gateway has started and its store takes values */
  ready(init: RequestInit = {}): Promise<ReadyAnswer | BareAnswer> {
    return this.json("GET", `/api/v1/ready`, {}, init);
  }

  /** Whether the gateway has started and its store takes values */
  rootReady(init: RequestInit = {}): Promise<ReadyAnswer | BareAnswer> {
    return this.json("GET", `/ready`, {}, init);
  }

  /** All points as one stream of server-sent events */
  stream(query: { point?: string | undefined; events?: string | undefined; every?: string | undefined; after?: number | undefined } = {}, init: RequestInit = {}): Promise<Response> {
    return this.open("GET", `/api/v1/stream`, query, init);
  }

  /** Figures of the daemon for Prometheus */
  metrics(init: RequestInit = {}): Promise<Response> {
    return this.open("GET", `/metrics`, {}, init);
  }
}
