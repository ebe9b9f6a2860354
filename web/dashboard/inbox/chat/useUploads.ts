import { useCallback, useEffect, useRef, useState } from "react";
import type { Attachment } from "../../../protocol/events";
import type { UploadedFile } from "../shapes";

export const MOST_FILES = 5;
const LARGEST = 10 * 1024 * 1024;

/** A file on its way to the desk, or one that did not get there. */
export interface Upload {
  id: string;
  name: string;
  /** 0 to 100. */
  progress: number;
  error: string | null;
}

export interface Uploads {
  uploads: Upload[];
  add: (files: Iterable<File>) => void;
  remove: (id: string) => void;
}

/** Send files to the desk as they are attached; `onDone` gets each that it has. */
export function useUploads(room: number, onDone: (attachment: Attachment) => void): Uploads {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const requests = useRef(new Map<string, XMLHttpRequest>());
  useEffect(() => {
    const open = requests.current;
    return () => {
      for (const request of open.values()) request.abort();
    };
  }, []);
  const change = useCallback((id: string, part: Partial<Upload>) => {
    setUploads((all) => all.map((one) => (one.id === id ? { ...one, ...part } : one)));
  }, []);
  const remove = useCallback((id: string) => {
    requests.current.get(id)?.abort();
    requests.current.delete(id);
    setUploads((all) => all.filter((one) => one.id !== id));
  }, []);
  const add = (files: Iterable<File>) => {
    const taken = uploads.filter((one) => !one.error).length;
    [...files].forEach((file, place) => {
      const id = crypto.randomUUID();
      const error = reasonAgainst(file, place + taken >= room);
      setUploads((all) => [...all, { id, name: file.name, progress: 0, error }]);
      if (error) return;
      const request = send(file, {
        onProgress: (progress) => change(id, { progress }),
        onDone: (attachment) => {
          remove(id);
          onDone(attachment);
        },
        onFailed: (sentence) => change(id, { error: sentence }),
      });
      requests.current.set(id, request);
    });
  };
  return { uploads, add, remove };
}

function reasonAgainst(file: File, full: boolean): string | null {
  if (full) return `At most ${MOST_FILES} files go with one message.`;
  return file.size > LARGEST ? "It is larger than 10 MB." : null;
}

interface Hears {
  onProgress: (percent: number) => void;
  onDone: (attachment: Attachment) => void;
  onFailed: (sentence: string) => void;
}

/** `fetch` does not tell how much has been sent; this old way does. */
function send(file: File, hears: Hears): XMLHttpRequest {
  const form = new FormData();
  form.append("files", file);
  const request = new XMLHttpRequest();
  request.upload.onprogress = ({ loaded, total }) => hears.onProgress(Math.round((loaded / total) * 100));
  request.onerror = () => hears.onFailed("The desk does not answer.");
  request.onload = () => {
    const told = read(request.responseText);
    const kept = told.files?.[0];
    if (request.status !== 200 || !kept)
      return hears.onFailed(told.message ?? told.error ?? "It was not taken.");
    const { originalName, url, type, size } = kept;
    hears.onDone({ filename: originalName, url, type, size });
  };
  request.open("POST", "/api/upload");
  request.send(form);
  return request;
}

function read(text: string): { files?: UploadedFile[]; error?: string; message?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
