// Files on their way to the desk: checked here first, each with its picture and how far it has come.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Attachment } from "../protocol/events";
import { Refused } from "../protocol/refused";
import { type Uploading, upload } from "./api";
import { sizeOf } from "./Files";
import type { Words } from "./texts";

const LARGEST = 10 * 1024 * 1024;
const MOST = 5;
export const ACCEPTED = ".png,.jpg,.jpeg,.gif,.pdf,.txt,.log,.zip,.doc,.docx";
const KINDS = new Set(ACCEPTED.split(","));

export interface Upload {
  key: number;
  name: string;
  size: number;
  /** Where its picture can be seen in this page. */
  picture: string | null;
  part: number;
  state: "going" | "failed" | "done";
  attachment: Attachment | null;
  file: File | null;
}

export interface Uploads {
  list: Upload[];
  fault: string;
  add: (files: Iterable<File>) => void;
  remove: (key: number) => void;
  again: (key: number) => void;
  /** Forget all of them, as they have been sent. */
  clear: () => void;
}

let lastKey = 0;

export function useUploads(begin: Attachment[], words: Words): Uploads {
  const [list, setList] = useState<Upload[]>(() => begin.map(known));
  const [fault, setFault] = useState("");
  const running = useRef(new Map<number, Uploading>());
  const latest = useRef(list);
  latest.current = list;

  const change = useCallback((key: number, how: Partial<Upload>) => {
    setList((all) => all.map((one) => (one.key === key ? { ...one, ...how } : one)));
  }, []);
  const start = useCallback(
    ({ key, file, name }: Upload) => {
      if (!file) return;
      change(key, { state: "going", part: 0 });
      const uploading = upload(file, name, (part) => change(key, { part }));
      running.current.set(key, uploading);
      uploading.done
        .then((attachment) => change(key, { state: "done", part: 1, attachment }))
        .catch((error: unknown) => {
          if (!running.current.has(key)) return;
          change(key, { state: "failed" });
          const refused = error instanceof Refused && !error.passing;
          setFault(words.say(refused ? "fileKind" : "fileFailed", { name }));
        })
        .finally(() => running.current.delete(key));
    },
    [change, words],
  );

  useEffect(() => {
    const retry = () => {
      for (const one of latest.current) if (one.state === "failed") start(one);
    };
    window.addEventListener("online", retry);
    return () => window.removeEventListener("online", retry);
  }, [start]);

  const drop = (one: Upload) => {
    const uploading = running.current.get(one.key);
    running.current.delete(one.key);
    uploading?.stop();
    if (one.picture?.startsWith("blob:")) URL.revokeObjectURL(one.picture);
  };
  const add = (files: Iterable<File>) => {
    setFault("");
    const fresh: Upload[] = [];
    for (const file of files) {
      const name = nameOf(file);
      const kind = name.slice(name.lastIndexOf(".")).toLowerCase();
      if (!KINDS.has(kind)) setFault(words.say("fileKind", { name }));
      else if (file.size > LARGEST) setFault(words.say("fileSize", { name, size: sizeOf(LARGEST, words) }));
      else if (latest.current.length + fresh.length >= MOST)
        setFault(words.say("fileCount", { n: words.number(MOST) }));
      else fresh.push(arrived(file, name));
    }
    setList((all) => [...all, ...fresh]);
    for (const one of fresh) start(one);
  };
  const remove = (key: number) => {
    setFault("");
    for (const one of latest.current) if (one.key === key) drop(one);
    setList((all) => all.filter((one) => one.key !== key));
  };
  const again = (key: number) => {
    setFault("");
    for (const one of latest.current) if (one.key === key) start(one);
  };
  const clear = () => {
    for (const one of latest.current) drop(one);
    setList([]);
    setFault("");
  };
  return { list, fault, add, remove, again, clear };
}

/** What a pasted picture is called says nothing, and is the same for each. */
function nameOf(file: File): string {
  if (file.name !== "image.png") return file.name;
  return `screenshot-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, "-")}.png`;
}

function arrived(file: File, name: string): Upload {
  const picture = file.type.startsWith("image/") ? URL.createObjectURL(file) : null;
  return { key: ++lastKey, name, size: file.size, picture, part: 0, state: "going", attachment: null, file };
}

function known(attachment: Attachment): Upload {
  const picture = attachment.type?.startsWith("image/") ? attachment.url : null;
  const { filename: name, size = 0 } = attachment;
  return { key: ++lastKey, name, size, picture, part: 1, state: "done", attachment, file: null };
}
