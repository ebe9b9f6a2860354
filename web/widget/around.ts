// What every part of the widget knows: its words, how the desk wants it, and the page around it.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Config } from "./api";
import type { Words } from "./texts";

export interface Around {
  words: Words;
  config: Config;
  /** The path of the page around us. */
  page: string;
  /** Shown in the dashboard while it is being set up; nothing is sent or kept. */
  preview: boolean;
  speak: (language: string) => void;
}

export const AroundContext = createContext<Around | null>(null);

export function useAround(): Around {
  const around = useContext(AroundContext);
  if (!around) throw new Error("There is nothing around this part.");
  return around;
}
