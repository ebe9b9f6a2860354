interface Told {
  error?: string;
  detail?: string;
  /** Everything that is wrong, where that is more than one thing. */
  details?: string[];
  field?: string;
}

/** A reply of the desk that is an error; `retryAfter` is in milliseconds. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter: number | null = null,
    /** The field of the request that is wrong, where the desk names one. */
    readonly field: string | null = null,
  ) {
    super(message);
  }

  /** Whether trying again may help. */
  get passing(): boolean {
    return this.status >= 500 || this.status === 408 || this.status === 429;
  }

  static async from(response: Response): Promise<Refused> {
    const told = (await response.json().catch(() => ({}))) as Told;
    const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
    return new Refused(
      response.status,
      told.details?.join("; ") ?? told.error ?? told.detail ?? `The desk answered ${response.status}.`,
      Number.isFinite(seconds) ? seconds * 1000 : null,
      told.field ?? null,
    );
  }
}
