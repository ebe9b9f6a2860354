const PATHS = {
  chat: "M5 5h14a1.5 1.5 0 0 1 1.5 1.5v8A1.5 1.5 0 0 1 19 16H10l-4.5 3.6V16H5a1.5 1.5 0 0 1-1.5-1.5v-8A1.5 1.5 0 0 1 5 5z",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  back: "M14.5 5.5L8 12l6.5 6.5",
  next: "M9.5 5.5L16 12l-6.5 6.5",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  clip: "M19 11.5l-7.3 7.3a4.6 4.6 0 0 1-6.5-6.5l7.6-7.6a3 3 0 0 1 4.3 4.3l-7.5 7.5a1.5 1.5 0 0 1-2.1-2.1l6.8-6.9",
  up: "M12 19V5.5M6 11.2l6-6 6 6",
  stop: "M8 8h8v8H8z",
  person: "M12 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 19.5c.9-3.2 3.7-5 7-5s6.1 1.8 7 5",
  call: "M4.5 7.5h15v12h-15zM4.5 11h15M8.5 4.5v3M15.5 4.5v3",
  file: "M13.5 4H7.5A1.5 1.5 0 0 0 6 5.5v13A1.5 1.5 0 0 0 7.5 20h9a1.5 1.5 0 0 0 1.5-1.5v-10zM13.5 4v4.5H18",
  good: "M8 11l3.4-6.5c1.4 0 2.3 1 2 2.5L13 10h4.6c1.2 0 2 1.1 1.7 2.2l-1.4 5.4c-.3 1-1 1.4-1.9 1.4H8zM8 11v8H5v-8z",
  bad: "M16 13l-3.4 6.5c-1.4 0-2.3-1-2-2.5l.4-3H6.4c-1.2 0-2-1.1-1.7-2.2l1.4-5.4C6.4 5.4 7.1 5 8 5h8zM16 13V5h3v8z",
  again: "M18.5 8.5A7.5 7.5 0 1 0 19.5 12M19 4.5v4.2h-4.2",
  done: "M5.5 12.5l4.2 4.2 8.8-9",
  star: "M12 4.2l2.4 4.9 5.4.8-3.9 3.8.9 5.3-4.8-2.5L7.2 19l.9-5.3-3.9-3.8 5.4-.8z",
  mail: "M4 6.5h16v11H4zM4.5 7l7.5 6 7.5-6",
};

export type IconName = keyof typeof PATHS;

/** A picture that says nothing to a screen reader; what it stands for is told beside it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
