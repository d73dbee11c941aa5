/** One line of a trace, without its time. */
export interface TraceLine {
  /** `event` for what is out of the ordinary: failures, damage, alerts, the beginning and end of sessions. */
  readonly kind: "exchange" | "event";
  /**
   * One line of our own words and numbers, "-> read ET13 @12 +40" for what is sent, "<- …" for what comes, "-- …" for what else
   * happens.
   */
  readonly text: string;
}
