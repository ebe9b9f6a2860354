// Files on their way to the desk; outlives the page, so that going elsewhere in the dashboard stops nothing.

import { endSession, presentSession } from "../../api/endedSession";
import { forgetWithAccount } from "../../api/session";
import type { TakenIn } from "../shapes";

const AT_ONCE = 2;
const NO_ANSWER =
  "The connection broke. Try again; if it breaks each time, the file may be larger than the desk takes.";

const TOO_LARGE = "It is larger than the desk takes. Split it and add the parts.";

export type UploadState =
  | { at: "waiting" }
  /** `share` of 1 has been sent. */
  | { at: "sending"; share: number }
  | { at: "reading" }
  | { at: "embedded"; documentId: string; passages: number }
  /** Taken in, and tried again by itself until it can be found. */
  | { at: "kept"; documentId: string; reason: string }
  /** `final` where sending it again unchanged cannot help. */
  | { at: "refused"; sentence: string; final: boolean }
  | { at: "cancelled"; sent: boolean };

export interface Upload {
  id: number;
  file: File;
  state: UploadState;
}

/** Sends files, at most two at a time; React reads it by `subscribe` and `uploads`. */
export class UploadQueue {
  #uploads: readonly Upload[] = [];
  #requests = new Map<number, XMLHttpRequest>();
  #hearers = new Set<() => void>();
  #next = 1;

  subscribe = (hear: () => void): (() => void) => {
    this.#hearers.add(hear);
    return () => void this.#hearers.delete(hear);
  };

  uploads = (): readonly Upload[] => this.#uploads;

  add(files: Iterable<File>): void {
    const added = [...files].map((file): Upload => ({ id: this.#next++, file, state: { at: "waiting" } }));
    this.#change([...this.#uploads, ...added]);
    this.#go();
  }

  /** Stop everything and take it off the list. */
  clear(): void {
    // The last first: one that ends lets the next one in line go.
    for (const { id } of [...this.#uploads].reverse()) this.cancel(id);
    this.dismiss();
  }

  cancel(id: number): void {
    const upload = this.#uploads.find((one) => one.id === id);
    if (!upload || !isUnderWay(upload.state)) return;
    this.#settle(id, { at: "cancelled", sent: upload.state.at === "reading" });
  }

  again(id: number): void {
    this.#set(id, { at: "waiting" });
    this.#go();
  }

  /** Take everything off the list that is over. */
  dismiss(): void {
    this.#change(this.#uploads.filter((upload) => isUnderWay(upload.state)));
  }

  #go(): void {
    for (const upload of this.#uploads) {
      if (this.#requests.size >= AT_ONCE) break;
      if (upload.state.at === "waiting") this.#send(upload);
    }
  }

  #send({ id, file }: Upload): void {
    const sentIn = presentSession();
    const request = new XMLHttpRequest();
    this.#requests.set(id, request);
    this.#set(id, { at: "sending", share: 0 });
    request.upload.onprogress = (event) => {
      const share = event.total ? event.loaded / event.total : 1;
      this.#set(id, share < 1 ? { at: "sending", share } : { at: "reading" });
    };
    request.upload.onload = () => this.#set(id, { at: "reading" });
    request.onload = () => this.#settle(id, outcomeOf(request, sentIn));
    request.onerror = () => this.#settle(id, { at: "refused", sentence: NO_ANSWER, final: false });
    request.open("POST", "/api/knowledge/upload");
    const form = new FormData();
    form.append("file", file, file.name);
    request.send(form);
  }

  #settle(id: number, state: UploadState): void {
    const request = this.#requests.get(id);
    this.#requests.delete(id);
    this.#set(id, state);
    request?.abort();
    this.#go();
  }

  #set(id: number, state: UploadState): void {
    // What was cancelled hears nothing more of its request.
    if ((state.at === "sending" || state.at === "reading") && !this.#requests.has(id)) return;
    this.#change(this.#uploads.map((one) => (one.id === id ? { ...one, state } : one)));
  }

  #change(uploads: readonly Upload[]): void {
    this.#uploads = uploads;
    const guard = uploads.some((upload) => isUnderWay(upload.state))
      ? "addEventListener"
      : "removeEventListener";
    window[guard]("beforeunload", askBeforeLeaving);
    for (const hear of this.#hearers) hear();
  }
}

export function isUnderWay({ at }: UploadState): boolean {
  return at === "waiting" || at === "sending" || at === "reading";
}

function askBeforeLeaving(event: Event): void {
  event.preventDefault();
}

function outcomeOf(request: XMLHttpRequest, sentIn: number): UploadState {
  if (request.status === 401) void endSession(sentIn);
  const told = parsed(request.responseText);
  if (request.status === 413) return { at: "refused", sentence: TOO_LARGE, final: true };
  if (request.status < 200 || request.status > 299)
    return {
      at: "refused",
      sentence: told.error ?? `The desk answered ${request.status}.`,
      final: ![401, 408, 429].includes(request.status) && request.status < 500,
    };
  const { id = "", chunks = 0, stateReason } = told;
  return told.state === "embedded"
    ? { at: "embedded", documentId: id, passages: chunks }
    : { at: "kept", documentId: id, reason: stateReason ?? "" };
}

function parsed(text: string): Partial<TakenIn> & { error?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // no answer of ours: a proxy's page, for one
  }
}

export const uploadQueue = new UploadQueue();

forgetWithAccount(() => uploadQueue.clear());
