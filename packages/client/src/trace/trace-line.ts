/** One line of a trace, without its time. */
export interface TraceLine {
  /** `event` for the unusual: failures, damage, alerts, the beginning and end of sessions. */
  readonly kind: "exchange" | "event";
  /**
   * One line of our own words and numbers: "-> read ET13 @12 +40" is sent, "<- …" is received, "-- …" is any other
   * event.
   */
  readonly text: string;
}
