// Files on their way to the desk, by the chat whose next message they belong to; looking at another chat stops nothing.

import { useSyncExternalStore } from "react";
import type { Attachment } from "../../../protocol/events";
import { endSession, presentSession } from "../../api/endedSession";
import { forgetWithAccount } from "../../api/session";
import type { UploadedFile } from "../shapes";
import { changeDraft, draftKey, draftOf } from "./useDraft";

export const MOST_FILES = 5;
const LARGEST = 10 * 1024 * 1024;
const NONE: readonly Upload[] = [];

/** A file on its way to the desk, or one that did not get there. */
export interface Upload {
  id: string;
  file: File;
  /** 0 to 100. */
  progress: number;
  error: string | null;
  /** Whether sending it once more may help. */
  passing: boolean;
}

export interface Uploads {
  uploads: readonly Upload[];
  add: (files: Iterable<File>) => void;
  again: (id: string) => void;
  remove: (id: string) => void;
}

const waiting = new Map<string, readonly Upload[]>();
const requests = new Map<string, XMLHttpRequest>();
const listeners = new Set<() => void>();

// Whoever has signed out sends nothing more.
forgetWithAccount(() => {
  for (const request of requests.values()) request.abort();
  requests.clear();
  waiting.clear();
  tell();
});

/** Send files to the desk as they are attached; what it has becomes part of the chat's draft. */
export function useUploads(agentId: string, sessionId: string): Uploads {
  const key = draftKey(agentId, sessionId);
  const uploads = useSyncExternalStore(subscribe, () => waiting.get(key) ?? NONE);
  return {
    uploads,
    add: (files) => {
      for (const file of files) add(key, file);
    },
    again: (id) => again(key, id),
    remove: (id) => remove(key, id),
  };
}

function add(key: string, file: File): void {
  const before = waiting.get(key) ?? NONE;
  const taken = draftOf(key).attachments.length + before.filter(isUnderWay).length;
  const error = reasonAgainst(file, taken >= MOST_FILES);
  const upload: Upload = { id: crypto.randomUUID(), file, progress: 0, error, passing: false };
  set(key, [...before, upload]);
  if (!error) send(key, upload);
}

function again(key: string, id: string): void {
  const failed = (waiting.get(key) ?? NONE).find((one) => one.id === id);
  remove(key, id);
  if (failed) add(key, failed.file);
}

function remove(key: string, id: string): void {
  requests.get(id)?.abort();
  requests.delete(id);
  set(
    key,
    (waiting.get(key) ?? NONE).filter((one) => one.id !== id),
  );
}

/** `fetch` does not tell how much has been sent; this old way does. */
function send(key: string, { id, file }: Upload): void {
  const sentIn = presentSession();
  const request = new XMLHttpRequest();
  requests.set(id, request);
  const change = (part: Partial<Upload>) =>
    set(
      key,
      (waiting.get(key) ?? NONE).map((one) => (one.id === id ? { ...one, ...part } : one)),
    );
  request.upload.onprogress = ({ loaded, total }) =>
    change({ progress: total ? Math.round((loaded / total) * 100) : 0 });
  request.onerror = () => {
    requests.delete(id);
    change({ error: "The desk does not answer.", passing: true });
  };
  request.onload = () => {
    requests.delete(id);
    if (request.status === 401) void endSession(sentIn).then((same) => same && again(key, id));
    const told = read(request.responseText);
    const kept = told.files?.[0];
    if (request.status !== 200 || !kept) {
      const passing = request.status >= 500 || [401, 408, 429].includes(request.status);
      return change({ error: told.message ?? told.error ?? "It was not taken.", passing });
    }
    remove(key, id);
    changeDraft(key, ({ attachments }) => ({ attachments: [...attachments, attachmentOf(kept)] }));
  };
  request.open("POST", "/api/upload");
  const form = new FormData();
  form.append("files", file);
  request.send(form);
}

function attachmentOf({ originalName, url, type, size }: UploadedFile): Attachment {
  return { filename: originalName, url, type, size };
}

function reasonAgainst(file: File, full: boolean): string | null {
  if (full) return `At most ${MOST_FILES} files go with one message.`;
  return file.size > LARGEST ? "It is larger than 10 MB." : null;
}

function set(key: string, uploads: readonly Upload[]): void {
  if (uploads.length > 0) waiting.set(key, uploads);
  else waiting.delete(key);
  tell();
}

function tell(): void {
  // A reload would lose the files that the desk does not have yet.
  const under = [...waiting.values()].some((uploads) => uploads.some(isUnderWay));
  const guard = under ? "addEventListener" : "removeEventListener";
  window[guard]("beforeunload", askBeforeLeaving);
  for (const hear of listeners) hear();
}

function subscribe(hear: () => void): () => void {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

export function isUnderWay(upload: Upload): boolean {
  return upload.error === null;
}

function askBeforeLeaving(event: Event): void {
  event.preventDefault();
}

function read(text: string): { files?: UploadedFile[]; error?: string; message?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // no answer of ours: a proxy's page, for one
  }
}
