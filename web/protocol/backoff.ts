// Pauses between attempts: doubled each time, and random over the whole length, so that clients do not return as one.

const LONGEST = 10_000;
const SHORTEST = 100;

export class Backoff {
  private length: number;

  constructor(private readonly first = 400) {
    this.length = first;
  }

  reset(): void {
    this.length = this.first;
  }

  /** The next pause in milliseconds. */
  next(): number {
    const pause = SHORTEST + Math.random() * this.length;
    this.length = Math.min(this.length * 2, LONGEST);
    return pause;
  }
}
