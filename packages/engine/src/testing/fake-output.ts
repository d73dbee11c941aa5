/** An output that does what a test tells it, and notes what it was given. */
import type { Batch, Output, OutputContext, RunningOutput } from "../ports/output.ts";

export class FakeOutput implements Output {
  readonly name = "fake";
  begins: "now" | "oldest" = "oldest";
  /** Makes opening fail while set. */
  refuses: Error | undefined;
  /** Makes opening, delivering or closing hang while set. */
  hangs: "open" | "deliver" | "close" | undefined;
  /** Makes deliveries fail once so many entries are acknowledged. */
  failsAfter: number | undefined;
  /** Lets it take the next batch at once; then a test acknowledges. */
  ahead: true | undefined;
  takesFormerPoints: true | undefined;
  acknowledge: (number: number) => void = () => {};
  opened = 0;
  closed = 0;
  context: OutputContext | undefined;
  readonly got: number[] = [];
  readonly lost: NonNullable<Batch["lost"]>[] = [];
  /** Ends the connection. */
  end: (error?: Error) => void = () => {};

  readonly open = async (context: OutputContext): Promise<RunningOutput> => {
    this.opened++;
    this.context = context;
    if (this.hangs === "open") await new Promise(() => {});
    if (this.refuses !== undefined) throw this.refuses;
    const ended = new Promise<void>((resolve, reject) => {
      this.end = (error) => (error === undefined ? resolve() : reject(error));
    });
    return {
      ended,
      ahead: this.ahead,
      deliver: async ({ entries, lost }, acknowledge) => {
        if (lost !== null) this.lost.push(lost);
        for (const { number } of entries) {
          if (this.failsAfter !== undefined && this.got.length >= this.failsAfter) throw new Error("the wire broke");
          if (this.hangs === "deliver") await new Promise(() => {});
          this.got.push(number);
          if (this.ahead === undefined) acknowledge(number);
        }
        this.acknowledge = acknowledge;
      },
      test: async () => "it answers",
      close: async () => {
        this.closed++;
        if (this.hangs === "close") await new Promise(() => {});
      },
    };
  };
}
