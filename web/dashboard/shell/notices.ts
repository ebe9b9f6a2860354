// Notices outside the page: off until somebody asks for them.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { ChatRow, DeskFrame } from "../../protocol/deskSocket";
import { CHATS, useDeskFeed } from "../api/desk";
import { keep, kept } from "../inbox/kept";
import { playTone } from "./tone";

const KEY = "aichatdesk.notices";
const LONGEST = 120;

export interface NoticeChoice {
  desktop: boolean;
  sound: boolean;
}

let choice = kept<NoticeChoice>(KEY, { desktop: false, sound: false });
const listeners = new Set<() => void>();

function choose(next: NoticeChoice): void {
  choice = next;
  keep(KEY, next);
  for (const tell of listeners) tell();
}

export function useNoticeChoice(): NoticeChoice {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => choice,
  );
}

export function chooseSound(sound: boolean): void {
  choose({ ...choice, sound });
  // A browser lets a page make sounds once somebody has asked for one; so this is also the trial.
  if (sound) playTone();
}

/** Whether the browser lets us; it asks the person first. */
export async function chooseDesktop(desktop: boolean): Promise<boolean> {
  const allowed = !desktop || (await askBrowser());
  choose({ ...choice, desktop: desktop && allowed });
  return allowed;
}

async function askBrowser(): Promise<boolean> {
  if (!("Notification" in window)) return false;
  return (await Notification.requestPermission()) === "granted";
}

/** Tell of chats that begin to wait, and of words in one's own, unless they are being looked at. */
export function useNotices(me: string, open: (sessionId: string) => void): void {
  const queries = useQueryClient();
  const { onFrame } = useDeskFeed();
  const show = useRef(open);
  useEffect(() => {
    show.current = open;
  });
  useEffect(
    () =>
      onFrame((frame) => {
        // As the frame has just left it; what is drawn may be older.
        const news = newsOf(frame, queries.getQueryData<ChatRow[]>(CHATS) ?? [], me);
        if (!news || isLookedAt(frame.sessionId)) return;
        if (choice.sound) playTone();
        if (choice.desktop && "Notification" in window && Notification.permission === "granted") {
          const notice = new Notification(news.title, { body: news.body, tag: frame.sessionId });
          notice.onclick = () => {
            window.focus();
            show.current(frame.sessionId);
            notice.close();
          };
        }
      }),
    [onFrame, queries, me],
  );
}

function newsOf(
  frame: DeskFrame,
  rows: readonly ChatRow[],
  me: string,
): { title: string; body: string } | null {
  const row = rows.find((one) => one.sessionId === frame.sessionId);
  if (frame.type === "dashboard.chat.updated" && frame.event === "handed_over" && frame.chat)
    return { title: `${frame.chat.userName} waits for a person`, body: row?.lastMessage?.content ?? "" };
  if (frame.type !== "dashboard.message.new" || frame.message?.sender !== "user") return null;
  if (row?.assignedAgent?._id !== me) return null;
  return { title: row.userName, body: frame.message.content.slice(0, LONGEST) };
}

function isLookedAt(sessionId: string): boolean {
  const column = document.querySelector(`section[data-session="${CSS.escape(sessionId)}"]`);
  return column !== null && document.visibilityState === "visible" && document.hasFocus();
}
