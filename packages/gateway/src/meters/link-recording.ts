/** A recording of a link's traffic, for those who offer one. */
import type { Millis } from "@meterport/protocol/ports";

/** Why a recording ended: somebody stopped it, its time was over, it was full, or its meter was removed or set up again. */
export type RecordingEnd = "stopped" | "time" | "full" | "closed";

/** The recording in progress, or the last one since the start. */
export interface RecordingStatus {
  readonly running: boolean;
  /** Milliseconds since 1970. */
  readonly started: Millis;
  /** When it ends or ended, at the latest. */
  readonly until: Millis;
  /** Bytes that crossed the line, in both directions. */
  readonly bytes: number;
  /** Pieces that they came in, and openings and closings. */
  readonly entries: number;
  /** Null while it is running. */
  readonly ended: RecordingEnd | null;
  /** Its capture; null while it is running, and if nothing crossed the line or the file could not be written. */
  readonly capture: string | null;
}

/** Records a link on request, one recording at a time. */
export interface LinkRecording {
  /** Null if there was none since the start. */
  readonly status: () => RecordingStatus | null;
  /** Begins one of at most so many seconds; `running` if there is one, `too-many` while other links are recorded. */
  readonly start: (seconds: number) => "started" | "running" | "too-many";
  /** False if none is running. */
  readonly stop: () => boolean;
  /** When its meter goes. */
  readonly close: () => void;
}
