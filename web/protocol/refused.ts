/** A reply of the desk that is an error; `retryAfter` is in milliseconds. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }

  /** Whether trying again may help. */
  get passing(): boolean {
    return this.status >= 500 || this.status === 408 || this.status === 429;
  }

  static async from(response: Response): Promise<Refused> {
    const told = (await response.json().catch(() => ({}))) as { error?: string; detail?: string };
    const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
    return new Refused(
      response.status,
      told.error ?? told.detail ?? `The desk answered ${response.status}.`,
      Number.isFinite(seconds) ? seconds * 1000 : null,
    );
  }
}
